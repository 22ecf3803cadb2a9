//! Revisions are read through git, and what a revision lacks is an error that says what to do.

use std::fs;

use super::project::{PARTNERS, edit, git, lines, put, write};
use crate::run::{Ended, Folder};

/// A repository with the policy in its folder `policy`, committed on `main`.
fn repository(name: &str) -> Folder {
    let folder = Folder::new(&format!("diff-git-{name}"));
    write(&folder, "policy");
    git(&folder.path("."), &["init", "-q"]);
    commit(&folder, "base");
    folder
}

fn commit(folder: &Folder, message: &str) {
    git(&folder.path("."), &["add", "-A"]);
    git(&folder.path("."), &["commit", "-q", "-m", message]);
}

/// Compares `HEAD` with the working tree, in the folder of the policy.
fn compare(folder: &Folder, arguments: &[&str]) -> Ended {
    let all = ["diff", "--now", "2026-06-01T00:00:00Z"].iter().chain(arguments);
    let mut run = folder.keytrail(all);
    run = run.directory(&folder.path("policy"));
    run.output()
}

fn json(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let ended = compare(folder, &[arguments, &["--format", "json"]].concat());
    assert_eq!(ended.code, Some(0), "{ended}");
    lines(&ended)
}

#[test]
fn a_revision_is_compared_with_the_working_tree_and_with_another() {
    let folder = repository("revisions");
    assert!(json(&folder, &["--base", "HEAD"]).is_empty());
    edit(&folder, "policy/rules/key-created.yaml", "severity: high", Some("severity: low"));
    let index = fs::read(folder.path(".git/index")).unwrap();
    let expected = "weaker severity rules/key-created.yaml:5 > rules/key-created.yaml:5: \
                    `key-created`: the severity is lowered from high to low";
    assert_eq!(json(&folder, &["--base", "HEAD"]), [expected]);
    assert_eq!(fs::read(folder.path(".git/index")).unwrap(), index, "the index was touched");
    assert!(folder.read("policy/rules/key-created.yaml").contains("severity: low"));
    commit(&folder, "change");
    assert_eq!(json(&folder, &["--base", "HEAD~1", "--head", "HEAD"]), [expected]);
    assert!(json(&folder, &["--base", "HEAD"]).is_empty());
    // The commit is named.
    let ended = compare(&folder, &["--base", "HEAD~1", "--head", "main"]);
    assert!(ended.stdout.starts_with("HEAD~1 ("), "{ended}");
}

/// Data files and every kind of policy file are those of the revision.
#[test]
fn data_files_are_read_at_the_revision() {
    let folder = repository("data");
    put(
        &folder,
        "policy/partners.csv",
        &PARTNERS.replace("partner\n", "partner\n222233334444,x\n"),
    );
    let found = json(&folder, &["--base", "HEAD"]);
    assert!(found.iter().any(|line| line.contains("has 2 rows instead of 1")), "{found:#?}");
}

/// Options that name files of the working tree name the same files of the revision.
#[test]
fn options_name_files_of_the_revision() {
    let folder = repository("options");
    edit(&folder, "policy/rules/key-created.yaml", "severity: high", Some("severity: low"));
    let rules = folder.path("policy/rules").display().to_string();
    let config = folder.path("policy/keytrail.yaml").display().to_string();
    for arguments in [
        &["--base", "HEAD", "-c", "keytrail.yaml"][..],
        &["--base", "HEAD", "-c", "../policy/keytrail.yaml"],
        &["--base", "HEAD", "-c", &config],
        &["--base", "HEAD", "-r", "rules", "-r", "data"],
        &["--base", "HEAD", "-r", &rules, "-r", "data"],
    ] {
        let found = json(&folder, arguments);
        assert_eq!(found.len(), 1, "{arguments:?} {found:#?}");
        assert!(found[0].starts_with("weaker severity"), "{arguments:?} {found:#?}");
    }
    // A table outside the repository is the same for both.
    let outside = Folder::new("diff-git-outside").file("partners.csv", PARTNERS);
    let table = format!("partners={}", outside.path("partners.csv").display());
    assert_eq!(json(&folder, &["--base", "HEAD", "--table", &table]).len(), 1);
}

/// The error of a comparison with `HEAD`.
fn refused(folder: &Folder, base: &str) -> String {
    let ended = compare(folder, &["--base", base]);
    assert_eq!(ended.code, Some(2), "{ended}");
    ended.stderr
}

