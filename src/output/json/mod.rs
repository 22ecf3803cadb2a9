//! The report for programs: everything, versioned.
//!
//! A version grows only by adding fields. What would change or take away a field is a new version,
//! in a file of its own.

mod convert;
mod v1;
mod watch;

use std::io;

use super::inert::write_pretty;
use super::{Output, Style, schema_of};
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
    write_pretty(&convert::report(report), out)
}

/// The JSON schema of the report, as it stands in `schemas/report.json`.
pub fn report_schema() -> String {
    schema_of::<v1::Report<'_>>()
}

#[cfg(test)]
mod tests;
