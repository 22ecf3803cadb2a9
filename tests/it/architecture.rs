//! The walk-throughs of docs/ARCHITECTURE.md name only items that exist.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below the given folders, with its text.
fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files
}

/// Whether a source file declares the word as a type, a trait, a function or a module, or has it as
/// its name.
fn declared(word: &str, sources: &[(PathBuf, String)]) -> bool {
    let says = |text: &str, what: &str| {
        text.match_indices(what).any(|(at, _)| {
            !text[at + what.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    };
    if let Some((owner, function)) = word.rsplit_once("::") {
        let owner = owner.rsplit("::").next().unwrap_or(owner);
        return sources.iter().any(|(path, text)| {
            let home = path.components().any(|part| {
                part.as_os_str().to_str().is_some_and(|part| part.trim_end_matches(".rs") == owner)
            });
            (home || owner == "keytrail" || says(text, owner))
                && says(text, &format!("fn {function}"))
        });
    }
    if word.ends_with(".rs") {
        return root().join("src").join(word).is_file();
    }
    sources.iter().any(|(_, text)| {
        ["struct", "enum", "trait", "fn", "mod"]
            .iter()
            .any(|kind| says(text, &format!("{kind} {word}")))
    })
}

#[test]
fn the_walk_throughs_name_existing_items() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let after = text.split_once("## Two ways through the code").unwrap().1;
    let section = after.split_once("\n## ").unwrap().0;
    let words: Vec<&str> = section.split('`').skip(1).step_by(2).collect();
    let sources = sources(&["src"]);
    let unknown: Vec<&&str> = words.iter().filter(|word| !declared(word, &sources)).collect();
    assert!(words.len() > 40, "{}", words.len());
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(!declared("Framer::fly", &sources) && !declared("Frame", &[]));
}
