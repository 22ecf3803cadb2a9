//! Redaction of rendered values.

use super::ir::Ir;
use crate::value::Value;

/// Redacts the values that an expression renders. The caller implements it: the language does not
/// know what a secret is.
pub trait Redact {
    /// Whether the ids of access keys are shown unmasked.
    fn show_keys(&self) -> bool;

    /// The value of `ir` after redaction.
    fn redact<'v>(&self, ir: &Ir, value: Value<'v>) -> Value<'v>;
}

/// Shows values as they are, for texts that no person reads.
#[derive(Debug, Clone, Copy)]
pub struct Unredacted {
    /// Whether the ids of access keys are shown unmasked.
    pub show_keys: bool,
}

impl Redact for Unredacted {
    fn show_keys(&self) -> bool {
        self.show_keys
    }

    fn redact<'v>(&self, _: &Ir, value: Value<'v>) -> Value<'v> {
        value
    }
}
