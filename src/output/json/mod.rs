//! The complete report for programs, with a versioned format.
//!
//! A version only ever gains fields. A change that alters or removes a field creates a new version,
//! in a separate file.

mod baseline;
mod convert;
mod incidents;
mod known;
mod ndjson;
mod policy;
mod read;
mod read_error;
mod restore;
mod streamed;
pub mod v1;
mod values;
mod watch;
mod word;

use std::io;

use super::inert::write_pretty;
use super::schema::schema_of;
use super::{Output, Style};
use crate::report::Report;

pub use baseline::{baseline_schema, read_baseline, write_baseline};
pub(super) use ndjson::NDJSON;
pub use ndjson::ndjson_schema;
use streamed::Streamed;

pub use read::{read_report, restore_report};
pub use read_error::ReadError;
pub use watch::{CheckFacts, watch_schema, write_check, write_finding};
pub use word::Word;

/// The report as JSON.
pub(super) static JSON: Output = Output {
    name: "json",
    doc: "The whole report for programs, `keytrail/report/v1`; its schema is schemas/report.json.",
    extension: "json",
    records: true,
    write,
};

fn write(report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&Streamed(report), out)
}

/// The report in version 1 of the format.
pub(super) fn converted(report: &Report) -> v1::Report<'_> {
    convert::report(report)
}

/// Writes a report that is already in version 1 of the format.
///
/// # Errors
/// If `out` fails.
pub fn write_report(report: &v1::Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(report, out)
}

/// The JSON schema of the report, identical to `schemas/report.json`.
pub fn report_schema() -> String {
    schema_of::<v1::Report<'_>>()
}

#[cfg(test)]
mod tests;
