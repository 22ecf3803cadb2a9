//! The comparison as SARIF 2.1.0, which code hosts show at the changed lines.

use std::io;

use serde_json::{Value, json};

use super::sentences::{aspects, blamed, example};
use crate::output::check::uri;
use crate::output::inert::write_pretty;
use crate::review::diff::{Change, ChangePlace, Diff, Effect, FindingChange, FindingChangeKind};

/// The rules of the log: each effect, and each kind of difference of a finding.
const RULES: [(&str, &str); 9] = [
    ("weaker", "The change hides something, or lowers what fails a run."),
    ("undecided", "It was not decided whether the change hides something."),
    ("stronger", "The change finds no less, and perhaps more."),
    ("neutral", "The change does not affect what is found."),
    ("lost", "A finding is lost."),
    ("newly-suppressed", "The allowlist covers a finding that it did not cover."),
    ("changed", "A finding has another severity, subject, message or number of matches."),
    ("gained", "A finding is new."),
    ("unsuppressed", "The allowlist no longer covers a finding."),
];

/// Writes one result for each change and for each finding that differs.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(diff: &Diff, out: &mut dyn io::Write) -> io::Result<()> {
    let changes = diff.changes.iter().map(change);
    let findings = diff.findings.iter().filter_map(|of| finding(of, diff));
    let rules =
        RULES.iter().map(|(id, doc)| json!({ "id": id, "shortDescription": { "text": doc } }));
    let notes =
        diff.incomplete.iter().map(|note| json!({ "level": "error", "message": { "text": note } }));
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Keytrail",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_HOMEPAGE"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": "keytrail/diff/" },
            "columnKind": "utf16CodeUnits",
            "invocations": [{
                "executionSuccessful": diff.incomplete.is_empty(),
                "toolExecutionNotifications": notes.collect::<Vec<_>>(),
            }],
            "results": changes.chain(findings).collect::<Vec<_>>(),
        }],
    });
    write_pretty(&log, out)
}

fn result(id: &str, level: &str, text: &str, places: &[&ChangePlace]) -> Value {
    let index = RULES.iter().position(|(rule, _)| *rule == id);
    let location = |place: &&ChangePlace| {
        json!({
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&place.path) },
                "region": { "startLine": place.line },
            },
        })
    };
    json!({
        "ruleId": id,
        "ruleIndex": index,
        "level": level,
        "message": { "text": text },
        "locations": places.iter().take(1).map(location).collect::<Vec<_>>(),
        "relatedLocations": places.iter().skip(1).map(location).collect::<Vec<_>>(),
    })
}

fn change(of: &Change) -> Value {
    let level = match of.effect {
        Effect::Weaker | Effect::Undecided => "warning",
        Effect::Stronger | Effect::Neutral => "note",
    };
    let text = match &of.record {
        Some(record) => format!("{}\nFor example {}", of.message, example(record)),
        None => of.message.clone(),
    };
    let places: Vec<&ChangePlace> = of.place().into_iter().collect();
    result(of.effect.name(), level, &text, &places)
}

/// The result of a finding.
fn finding(of: &FindingChange, diff: &Diff) -> Option<Value> {
    let shown = of.shown()?;
    let places = blamed(of, diff);
    let level = match of.kind {
        FindingChangeKind::Lost | FindingChangeKind::NewlySuppressed => "error",
        _ if of.is_weaker() => "warning",
        _ => "note",
    };
    let mut text = format!(
        "{}: {} {}: {} ({})",
        of.kind.name(),
        shown.severity.name(),
        of.rule,
        shown.message,
        shown.place
    );
    for clause in aspects(of) {
        text.push_str(&format!("\n{clause}"));
    }
    Some(result(of.kind.name(), level, &text, &places))
}
