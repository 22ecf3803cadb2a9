//! Output formats: one file or folder each, and one line in [`OUTPUTS`].
//!
//! An output writes down what the report says and works nothing out; it must not know the engine
//! or any input. Every value of a record is hostile: each format makes values inert for the place
//! where its output is read, and shows access keys only as
//! [`Facts::text`](crate::report::Facts::text) and [`Facts::key`](crate::report::Facts::key) give
//! them.

mod human;
mod inert;
mod json;
pub mod posture;
pub mod query;
pub mod records;
mod sarif;

use std::io;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::report::Report;

pub use json::v1 as report_v1;
pub use json::{
    CheckFacts, ReadError, Word, read_report, report_schema, watch_schema, write_check,
    write_finding, write_report,
};

/// One way to write a report.
#[derive(Debug)]
pub struct Output {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, one sentence.
    pub doc: &'static str,
    /// The extension of its files, without a dot.
    pub extension: &'static str,
    /// Writes a report; the caller flushes and checks.
    pub write: fn(&Report, &Style, &mut dyn io::Write) -> io::Result<()>,
}

/// How a report is to be shown. Formats for machines read only what changes their content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour with ANSI sequences.
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// Whether to show findings that the allowlist covers.
    pub show_suppressed: bool,
    /// Whether to show every row instead of the first ones.
    pub verbose: bool,
    /// Whether findings leave the exit code at 0.
    pub exit_zero: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, show_suppressed: false, verbose: false, exit_zero: false }
    }
}

/// Every output format, in the order of the documentation.
pub static OUTPUTS: &[&Output] = &[&human::HUMAN, &json::JSON, &sarif::SARIF];

/// The output with this name.
pub fn find(name: &str) -> Option<&'static Output> {
    OUTPUTS.iter().copied().find(|output| output.name == name)
}

/// The JSON schema of what is written, as it stands in `schemas/`.
fn schema_of<T: JsonSchema>() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<T>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
