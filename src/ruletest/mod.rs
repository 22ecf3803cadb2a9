//! The tests that stand beside rules.
//!
//! [`run`] makes records of what a test says, through the same derivations and formats as a scan,
//! and decides by the rule's own condition. A test sees the rule with its defaults and what the
//! test itself sets, never what a project file changed. It must not know how an outcome is printed.

mod environment;
mod records;
mod reports;
mod rows;
mod run;

pub use records::check_records;
pub use run::{Outcome, TestResult, run};

#[cfg(test)]
mod tests;
