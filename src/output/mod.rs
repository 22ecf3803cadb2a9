//! Output formats: one file or folder for each, and one line in [`OUTPUTS`].
//!
//! An output writes what the report contains and computes nothing. It must not depend on the engine
//! or on any input. Every value from a record is hostile: each format escapes values for the place
//! where its output is read. It shows access keys only as
//! [`Facts::text`](crate::report::Facts::text) and [`Facts::key`](crate::report::Facts::key) return
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

/// An output format.
#[derive(Debug)]
pub struct Output {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its purpose, in one sentence.
    pub doc: &'static str,
    /// The file name extension, without a dot.
    pub extension: &'static str,
    /// Writes a report. The caller flushes the stream and checks for errors.
    pub write: fn(&Report, &Style, &mut dyn io::Write) -> io::Result<()>,
}

/// How to show a report. Machine-readable formats use only the settings that change their content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// The width to fill, in columns.
    pub width: usize,
    /// Whether to show findings that the allowlist covers.
    pub show_suppressed: bool,
    /// Whether to show every row instead of the first ones.
    pub verbose: bool,
    /// Whether the exit code is 0 even if findings fail the run.
    pub exit_zero: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, show_suppressed: false, verbose: false, exit_zero: false }
    }
}

/// Every output format, in the order in which the documentation lists them.
pub static OUTPUTS: &[&Output] = &[&human::HUMAN, &json::JSON, &sarif::SARIF];

/// The output with this name.
pub fn find(name: &str) -> Option<&'static Output> {
    OUTPUTS.iter().copied().find(|output| output.name == name)
}

/// The JSON schema of `T` as pretty-printed text, as in `schemas/`.
fn schema_of<T: JsonSchema>() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<T>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
