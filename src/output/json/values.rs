//! Values as the report formats write them.

use std::borrow::Cow;

use crate::report::Facts;
use crate::value::Time;

/// Texts whose access keys are masked.
pub(super) fn texts<'a>(facts: &Facts, texts: &'a [String]) -> Vec<Cow<'a, str>> {
    texts.iter().map(|text| facts.text(text)).collect()
}

/// A time in RFC 3339.
pub(super) fn at(time: Option<Time>) -> Option<String> {
    time.map(|time| time.to_string())
}
