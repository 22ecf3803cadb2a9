//! The literate corpus: each construct with its result, evaluated by Keytrail and by Rhai's engine.
//!
//! `tests/corpus/expr/README.md` says how the files are written. `docs/expressions.md` is one of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use keytrail::expr::{Expected, compile};
use keytrail::source::{Fragment, Sources};
use keytrail::value::RecordKind;

use crate::readme::root;

use super::coverage;
use super::reference;
use super::world::{Rows, World, canonical};

struct Case {
    file: PathBuf,
    /// From 0.
    line: usize,
    place: String,
    on: RecordKind,
    /// Rhai's engine gives a different value or an error, as stated in the text.
    ours: bool,
    expr: String,
    result: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/expr")
}

pub(super) fn rows() -> Rows {
    let text = fs::read_to_string(folder().join("record.json")).unwrap();
    Rows::new(serde_json::from_str(&text).unwrap())
}

fn cases() -> Vec<Case> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.push(root().join("docs/expressions.md"));
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "md")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(file).unwrap();
        let mut block: Option<(RecordKind, bool)> = None;
        for (index, line) in text.lines().enumerate() {
            if let Some(info) = line.strip_prefix("```") {
                block = info.strip_prefix("rhai").map(|words| {
                    let mut words = words.split_whitespace();
                    let on = words.next().and_then(RecordKind::parse).unwrap_or(RecordKind::Event);
                    (on, info.ends_with(" ours"))
                });
                continue;
            }
            let Some((on, ours)) = block else { continue };
            let Some((expr, result)) = line.rsplit_once("//=>") else { continue };
            cases.push(Case {
                file: file.clone(),
                line: index,
                place: format!("{name}:{}", index + 1),
                on,
                ours,
                expr: expr.trim().to_owned(),
                result: result.trim().to_owned(),
            });
        }
    }
    cases
}

/// Replaces the result after an expression.
fn rewrite(file: &Path, line: usize, result: &str) {
    let text = fs::read_to_string(file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (before, _) = lines[line].rsplit_once("//=>").unwrap();
    lines[line] = format!("{before}//=> {result}");
    fs::write(file, lines.join("\n") + "\n").unwrap();
}

#[test]
fn the_corpus_covers_every_operation_and_function() {
    let world = World::new();
    let mut used = BTreeSet::new();
    for case in cases() {
        let file = Sources::default().add("case", &case.expr);
        let source = Fragment::whole(file, &case.expr);
        let declarations = world.declarations(case.on);
        if let Ok((expr, _)) = compile(&source, Expected::Anything, &declarations, &world) {
            used.extend(coverage::used(&expr));
        }
    }
    let missing: Vec<String> =
        coverage::language().into_iter().filter(|name| !used.contains(name)).collect();
    assert!(missing.is_empty(), "tests/corpus/expr/ does not show {missing:?}");
}

#[test]
fn every_construct_gives_its_result() {
    let update = std::env::var_os("KEYTRAIL_UPDATE").is_some();
    let (world, rows) = (World::new(), rows());
    let engine = reference::engine(&world);
    let mut failures = Vec::new();
    let cases = cases();
    assert!(cases.len() > 150, "{} cases", cases.len());
    for Case { file: written, line, place, on, ours, expr, mut result } in cases {
        let file = Sources::default().add("case", &expr);
        let source = Fragment::whole(file, &expr);
        let bindings = rows.bindings(on);
        let found = match compile(&source, Expected::Anything, &world.declarations(on), &world) {
            Err(errors) => format!("{}: {}", errors[0].code.id, errors[0].message),
            Ok((compiled, _)) => match compiled.eval(&bindings) {
                Ok(value) => canonical(&value),
                Err(error) => format!("error: {}", error.message),
            },
        };
        if found != result && update {
            rewrite(&written, line, &found);
            result = found;
        } else if found != result {
            failures.push(format!("{place}: {expr}\n  expected {result}\n  found    {found}"));
        }
        let mut scope = reference::scope(&world, &rows, on);
        let rhai =
            engine.compile_expression(&expr).map_err(|error| error.to_string()).and_then(|ast| {
                let value = engine.eval_ast_with_scope::<rhai::Dynamic>(&mut scope, &ast);
                value.map_err(|error| error.to_string())
            });
        let agrees = match &rhai {
            Ok(value) => reference::canonical(value) == result,
            Err(_) => result.starts_with("error: "),
        };
        if agrees == ours {
            let rhai = rhai.map(|value| reference::canonical(&value));
            failures.push(format!("{place}: {expr}\n  expected {result}\n  Rhai: {rhai:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
