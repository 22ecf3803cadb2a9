//! The result that a part of a condition must have.

use crate::expr::EvalError;

/// The result that a part of a condition must have. A failed evaluation is neither true nor false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    True,
    False,
    /// False or failed.
    NotTrue,
    /// True or failed.
    NotFalse,
}

impl Want {
    /// What the operand of `!` must be.
    pub(super) fn negated(self) -> Self {
        match self {
            Want::True => Want::False,
            Want::False => Want::True,
            Want::NotTrue => Want::NotFalse,
            Want::NotFalse => Want::NotTrue,
        }
    }

    /// Whether every operand of `&&` (if `all`) or `||` must have this result, or one of them.
    pub(super) fn of_every_operand(self, all: bool) -> bool {
        match self {
            Want::True | Want::NotFalse => all,
            Want::False | Want::NotTrue => !all,
        }
    }

    /// Whether a result is acceptable.
    pub(super) fn accepts(self, result: &Result<bool, EvalError>) -> bool {
        match (self, result) {
            (Want::True, Ok(true)) | (Want::False, Ok(false)) => true,
            (Want::NotTrue, result) => *result != Ok(true),
            (Want::NotFalse, result) => *result != Ok(false),
            _ => false,
        }
    }

    /// Whether a failed evaluation is acceptable.
    pub(super) fn accepts_failure(self) -> bool {
        matches!(self, Want::NotTrue | Want::NotFalse)
    }

    /// The result of an evaluation that does not fail.
    pub(super) fn as_bool(self) -> bool {
        matches!(self, Want::True | Want::NotFalse)
    }

    /// Whether no result is acceptable to both.
    pub(super) fn excludes(self, other: Want) -> bool {
        let both_fail = self.accepts_failure() && other.accepts_failure();
        self.as_bool() != other.as_bool() && !both_fail
    }
}
