//! Values of a report as the program holds them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diag::escaped;
use crate::record::field::FieldId;
use crate::value::{RecordKind, Time, Words, retained};

/// Why parts of a report contradict each other: one clause.
pub(in crate::output::json) type Contradiction = String;

/// A part of a report, or why it contradicts another.
pub(in crate::output::json) type Restored<T> = Result<T, Contradiction>;

pub(super) fn all<T, R>(of: Vec<T>, restore: impl FnMut(T) -> Restored<R>) -> Restored<Vec<R>> {
    of.into_iter().map(restore).collect()
}

pub(super) fn texts(of: Vec<Cow<'_, str>>) -> Vec<String> {
    of.into_iter().map(Cow::into_owned).collect()
}

pub(super) fn maybe(of: Option<Cow<'_, str>>) -> Option<String> {
    of.map(Cow::into_owned)
}

/// A name that is a constant of the program that wrote the report.
pub(super) fn name(of: &str) -> Restored<&'static str> {
    retained(of).ok_or_else(|| {
        format!("`{}` is too long for a name, or there are too many", escaped(of, 40))
    })
}

pub(super) fn word<T: Words>(of: &str, field: &str) -> Restored<T> {
    T::of_word(of).ok_or_else(|| {
        format!("`{field}` is `{}`, expected one of {}", escaped(of, 40), T::words().join(", "))
    })
}

pub(super) fn instant(of: &str) -> Restored<Time> {
    Time::parse(of).ok_or_else(|| format!("`{}` is not a time", escaped(of, 40)))
}

pub(super) fn time(of: Option<String>) -> Restored<Option<Time>> {
    of.as_deref().map(instant).transpose()
}

pub(super) fn index(of: &BTreeMap<&str, usize>, key: &str, what: &str) -> Restored<usize> {
    of.get(key).copied().ok_or_else(|| {
        format!("it names the {what} `{}`, which it does not contain", escaped(key, 60))
    })
}

pub(super) fn field(path: &str) -> Restored<FieldId> {
    let parts = path.split_once('.');
    let of = parts.and_then(|(kind, name)| FieldId::find(RecordKind::parse(kind)?, name));
    of.ok_or_else(|| format!("`{}` is not a field", escaped(path, 60)))
}
