//! Collects the fields of a record that are needed.

use std::borrow::Cow;

use crate::record::{FieldId, FieldSet, Record};
use crate::value::{Json, KeyCase, RecordKind, Value};

/// An event that is being filled. Fields that no rule needs are not computed.
pub(in crate::input) struct EventBuilder<'a, 'n> {
    record: Record<'a>,
    needed: &'n FieldSet,
    keys: KeyCase,
}

impl<'a, 'n> EventBuilder<'a, 'n> {
    /// `keys` is the case of the record's keys.
    pub(in crate::input) fn new(needed: &'n FieldSet, keys: KeyCase) -> Self {
        Self { record: Record::new(RecordKind::Event), needed, keys }
    }

    pub(in crate::input) fn put(&mut self, id: FieldId, value: impl FnOnce() -> Value<'a>) {
        if self.needed.contains(id) {
            self.record.set(id, value());
        }
    }

    /// Sets a part of the record itself.
    pub(in crate::input) fn untyped(&mut self, id: FieldId, value: impl FnOnce() -> Value<'a>) {
        let keys = self.keys;
        self.put(id, || match value() {
            Value::Json(json) => Value::Json(Json { keys, ..json }),
            value => value,
        });
    }

    /// Sets a text; `None` is missing.
    pub(in crate::input) fn text(
        &mut self,
        id: FieldId,
        text: impl FnOnce() -> Option<Cow<'a, str>>,
    ) {
        self.put(id, || text().map_or(Value::Missing, Value::Str));
    }

    /// Sets one of the words of an enum field; `None` is missing.
    pub(in crate::input) fn word(
        &mut self,
        id: FieldId,
        word: impl FnOnce() -> Option<&'static str>,
    ) {
        self.put(id, || Value::maybe_str(word()));
    }

    /// Sets a flag; `None` is missing.
    pub(in crate::input) fn flag(&mut self, id: FieldId, flag: impl FnOnce() -> Option<bool>) {
        self.put(id, || flag().map_or(Value::Missing, Value::Bool));
    }

    /// Sets whether the record replaces an earlier version of itself.
    pub(in crate::input) fn revision(&mut self, revision: bool) {
        self.record.revision = revision;
    }

    pub(in crate::input) fn done(self) -> Record<'a> {
        self.record
    }
}
