//! Tests of allowlists, as written, against records.
#![allow(clippy::unwrap_used)]

mod coverage;
mod law;
mod loading;

use super::Allowlist;
use crate::diag::Diagnostic;
use crate::expr::{Bindings, Env, Function};
use crate::record::{FieldId, Record};
use crate::source::Sources;
use crate::value::{RecordKind, Time, Value, Zone};

/// An empty environment.
struct Empty(Zone);

impl Env for Empty {
    fn functions(&self) -> &'static [&'static dyn Function] {
        &[]
    }
    fn zone(&self) -> &Zone {
        &self.0
    }
}

/// The rules that the entries of these tests may name.
const RULES: [(&str, RecordKind); 4] = [
    ("create-key", RecordKind::Event),
    ("create-resources-vm", RecordKind::Event),
    ("no-mfa", RecordKind::Cred),
    ("old-key", RecordKind::Key),
];

fn load(files: &[(&str, &str)]) -> (Allowlist, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let (mut written, mut diagnostics) = (Vec::new(), Vec::new());
    for &(name, text) in files {
        let file = sources.add(name, text);
        let (entries, problems) = super::read(&crate::yaml::parse(file, &sources).unwrap());
        written.push(entries);
        diagnostics.extend(problems);
    }
    let disabled = ["turned-off".to_owned()];
    let (list, problems) =
        super::load(written, &RULES, &disabled, &Empty(Zone::utc()), super::Strictness::Refuse);
    diagnostics.extend(problems);
    (list, diagnostics, sources)
}

/// The diagnostics of files, each as `level: message | what is underlined: label | help`.
fn problems(files: &[(&str, &str)]) -> String {
    let (_, diagnostics, sources) = load(files);
    let lines = diagnostics.iter().map(|d| {
        let mut line = format!("{}[{}]: {}", d.level.name(), d.code.id, d.message);
        for label in &d.labels {
            let file = sources.file(label.span.file);
            let (row, column) = file.line_col(label.span.start);
            let under = sources.text(label.span).lines().next().unwrap_or_default();
            line += &format!("\n  {}:{row}:{column} `{under}` {}", file.name, label.text);
            line.truncate(line.trim_end().len());
        }
        for help in &d.help {
            line += &format!("\n  help: {help}");
        }
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// One entry for these rules, with this `match`.
fn entry(rules: &str, selectors: &str, more: &str) -> String {
    let mut text = format!(
        "entries:\n  - id: one\n    rules: {rules}\n    match: {selectors}\n    reason: agreed\n    \
         owner: team\n"
    );
    if !more.contains("expires:") {
        text += "    expires: never\n";
    }
    for line in more.lines() {
        text += &format!("    {line}\n");
    }
    text
}

fn row(kind: RecordKind, fields: &[(FieldId, &str)]) -> Record<'static> {
    let mut record = Record::new(kind);
    for &(field, text) in fields {
        record.set(
            field,
            match text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                text => Value::Str(text.to_owned().into()),
            },
        );
    }
    record
}

const CLOCK: Time = Time(1_767_225_600_000_000);

/// Ids of the entries that cover a match of a rule of [`RULES`].
fn covering(list: &Allowlist, rule: usize, bindings: &Bindings<'_>, clock: Time) -> Vec<String> {
    let mut found = vec![u32::MAX];
    list.covering_kind(rule, RULES[rule].1, bindings, clock, &mut found).unwrap();
    assert_eq!(found.remove(0), u32::MAX, "items that the caller added before remain");
    assert!(found.is_sorted());
    found.iter().map(|&index| list.entries[index as usize].id.clone()).collect()
}
