//! The records of a finding as its report stored them.

use std::io;

use serde_json::value::RawValue;

use super::places::{samples, shown};
use crate::diag::escape;
use crate::output::Style;
use crate::output::human::layout_writer::{Ink, LayoutWriter};
use crate::output::inert::write_pretty;
use crate::output::report_v1::{Finding, Report};

/// Writes the records that the report stored, redacted and perhaps cut.
///
/// # Errors
/// If `out` fails.
pub fn stored_records(
    report: &Report<'_>,
    finding: &Finding<'_>,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut layout = LayoutWriter::new(style, out);
    let samples = samples(finding);
    layout.heading(
        Ink::Strong,
        "records",
        &format!("{} as the report stored them", samples.len()),
    )?;
    layout.blank()?;
    for sample in samples {
        let place = escape(&shown(report, &sample.location)).into_owned();
        let place = layout.ink(Ink::Strong, &place);
        layout.line(&place)?;
        let whole = serde_json::from_str::<&RawValue>(&sample.text).is_ok();
        // The record contains the request, unless it was cut.
        let request = sample.request.as_ref().filter(|_| !whole);
        for text in std::iter::once(&sample.text).chain(request) {
            for line in lines(text) {
                layout.line(&format!("    {line}"))?;
            }
        }
        layout.blank()?;
    }
    let text = "name the INPUT files after the report to read the records again, whole";
    layout.paragraph((Ink::Quiet, "note:"), text, "    ")
}

/// The lines of a record: indented if it is JSON, and otherwise as it is.
fn lines(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec!["(not stored)".to_owned()];
    }
    let mut out = Vec::new();
    let written = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| write_pretty(&value, &mut out).ok());
    match written {
        Some(()) => String::from_utf8_lossy(&out).lines().map(str::to_owned).collect(),
        None => vec![escape(text).into_owned()],
    }
}
