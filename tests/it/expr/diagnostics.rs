//! Diagnostics of invalid expressions.
//!
//! Each file of `tests/corpus/diag/` and of its folder `lint` contains expressions with their diagnostics, underlined.
//! `KEYTRAIL_UPDATE=1` writes the current diagnostics; review the difference.

use std::fs;
use std::path::Path;

use keytrail::diag::Diagnostic;
use keytrail::expr::{Expected, compile, compile_template};
use keytrail::source::{FileId, Fragment, Sources};
use keytrail::value::RecordKind;

use super::world::World;

/// The line of a label, with its characters underlined.
fn underline(text: &str, start: usize, end: usize, says: &str) -> String {
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let stop = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let before = text[line..start].chars().count();
    let width = text[start..end.min(stop)].chars().count().max(1);
    let mark = format!("    {}{} {says}", " ".repeat(before), "^".repeat(width));
    format!("    {}\n{}\n", &text[line..stop], mark.trim_end())
}

fn shown(sources: &Sources, file: FileId, diagnostic: &Diagnostic) -> String {
    let level = diagnostic.level.name();
    let mut out = format!("{level}[{}]: {}\n", diagnostic.code.id, diagnostic.message);
    for label in &diagnostic.labels {
        let source = sources.file(label.span.file);
        if label.span.file != file {
            out.push_str(&format!("  in {}\n", source.name));
        }
        let (start, end) = (label.span.start as usize, label.span.end as usize);
        out.push_str(&underline(&source.text, start, end, &label.text));
    }
    for help in &diagnostic.help {
        out.push_str(&format!("help: {help}\n"));
    }
    out
}

/// `on: KIND` and `template`, `condition` or `value` come before the expression.
fn diagnose(header: &str, text: &str) -> String {
    let world = World::new();
    let mut words = header.split_whitespace();
    let on = words.next().and_then(RecordKind::parse).unwrap_or(RecordKind::Event);
    let mut sources = world.sources.clone();
    let file = sources.add("case", text);
    let source = Fragment::whole(file, text);
    let declarations = world.declarations(on);
    let compiled = match words.next() {
        Some("template") => compile_template(&source, &declarations, &world),
        Some("value") => compile(&source, Expected::Anything, &declarations, &world),
        _ => compile(&source, Expected::Condition, &declarations, &world),
    };
    let diagnostics = match compiled {
        Ok((_, warnings)) => warnings,
        Err(errors) => errors,
    };
    if diagnostics.is_empty() {
        return "nothing to say\n".to_owned();
    }
    diagnostics.iter().map(|diagnostic| shown(&sources, file, diagnostic)).collect()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the write mode is asked for through the environment")]
fn every_mistake_has_a_located_diagnostic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/diag");
    let update = std::env::var_os("KEYTRAIL_UPDATE").is_some();
    let folders = [folder.join("lint"), folder];
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut count = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "txt")) {
        let written = fs::read_to_string(file).unwrap();
        let mut found = String::new();
        for case in format!("\n{written}").split("\n=== ").skip(1) {
            let (header, rest) = case.split_once('\n').unwrap();
            let text = rest.split_once("\n---\n").map_or(rest.trim_end(), |(text, _)| text);
            found.push_str(&format!("=== {header}\n{text}\n---\n{}\n", diagnose(header, text)));
            count += 1;
        }
        if update {
            fs::write(file, &found).unwrap();
        }
        let written = fs::read_to_string(file).unwrap();
        assert_eq!(found, written, "{}", file.display());
    }
    assert!(count > 60, "{count} cases");
}
