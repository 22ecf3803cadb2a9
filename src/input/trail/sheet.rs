//! A record that takes only the fields that are needed.

use std::borrow::Cow;

use crate::record::{FieldId, FieldSet, Record};
use crate::value::{RecordKind, Value};

/// An event on its way: fields that nobody needs are not worked out.
pub(in crate::input) struct Sheet<'a, 'n> {
    record: Record<'a>,
    needed: &'n FieldSet,
}

impl<'a, 'n> Sheet<'a, 'n> {
    pub(in crate::input) fn new(needed: &'n FieldSet) -> Self {
        Self { record: Record::new(RecordKind::Event), needed }
    }

    pub(in crate::input) fn put(&mut self, id: FieldId, value: impl FnOnce() -> Value<'a>) {
        if self.needed.contains(id) {
            self.record.set(id, value());
        }
    }

    /// A text, missing where there is none.
    pub(in crate::input) fn text(
        &mut self,
        id: FieldId,
        text: impl FnOnce() -> Option<Cow<'a, str>>,
    ) {
        self.put(id, || text().map_or(Value::Missing, Value::Str));
    }

    /// One of the words of an enum field, missing where it is not said.
    pub(in crate::input) fn word(
        &mut self,
        id: FieldId,
        word: impl FnOnce() -> Option<&'static str>,
    ) {
        self.put(id, || Value::maybe_str(word()));
    }

    /// A flag, missing where it is not said.
    pub(in crate::input) fn flag(&mut self, id: FieldId, said: impl FnOnce() -> Option<bool>) {
        self.put(id, || said().map_or(Value::Missing, Value::Bool));
    }

    /// Says that the record replaces an earlier version of itself.
    pub(in crate::input) fn revision(&mut self, revision: bool) {
        self.record.revision = revision;
    }

    pub(in crate::input) fn done(self) -> Record<'a> {
        self.record
    }
}
