//! Fields of a record that are written in the test itself, next to `expect` instead of below
//! `event`.

use crate::diag::codes::policy as codes;
use crate::diag::{Diagnostic, escaped};
use crate::record::FieldId;
use crate::rule::shape::TEST_KEYS;
use crate::value::RecordKind;
use crate::yaml::{MappingEntry, Node};

/// Replaces the errors about unknown keys of a test by one, if the keys are fields of the record
/// that the rule reads: they have one cause, the missing `event:`.
pub(super) fn gather(body: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let on = body.get("on").and_then(Node::text).and_then(RecordKind::parse);
    let Some(on) = on else { return };
    let tests = body.get("tests").map(Node::items).unwrap_or(&[]);
    let records = tests.iter().flat_map(|test| test.get("records").map(Node::items).unwrap_or(&[]));
    for node in tests.iter().chain(records) {
        let stray: Vec<&MappingEntry> =
            node.entries().iter().filter(|entry| is_stray(entry, on)).collect();
        let Some(first) = stray.first() else { continue };
        let spans: Vec<_> = stray.iter().map(|entry| entry.key.span()).collect();
        diagnostics.retain(|problem| {
            let place = problem.labels.first().map(|label| label.span);
            problem.code != &codes::UNKNOWN_KEY || !place.is_some_and(|at| spans.contains(&at))
        });
        let record = on.name();
        let names: Vec<String> =
            stray.iter().map(|entry| format!("`{}`", escaped(entry.key.text(), 60))).collect();
        let message = match &names[..] {
            [one] => format!("the field {one} is outside of `{record}`"),
            all => format!("the fields {} are outside of `{record}`", all.join(", ")),
        };
        diagnostics.push(
            Diagnostic::error(&codes::UNKNOWN_KEY, message)
                .at(first.key.span(), format!("expected below `{record}`"))
                .help(format!("write the record as `{record}: {{ provider: aws, … }}`")),
        );
    }
}

fn is_stray(entry: &MappingEntry, on: RecordKind) -> bool {
    let name = entry.key.text();
    let is_key = TEST_KEYS.iter().any(|key| key.name == name);
    !is_key && FieldId::find(on, name).is_some()
}
