//! A requirement of a condition on the value of one field.

use crate::expr::Required;
use crate::record::FieldId;

/// A requirement on one field. It is necessary but not always sufficient (an over-approximation):
/// ASCII case is ignored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Requirement {
    pub(super) field: FieldId,
    pub(super) shows: Shows,
}

/// A requirement on a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shows {
    /// It equals this boolean.
    Bool(bool),
    /// It equals this number.
    Int(i64),
    /// It is a text that meets this requirement.
    Text(Required),
    /// It is a text that is not ASCII.
    NonAscii,
}
