//! Fields that a format promises but a record lacks.

use std::fmt;

use super::FieldId;

crate::value::words! {
    /// What is wrong with the value of a promised field.
    Defect {
        /// The record does not have it, or has `null`.
        Missing = "missing",
        /// It is a text without content.
        Empty = "empty",
        /// It has another JSON type than the format defines.
        WrongType = "wrong-type",
        /// It has the right type, but its content cannot be read.
        Unreadable = "unreadable",
    }
}

/// A promised field that a record lacks. Rules that read the field cannot evaluate the record, so
/// the run is incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldGap {
    /// The canonical field.
    pub field: FieldId,
    /// The provider's name of the field, `eventTime`.
    pub source: &'static str,
    /// What is wrong with it.
    pub defect: Defect,
}

impl fmt::Display for FieldGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.defect {
            Defect::Missing => "is missing",
            Defect::Empty => "is empty",
            Defect::WrongType => "has a type that the format does not define",
            Defect::Unreadable => "cannot be read",
        };
        write!(f, "`{}` {what}", self.source)
    }
}
