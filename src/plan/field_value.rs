//! What a condition requires one field to show.

use crate::expr::Required;
use crate::record::FieldId;

/// What one field shows. A necessary condition need not be a sufficient one: ASCII case is ignored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) field: FieldId,
    pub(super) shows: Shows,
}

/// What a field shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shows {
    /// It is this boolean.
    Bool(bool),
    /// It is this number.
    Int(i64),
    /// It is a text that shows this.
    Text(Required),
}
