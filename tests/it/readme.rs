//! Runs the commands of README.md and of pages below `docs`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::Folder;

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The code blocks of the README in one language, in order.
fn blocks(language: &str) -> Vec<String> {
    blocks_of("README.md", language)
}

pub(crate) fn blocks_of(readme: &str, language: &str) -> Vec<String> {
    let readme = fs::read_to_string(root().join(readme)).unwrap();
    let mut found = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if let Some(opened) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if opened == language {
                found.push(block.join("\n") + "\n");
            }
        }
    }
    found
}

/// A project of the README's YAML files and the example logs.
fn project(name: &str) -> Folder {
    let mut folder = Folder::new(name);
    for block in blocks("yaml") {
        let path = block.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap();
        folder = folder.file(path, &block);
    }
    for logs in ["examples/cloudtrail", "logs"] {
        copy(&root().join("examples/cloudtrail"), &folder.path(logs));
    }
    folder
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn every_command_of_the_readme_runs() {
    let project = project("readme");
    let mut ran = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        // `.ci/run` runs the commands that begin with `cargo`.
        let Some(arguments) = line.strip_prefix("keytrail ") else { continue };
        let expected = if arguments.starts_with("scan") { 1 } else { 0 };
        let ended = project.keytrail(words(arguments)).output();
        assert_eq!(ended.code, Some(expected), "{line}\n{ended}");
        ran += 1;
    }
    assert!(ran >= 5, "{ran} commands");
    assert!(project.read("keytrail.sarif").contains("trail-stopped"));
}

#[test]
fn the_shown_output_is_that_of_the_command() {
    let folder = Folder::new("readme-output");
    copy(&root().join("examples/cloudtrail"), &folder.path("examples/cloudtrail"));
    let ended = folder.keytrail(["scan", "examples/cloudtrail", "--exit-zero"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    let mut rest = ended.stdout.lines();
    for line in blocks("text")[0].lines().filter(|line| line.trim() != "…") {
        assert!(rest.any(|message| is_short_for(line, message)), "{line:?}\n{ended}");
    }
}

/// Whether the line equals the output, where one `…` stands for any text.
pub(crate) fn is_short_for(line: &str, message: &str) -> bool {
    match line.split_once(" … ") {
        Some((start, end)) => message.starts_with(start) && message.ends_with(end),
        None => message.trim_end() == line.trim_end(),
    }
}

/// Splits arguments as a shell does: words, and text between single quotes.
pub(crate) fn words(arguments: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in arguments.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn commands_in_the_docs_run() {
    runs("docs/inputs.md");
    runs("docs/query.md");
    runs("docs/findings.md");
}

/// Runs the commands of a document in a project of its files.
fn runs(document: &str) {
    let mut folder = Folder::new(&document.replace(['/', '.'], "-"));
    for block in blocks_of(document, "yaml") {
        if let Some(project) = block.strip_prefix("# keytrail.yaml\n") {
            folder = folder.file("keytrail.yaml", project);
        }
    }
    copy(&root().join("examples/cloudtrail"), &folder.path("logs"));
    let mut ran = 0;
    for line in blocks_of(document, "sh").iter().flat_map(|block| block.lines()) {
        let arguments = line.strip_prefix("keytrail ").unwrap();
        let ended = folder.keytrail(words(arguments)).output();
        assert_eq!(ended.code, Some(0), "{line}\n{ended}");
        assert!(!ended.stdout.contains("matches   0 of"), "{line}\n{ended}");
        ran += 1;
    }
    assert!(ran > 0);
}
