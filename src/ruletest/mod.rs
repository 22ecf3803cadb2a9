//! Runs the tests of rules.
//!
//! [`run`] builds records from a test, with the same derivations and formats as a scan, and
//! evaluates the rule on them. A test uses the rule's defaults and the test's own settings, but no
//! overrides of a project file. This module must not depend on how an outcome is printed.

mod coverage;
mod each_record;
mod environment;
mod expected;
mod explain;
mod matches;
mod mutate;
mod observer;
mod records;
mod reports;
mod rows;
mod run;
mod text;
mod update;

pub(crate) use text::{one_line, shown_value};

pub use coverage::{Coverage, Gap, PartKind, Uncovered};
pub use each_record::each_record;
pub use matches::Matches;
pub use mutate::{Fate, Mutant, Mutation, Told};
pub use records::check_records;
pub use run::{Outcome, RuleTests, TestResult, run};
pub use update::updates;

#[cfg(test)]
mod tests;
