//! The report for programs: everything, versioned.
//!
//! A version grows only by adding fields. What would change or take away a field is a new version,
//! in a file of its own.

mod convert;
mod v1;
mod watch;

use std::io;

use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use super::inert::Inert;
use super::{Output, Style};
use crate::report::Report;

pub use watch::{CheckFacts, watch_schema, write_check, write_finding};

/// The report as JSON.
pub(super) static JSON: Output = Output {
    name: "json",
    doc: "The whole report for programs, `keytrail/report/v1`; its schema is schemas/report.json.",
    extension: "json",
    write,
};

fn write(report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let formatter = Inert(PrettyFormatter::new());
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
    convert::report(report).serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// The JSON schema of the report, as it stands in `schemas/report.json`.
pub fn report_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<v1::Report<'_>>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
