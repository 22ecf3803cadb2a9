//! Output formats: one file or folder for each, and one line in [`OUTPUTS`].
//!
//! An output writes what the report contains and computes nothing. It must not depend on the engine
//! or on any input. Every value from a record is hostile: each format escapes values for the place
//! where its output is read. It shows access keys only as
//! [`Facts::text`](crate::report::Facts::text) and [`Facts::key`](crate::report::Facts::key) return
//! them.

pub mod audit;
pub mod check;
pub mod diff;
pub mod explain;
pub mod finding;
mod fit;
mod gitlab_codequality;
mod html;
mod human;
mod inert;
mod json;
mod enrichment_lines;
#[allow(clippy::module_inception)]
mod output;
pub mod posture;
pub mod query;
pub mod recommend;
pub mod records;
pub mod rule_tests;
mod sarif;
mod schema;
pub mod timeline;

pub use fit::TableStyle;
pub use json::v1 as report_v1;
pub use json::{
    CheckFacts, ReadError, Word, read_report, report_schema, watch_schema, write_check,
    write_finding, write_report,
};
pub use output::{Output, Style};

/// Every output format, in the order in which the documentation lists them.
pub static OUTPUTS: &[&Output] = &[
    &human::HUMAN,
    &json::JSON,
    &sarif::SARIF,
    &html::HTML,
    &gitlab_codequality::GITLAB_CODEQUALITY,
];

/// The output with this name.
pub fn find(name: &str) -> Option<&'static Output> {
    OUTPUTS.iter().copied().find(|output| output.name == name)
}

#[cfg(test)]
mod tests;
