//! Diagnostics as SARIF 2.1.0.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Value, json};

use super::place::Place;
use crate::diag::{Code, Diagnostic, Label};
use crate::output::inert::write_pretty;
use crate::source::Sources;

/// Writes the diagnostics as a SARIF log with one run.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let codes: BTreeMap<&str, &Code> = diagnostics.iter().map(|of| (of.code.id, of.code)).collect();
    let index: BTreeMap<&str, usize> =
        codes.keys().enumerate().map(|(index, id)| (*id, index)).collect();
    let rules: Vec<Value> = codes.values().map(|code| rule(code)).collect();
    let results = diagnostics.iter().map(|of| {
        let mut result = json!({
            "ruleId": of.code.id,
            "ruleIndex": index.get(of.code.id),
            "level": of.level.name(),
            "message": { "text": text(of) },
            "locations": of.labels.first().map(|label| location(label, sources)).into_iter().collect::<Vec<_>>(),
        });
        let related: Vec<Value> =
            of.labels.iter().skip(1).map(|label| related(label, sources)).collect();
        if let (Some(result), false) = (result.as_object_mut(), related.is_empty()) {
            result.insert("relatedLocations".to_owned(), Value::Array(related));
        }
        result
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Keytrail",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_HOMEPAGE"),
                "rules": rules,
            } },
            "automationDetails": { "id": "keytrail/check/" },
            "columnKind": "utf16CodeUnits",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    write_pretty(&log, out)
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "shortDescription": { "text": code.title },
        "fullDescription": { "text": code.explanation },
    })
}

/// The message with the next steps.
fn text(of: &Diagnostic) -> String {
    let lines = std::iter::once(of.message.as_str()).chain(of.help.iter().map(String::as_str));
    lines.collect::<Vec<_>>().join("\n")
}

fn location(label: &Label, sources: &Sources) -> Value {
    let place = Place::utf16(label, sources);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(place.path) },
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        },
    })
}

fn related(label: &Label, sources: &Sources) -> Value {
    let mut location = location(label, sources);
    if let (Some(location), false) = (location.as_object_mut(), label.text.is_empty()) {
        location.insert("message".to_owned(), json!({ "text": label.text }));
    }
    location
}

/// A path as a relative reference: bytes that a URI reserves are encoded.
pub(in crate::output) fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
