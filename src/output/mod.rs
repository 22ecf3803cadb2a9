//! Output formats: one file or folder for each, and one line in [`OUTPUTS`].
//!
//! An output writes what the report contains and computes nothing. It must not depend on the engine
//! or on any input. Every value from a record is hostile: each format escapes values for the place
//! where its output is read. It shows access keys only as
//! [`Facts::text`](crate::report::Facts::text) and [`Facts::key`](crate::report::Facts::key) return
//! them.

pub mod audit;
pub mod check;
mod code_span;
mod csv;
pub mod diff;
pub mod explain;
pub mod finding;
mod fit;
mod github;
mod gitlab_codequality;
mod gitlab_sast;
mod html;
mod human;
mod inert;
mod issue;
mod json;
mod junit;
mod markdown;
mod ocsf;
mod enrichment_lines;
#[allow(clippy::module_inception)]
mod output;
mod page;
pub mod posture;
pub mod query;
pub mod recommend;
pub mod records;
pub mod rule_tests;
mod sarif;
mod sarif_profile;
mod schema;
pub mod timeline;
mod webhook;
mod workflow_command;
mod xml;

pub use fit::TableStyle;
pub use json::v1 as report_v1;
pub use json::{
    CheckFacts, ReadError, Word, baseline_schema, ndjson_schema, read_baseline, read_report,
    report_schema, restore_report, watch_schema, write_baseline, write_check, write_finding,
    write_report,
};
pub use output::{Folders, Output, Style};
pub use sarif_profile::SarifProfile;

/// Every output format, in the order in which the documentation lists them.
pub static OUTPUTS: &[&Output] = &[
    &human::HUMAN,
    &json::JSON,
    &json::NDJSON,
    &csv::CSV,
    &sarif::SARIF,
    &html::HTML,
    &markdown::MARKDOWN,
    &markdown::MARKDOWN_COMMENT,
    &github::GITHUB,
    &gitlab_codequality::GITLAB_CODEQUALITY,
    &gitlab_sast::GITLAB_SAST,
    &junit::JUNIT,
    &ocsf::OCSF,
    &webhook::WEBHOOK,
];

/// The output with this name.
pub fn find(name: &str) -> Option<&'static Output> {
    OUTPUTS.iter().copied().find(|output| output.name == name)
}

#[cfg(test)]
mod tests;
