//! Finds the CloudTrail record in what it is wrapped in.

use super::paths as p;
use crate::input::frame::too_deep;
use crate::input::json::{Fault, Fields, Shape, decode, decode_into};
use crate::record::SkipReason;

/// What a raw record turned out to be.
pub(super) enum Found<'a> {
    /// A CloudTrail record; `text` is its own text, without wrapping.
    Event { fields: Fields<'a>, text: &'a str },
    /// A row of LookupEvents whose inner record cannot be parsed.
    Outer { fields: Fields<'a>, text: &'a str },
    /// Something else.
    Foreign,
}

/// Finds the record; `inner` takes its text where it stands in a string.
pub(super) fn find<'a>(
    text: &'a str,
    shape: &Shape,
    inner: &'a mut String,
) -> Result<Found<'a>, Fault> {
    let outer = match plain(text, shape)? {
        Plain::Event { fields, text } => return Ok(Found::Event { fields, text }),
        Plain::Other(fields) => fields,
    };
    let Some(string) = [p::INNER, p::MESSAGE, p::AT_MESSAGE]
        .iter()
        .find_map(|&at| outer.get(at).filter(|json| holds_object(json)))
    else {
        return Ok(if is_lookup(&outer) {
            Found::Outer { fields: outer, text }
        } else {
            Found::Foreign
        });
    };
    decode_into(string, inner);
    let inner: &'a str = inner;
    let found = if too_deep(inner.as_bytes()) {
        Err(Fault { reason: SkipReason::TooDeep, detail: "the record in the string".to_owned() })
    } else {
        plain(inner, shape)
    };
    match found {
        Ok(Plain::Event { fields, text }) => Ok(Found::Event { fields, text }),
        Ok(Plain::Other(_)) => Ok(Found::Foreign),
        Err(fault) if fault.reason == SkipReason::Syntax && is_lookup(&outer) => {
            Ok(Found::Outer { fields: outer, text })
        }
        // A log line that begins like an object.
        Err(fault) if fault.reason == SkipReason::Syntax => Ok(Found::Foreign),
        Err(fault) => Err(fault),
    }
}

enum Plain<'a> {
    Event { fields: Fields<'a>, text: &'a str },
    Other(Fields<'a>),
}

/// Reads a bare record or one in an EventBridge envelope.
fn plain<'a>(text: &'a str, shape: &Shape) -> Result<Plain<'a>, Fault> {
    let fields = Fields::read(text, shape)?;
    if is_event(&fields) {
        return Ok(Plain::Event { fields, text });
    }
    if let Some(detail) = fields.get(p::DETAIL).filter(|json| json.starts_with('{')) {
        let inner = Fields::read(detail, shape)?;
        if is_event(&inner) {
            return Ok(Plain::Event { fields: inner, text: detail });
        }
    }
    Ok(Plain::Other(fields))
}

/// Whether a string holds what begins like a JSON object.
fn holds_object(json: &str) -> bool {
    json.strip_prefix('"').is_some_and(|text| text.trim_start().starts_with('{'))
}

/// Tells CloudTrail from the other clouds' trails, which share `eventName` and `eventSource`.
fn is_event(fields: &Fields<'_>) -> bool {
    let text = |path| fields.get(path).and_then(decode);
    let names = [p::EVENT_NAME, p::EVENT_TYPE, p::EVENT_SOURCE]
        .iter()
        .any(|&path| fields.get(path).is_some());
    names
        && (fields.get(p::REGION).is_some()
            || text(p::EVENT_SOURCE).is_some_and(|source| source.contains(".amazonaws.com"))
            || text(p::EVENT_TYPE).is_some_and(|kind| kind.starts_with("Aws")))
}

/// Whether it is a row of LookupEvents.
fn is_lookup(fields: &Fields<'_>) -> bool {
    fields.get(p::OUTER_ID).is_some()
        && fields.get(p::OUTER_NAME).is_some()
        && fields
            .get(p::OUTER_SOURCE)
            .and_then(decode)
            .is_some_and(|source| source.contains(".amazonaws.com"))
}
