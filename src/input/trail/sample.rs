//! Helpers for tests of mappers.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use serde_json::Value as Tree;

use crate::input::envelope::opened;
use crate::record::field::{event as field, of_kind};
use crate::record::{FieldId, FieldSet, Format, MappedRecord, Origin, Outcome, Record, Scratch};
use crate::value::{Elem, RecordKind, Time, Type, Value};

/// A format under test.
pub(in crate::input) struct FormatUnderTest {
    pub(in crate::input) format: &'static dyn Format,
    pub(in crate::input) origin: Origin,
}

impl FormatUnderTest {
    pub(in crate::input) fn of(format: &'static dyn Format) -> Self {
        Self { format, origin: Origin::default() }
    }

    /// Reads one record and passes it to the caller; returns the outcome, and the note if there is
    /// one.
    pub(in crate::input) fn map(
        &self,
        text: &str,
        needed: FieldSet,
        mut look: impl FnMut(&Record<'_>),
    ) -> (Outcome, Option<&'static str>) {
        let mut scratch = Scratch::default();
        let mapper = self.format.mapper(&needed, &self.origin, Time(0));
        let batch = opened(text);
        if let [skip] = &*batch.skipped {
            return (Outcome::Skipped(skip.reason, skip.detail.clone()), None);
        }
        let mut outcome = Outcome::Foreign;
        for raw in batch.iter().map(Result::unwrap) {
            outcome =
                mapper.map(&raw, &mut scratch, &mut |MappedRecord { record, .. }| look(record));
        }
        (outcome, scratch.note)
    }

    /// The gaps of a record, each with its problem. They do not depend on the needed fields.
    pub(in crate::input) fn gaps(&self, text: &str) -> Vec<String> {
        let gaps = |needed: FieldSet| {
            let mut scratch = Scratch::default();
            let mapper = self.format.mapper(&needed, &self.origin, Time(0));
            for raw in opened(text).iter().map(Result::unwrap) {
                let outcome = mapper.map(&raw, &mut scratch, &mut |_| {});
                assert_eq!(outcome, Outcome::Read, "{text}");
            }
            scratch.gaps.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(gaps(FieldSet::EMPTY), gaps(FieldSet::all(RecordKind::Event)), "{text}");
        gaps(FieldSet::EMPTY)
    }

    /// The canonical fields of a record, one a line, without those that are missing.
    pub(in crate::input) fn fields(&self, text: &str, needed: FieldSet) -> Result<String, Outcome> {
        let mut out = String::new();
        let (outcome, note) = self.map(text, needed, |record| {
            for id in of_kind(RecordKind::Event) {
                let value = record.get(id);
                assert!(fits(value, id.field().ty), "{} is {value:?}", id.field().path());
                if !needed.contains(id) {
                    assert!(value.is_missing(), "{} was not requested", id.field().path());
                }
                if !value.is_missing() {
                    let _ = writeln!(out, "{}: {}", id.field().name, shown(value));
                }
            }
            if record.revision {
                out.push_str("(revision)\n");
            }
        });
        if let Some(note) = note {
            let _ = writeln!(out, "({note})");
        }
        if outcome == Outcome::Read { Ok(out) } else { Err(outcome) }
    }

    /// One field of a record, `-` where it is missing.
    pub(in crate::input) fn one(&self, text: &str, id: FieldId) -> String {
        let mut out = "-".to_owned();
        let (outcome, _) = self.map(text, [id].into_iter().collect(), |record| {
            if !record.get(id).is_missing() {
                out = shown(record.get(id));
            }
        });
        assert_eq!(outcome, Outcome::Read, "{text}");
        out
    }

    /// Asserts that a field has the same value whether it is requested alone or with all others.
    pub(in crate::input) fn assert_projection_changes_nothing(&self, texts: &[String]) {
        for text in texts {
            let together = self.fields(text, FieldSet::all(RecordKind::Event)).unwrap();
            for id in of_kind(RecordKind::Event) {
                let line = format!("{}: {}\n", id.field().name, self.one(text, id));
                assert!(line.ends_with(": -\n") || together.contains(&line), "{line}");
            }
        }
    }

    /// Asserts that these records fill exactly the fields that the format declares.
    pub(in crate::input) fn assert_carries_what_it_fills(&self, texts: &[String]) {
        let mut filled = FieldSet::EMPTY;
        for text in texts {
            self.map(text, FieldSet::all(RecordKind::Event), |record| {
                of_kind(RecordKind::Event)
                    .filter(|id| !record.get(*id).is_missing())
                    .for_each(|id| filled.insert(id));
            });
        }
        let names = |set: &FieldSet| set.iter().map(|id| id.field().path()).collect::<Vec<_>>();
        assert_eq!(names(&filled), names(&self.format.carries(&self.origin)));
    }
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Json(json) => json.text.to_string(),
        Value::List(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => format!("{other:?}"),
    }
}

fn fits(value: &Value<'_>, ty: Type) -> bool {
    match (value, ty) {
        (Value::Missing, _) | (Value::Bool(_), Type::Bool) | (Value::Time(_), Type::Time) => true,
        (Value::Str(_), Type::Str | Type::Untyped) => true,
        (Value::Str(word), Type::Enum(def)) => def.values.contains(&&**word),
        (Value::List(items), Type::List(Elem::Str)) => items.iter().all(|i| i.as_str().is_some()),
        (Value::Json(_) | Value::Int(_) | Value::Bool(_), Type::Untyped) => true,
        _ => false,
    }
}

/// Every field except those that contain the original record or a part of it.
pub(in crate::input) fn typed() -> FieldSet {
    let untyped = [field::RAW, field::PARAMS, field::RESPONSE];
    of_kind(RecordKind::Event).filter(|id| !untyped.contains(id)).collect()
}

/// A record with some keys replaced; `null` removes one.
pub(in crate::input) fn with(record: &str, changes: Tree) -> String {
    let mut record: Tree = serde_json::from_str(record).unwrap();
    merge(&mut record, changes);
    record.to_string()
}

fn merge(into: &mut Tree, changes: Tree) {
    for (key, value) in changes.as_object().unwrap() {
        match (into.get_mut(key), value) {
            (_, Tree::Null) => {
                into.as_object_mut().unwrap().remove(key);
            }
            (Some(old), Tree::Object(_)) if old.is_object() => merge(old, value.clone()),
            _ => into[key] = value.clone(),
        }
    }
}
