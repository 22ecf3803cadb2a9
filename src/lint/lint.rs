//! What a lint is.

use crate::config::Policy;
use crate::diag::{Code, Diagnostic};
use crate::value::Time;

/// A registry entry: one thing to look for.
#[derive(Debug)]
pub struct Lint {
    /// Its name in `lints` of the project file.
    pub name: &'static str,
    /// The code of what it says.
    pub code: &'static Code,
    /// What it looks for, one sentence.
    pub doc: &'static str,
    /// Everything that it finds; the second argument is the run clock.
    pub run: fn(&Policy, Time) -> Vec<Diagnostic>,
}
