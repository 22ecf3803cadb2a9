//! What packages install besides the program: completions and manual pages.

use insta::assert_snapshot;

use crate::run::Folder;

/// The names of the commands in the help of the program.
fn commands(folder: &Folder) -> Vec<String> {
    let help = folder.keytrail(["--help"]).output().stdout;
    let (_, list) = help.split_once("\nCommands:\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn completions_name_every_command_and_format() {
    let folder = Folder::new("completions");
    let commands = commands(&folder);
    assert!(commands.len() > 20, "{commands:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = folder.keytrail(["completions", shell]).output();
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{shell}");
        for word in commands.iter().map(String::as_str).chain(["fail-on"]) {
            assert!(ended.stdout.contains(word), "{shell} does not complete {word}");
        }
    }
    let ended = folder.keytrail(["completions", "fsh"]).output();
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("a similar value exists: 'fish'"), "{ended}");
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = Folder::new("man");
    std::fs::create_dir(folder.path("pages")).unwrap();
    let ended = folder.keytrail(["man", "--output", "pages"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert_eq!(folder.keytrail(["man"]).output().stdout, folder.read("pages/keytrail.1"));
    for command in commands(&folder) {
        let page = folder.read(&format!("pages/keytrail-{command}.1"));
        assert!(page.contains("\n.SH SYNOPSIS\n"), "{command}");
        assert_eq!(folder.keytrail(["man", &command]).output().stdout, page, "{command}");
    }
    let audit = folder.read("pages/keytrail-allowlist-audit.1");
    assert_eq!(folder.keytrail(["man", "allowlist", "audit"]).output().stdout, audit);
    assert_snapshot!(folder.keytrail(["man", "allowlist", "adit"]).output(), @r"
    exit: 2
    ----- stderr
    error: there is no command `allowlist adit`
      = help: did you mean `audit`?
    ");
    assert_snapshot!(folder.keytrail(["man", "--output", "nowhere"]).output(), @r"
    exit: 2
    ----- stderr
    error: cannot write nowhere/keytrail.1: No such file or directory (os error 2)
    ");
}
