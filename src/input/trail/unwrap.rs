//! Finds a trail's record in what it is wrapped in.

use std::ops::Range;

use super::cloud::{cloud, host, marks};
use crate::input::frame::too_deep;
use crate::input::json::{Fault, Fields, Shape, decode, decode_into, holds_object};
use crate::record::{Provider, SkipReason};

/// How the records of a trail may be wrapped; numbers are those of the format's paths.
#[derive(Debug)]
pub(in crate::input) struct Wrapping {
    /// Whose trail it is.
    pub(in crate::input) provider: Provider,
    /// Keys that hold the record, or another wrapping of it, as an object or as a string.
    pub(in crate::input) keys: &'static [usize],
    /// What a row of the cloud's query API has around the record.
    pub(in crate::input) row: Option<Row>,
    /// What is read around the record, too.
    pub(in crate::input) around: Range<usize>,
}

/// A row of a query API: the record in a string, and a few of its fields around it.
#[derive(Debug)]
pub(in crate::input) struct Row {
    /// The record.
    pub(in crate::input) record: usize,
    /// The id of the event.
    pub(in crate::input) id: usize,
    /// Its name.
    pub(in crate::input) name: usize,
    /// The host of the service.
    pub(in crate::input) source: usize,
}

/// What a raw record turned out to be.
#[derive(Debug)]
pub(in crate::input) enum Found<'a> {
    /// A record of the trail; `text` is its own text, without wrapping.
    Event { fields: Fields<'a>, text: &'a str },
    /// A row whose record cannot be parsed.
    Row { fields: Fields<'a>, text: &'a str },
    /// Something else.
    Foreign,
}

/// Finds the record; `inner` takes its text where it stands in a string.
pub(in crate::input) fn find<'a>(
    text: &'a str,
    shape: &Shape,
    wrapping: &Wrapping,
    inner: &'a mut String,
) -> Result<Found<'a>, Fault> {
    let outer = match bare(text, shape, wrapping, false)? {
        Bare::Event { fields, text } => return Ok(Found::Event { fields, text }),
        Bare::Other(fields) => fields,
    };
    let is_row = wrapping.row.as_ref().is_some_and(|row| row.is(&outer, wrapping.provider));
    let string =
        wrapping.keys.iter().find_map(|&at| outer.get(at).filter(|json| holds_object(json)));
    let Some(string) = string else {
        if !is_row {
            return Ok(Found::Foreign);
        }
        outer.unambiguous()?;
        return Ok(Found::Row { fields: outer, text });
    };
    decode_into(string, inner);
    let inner: &'a str = inner;
    let found = if too_deep(inner.as_bytes()) {
        Err(Fault { reason: SkipReason::TooDeep, detail: "the record in the string".to_owned() })
    } else {
        bare(inner, shape, wrapping, is_row)
    };
    match found {
        Ok(Bare::Event { mut fields, text }) => {
            outer.unambiguous()?;
            fields.adopt(&outer, wrapping.around.clone());
            Ok(Found::Event { fields, text })
        }
        Ok(Bare::Other(_)) => Ok(Found::Foreign),
        Err(fault) if fault.reason == SkipReason::Syntax && is_row => {
            outer.unambiguous()?;
            Ok(Found::Row { fields: outer, text })
        }
        // A log line that begins like an object.
        Err(fault) if fault.reason == SkipReason::Syntax => Ok(Found::Foreign),
        Err(fault) => Err(fault),
    }
}

enum Bare<'a> {
    Event { fields: Fields<'a>, text: &'a str },
    Other(Fields<'a>),
}

/// Reads a bare record or one in an object around it; `known` says that its cloud is.
fn bare<'a>(
    text: &'a str,
    shape: &Shape,
    wrapping: &Wrapping,
    known: bool,
) -> Result<Bare<'a>, Fault> {
    let is_ours = |fields: &Fields<'_>| match cloud(fields) {
        Some(provider) => provider == wrapping.provider,
        None => known && fields.get(marks::EVENT_NAME).is_some(),
    };
    let outer = Fields::scan(text, shape)?;
    if is_ours(&outer) {
        outer.unambiguous()?;
        return Ok(Bare::Event { fields: outer, text });
    }
    for &key in wrapping.keys {
        let Some(object) = outer.get(key).filter(|json| json.starts_with('{')) else { continue };
        let mut fields = Fields::scan(object, shape)?;
        if is_ours(&fields) {
            outer.unambiguous()?;
            fields.unambiguous()?;
            fields.adopt(&outer, wrapping.around.clone());
            return Ok(Bare::Event { fields, text: object });
        }
    }
    Ok(Bare::Other(outer))
}

impl Row {
    fn is(&self, fields: &Fields<'_>, provider: Provider) -> bool {
        let has = |path: usize| fields.get(path).is_some();
        let source = || fields.get(self.source).and_then(decode);
        has(self.id)
            && has(self.name)
            && (has(self.record) || source().is_some_and(|of| host(&of) == Some(provider)))
    }
}