#[cfg(unix)]
#[test]
fn what_a_revision_does_not_contain_is_an_error() {
    use std::os::unix::fs::symlink;

    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    let other = repository("other");
    for (name, expected) in [
        ("link", "rules/linked.yaml: at this revision it is a symbolic link"),
        ("folder", "rules/common/lacking.yaml: at this revision it is a symbolic link"),
        ("pointer", "rules/dormant.yaml: at this revision it is stored with Git LFS"),
        (
            "table",
            "partners.csv of the table `partners`: at this revision it is stored with Git LFS",
        ),
        ("submodule", "rules/vendor/lacking.yaml: at this revision it is a submodule"),
        ("named", "vendor/rules/a.yaml: at this revision it is a submodule"),
        ("outside", "it lies outside the repository, so no revision contains it"),
    ] {
        let folder = repository(name);
        let path = |below: &str| folder.path(&format!("policy/{below}"));
        match name {
            "link" => {
                fs::rename(path("rules/dormant.yaml"), path("dormant.txt")).unwrap();
                symlink("../dormant.txt", path("rules/linked.yaml")).unwrap();
            }
            "folder" => {
                fs::create_dir(path("common")).unwrap();
                symlink("../common", path("rules/common")).unwrap();
            }
            "pointer" => put(&folder, "policy/rules/dormant.yaml", pointer),
            "table" => put(&folder, "policy/partners.csv", pointer),
            "submodule" | "named" => {
                let at = if name == "named" { "policy/vendor" } else { "policy/rules/vendor" };
                let from = other.path(".").display().to_string();
                git(&folder.path("."), &["submodule", "--quiet", "add", &from, at]);
                if name == "named" {
                    let from = "[rules, data]";
                    let to = Some("[rules, data, vendor/rules/a.yaml]");
                    edit(&folder, "policy/keytrail.yaml", from, to);
                }
            }
            _ => {
                let outside = Folder::new("diff-git-outside-rules")
                    .file("a.yaml", "definitions:\n  a: { on: event, expr: event.ok }\n");
                let from = "[rules, data]";
                let to = format!("[rules, data, {}]", outside.path("a.yaml").display());
                edit(&folder, "policy/keytrail.yaml", from, Some(&to));
            }
        }
        commit(&folder, name);
        let error = refused(&folder, "HEAD");
        assert!(error.contains(expected), "{name}: {error}");
        assert!(error.contains("the policy of HEAD has"), "{name}: {error}");
    }
}

/// A submodule, a link and a pointer that the policy does not read do not matter.
#[cfg(unix)]
#[test]
fn what_the_policy_does_not_read_does_not_matter() {
    let folder = repository("unrelated");
    std::os::unix::fs::symlink("/etc/hostname", folder.path("policy/notes.yaml")).unwrap();
    put(&folder, "logs/big.json", "version https://git-lfs.github.com/spec/v1\n");
    commit(&folder, "unrelated");
    assert!(json(&folder, &["--base", "HEAD"]).is_empty());
}

#[test]
fn an_unknown_revision_says_what_to_do() {
    let folder = repository("unknown");
    git(&folder.path("."), &["branch", "release"]);
    let error = refused(&folder, "relase");
    assert!(error.contains("there is no folder and no git revision `relase`"), "{error}");
    assert!(error.contains("did you mean `release`?"), "{error}");
    git(&folder.path("."), &["update-ref", "refs/remotes/origin/stable", "HEAD"]);
    let error = refused(&folder, "stable");
    assert!(error.contains("did you mean `origin/stable`?"), "{error}");
    // A folder that is also a revision.
    git(&folder.path("."), &["branch", "rules"]);
    let error = refused(&folder, "rules");
    assert!(error.contains("`rules` is both a folder and a git revision"), "{error}");
    assert!(error.contains("write `./rules` for the folder"), "{error}");
    // An option of git is no revision.
    let error = refused(&folder, "--all");
    assert!(error.contains("error:"), "{error}");
    let ended = compare(&folder, &["--base=--all"]);
    assert!(ended.stderr.contains("no git revision `--all`"), "{ended}");
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let folder = repository("deep");
    edit(&folder, "policy/rules/key-created.yaml", "severity: high", Some("severity: low"));
    commit(&folder, "second");
    let clone = Folder::new("diff-git-shallow");
    let from = format!("file://{}", folder.path(".").canonicalize().unwrap().display());
    git(&clone.path("."), &["clone", "-q", "--depth", "1", &from, "clone"]);
    let mut run = clone.keytrail(["diff", "--base", "HEAD~1"]);
    run = run.directory(&clone.path("clone/policy"));
    let ended = run.output();
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("the clone is shallow and lacks the revision"), "{ended}");
    assert!(ended.stderr.contains("fetch-depth: 0"), "{ended}");
}

#[test]
fn without_a_repository_folders_are_compared() {
    let folder = Folder::new("diff-git-none").file("a/keytrail.yaml", "extends: []\n");
    let outside = std::env::temp_dir().join(format!("keytrail-no-git-{}", std::process::id()));
    fs::create_dir_all(&outside).unwrap();
    let mut run = folder.keytrail(["diff", "--base", "main"]);
    run = run.directory(&outside);
    let ended = run.output();
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("git finds no working tree here"), "{ended}");
    assert!(ended.stderr.contains("name their folders instead"), "{ended}");
    fs::remove_dir_all(&outside).unwrap();
}

/// A policy of the base that does not load stops the comparison.
#[test]
fn errors_at_the_base_are_reported() {
    let folder = repository("broken");
    edit(&folder, "policy/rules/dormant.yaml", "severity: medium", Some("severity: medum"));
    commit(&folder, "broken");
    edit(&folder, "policy/rules/dormant.yaml", "severity: medum", Some("severity: medium"));
    let error = refused(&folder, "HEAD");
    assert!(error.contains("rules/dormant.yaml:5"), "{error}");
    assert!(error.contains("the policy of HEAD has 1 error; nothing was run"), "{error}");
}
