//! The definition of a lint.

use crate::config::Policy;
use crate::diag::{Code, Diagnostic};
use crate::value::Time;

/// A registry entry: one problem to look for.
#[derive(Debug)]
pub struct Lint {
    /// Its name in `lints` of the project file.
    pub name: &'static str,
    /// The code of its diagnostics.
    pub code: &'static Code,
    /// The problem that it looks for, in one sentence.
    pub doc: &'static str,
    /// Returns its diagnostics; the second argument is the run clock.
    pub run: fn(&Policy, Time) -> Vec<Diagnostic>,
}
