//! One normalised row.

use super::field::{FieldId, SLOTS};
use crate::value::{RecordKind, Value};

/// One normalised row, which rules and queries are evaluated on; a field that was not requested is
/// missing.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// What the row is.
    pub kind: RecordKind,
    /// Whether it replaces an earlier version of the same event (CloudTrail's `UPDATED_DATA`).
    pub revision: bool,
    values: [Value<'a>; SLOTS],
}

impl<'a> Record<'a> {
    /// A row in which every field is missing.
    pub fn new(kind: RecordKind) -> Self {
        Self { kind, revision: false, values: [const { Value::Missing }; SLOTS] }
    }

    /// The value of a field of this row's kind; missing for a field of another kind.
    #[inline]
    pub fn get(&self, field: FieldId) -> &Value<'a> {
        if field.kind() == self.kind { &self.values[field.slot()] } else { &Value::Missing }
    }

    /// The same row with values that borrow from this one; it never allocates.
    pub fn borrow(&self) -> Record<'_> {
        let values = std::array::from_fn(|slot| self.values[slot].borrow());
        Record { kind: self.kind, revision: self.revision, values }
    }

    /// The values in the order of the field table.
    pub fn values(&self) -> &[Value<'a>] {
        &self.values
    }

    /// Sets a field of this row's kind.
    pub fn set(&mut self, field: FieldId, value: Value<'a>) {
        debug_assert_eq!(field.kind(), self.kind);
        if field.kind() == self.kind {
            self.values[field.slot()] = value;
        }
    }
}
