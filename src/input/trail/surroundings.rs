//! Recognizes the records of one trail, and the rows of its query API.

use std::ops::Range;

use super::Spelling;
use super::cloud::{cloud, marks};
use crate::input::json::{Fault, Fields, Shape, decode};
use crate::record::{Provider, RawRecord};
use crate::value::KeyCase;

/// What may be around the records of a trail. Numbers are indices of the format's paths.
#[derive(Debug)]
pub(in crate::input) struct Surroundings {
    /// Whose trail it is.
    pub(in crate::input) provider: Provider,
    /// The keys of a row of the cloud's query API.
    pub(in crate::input) row: Option<WrappedRow>,
    /// Paths that are read from the object around a record if the record does not have them.
    pub(in crate::input) around: Range<usize>,
}

/// A row of a query API: the record as a string, and some of its fields next to it.
#[derive(Debug)]
pub(in crate::input) struct WrappedRow {
    /// The record.
    pub(in crate::input) record: usize,
    /// The id of the event.
    pub(in crate::input) id: usize,
    /// Its name.
    pub(in crate::input) name: usize,
    /// The host of the service.
    pub(in crate::input) source: usize,
}

/// The kind of a raw record.
#[derive(Debug)]
pub(in crate::input) enum Recognized<'a> {
    /// A record of the trail, with the fields around it.
    Event(Fields<'a>),
    /// A row whose record is missing or cannot be parsed.
    Row(Fields<'a>),
    /// Something else.
    Foreign,
}

impl Surroundings {
    /// Reads a raw record after its envelope, if any, was opened.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or a key that is read appears twice.
    pub(in crate::input) fn find<'a>(
        &self,
        raw: &RawRecord<'a>,
        shape: &Shape,
    ) -> Result<Recognized<'a>, Fault> {
        let mut fields = Fields::scan(raw.text, shape)?;
        let outer = match raw.envelope.object {
            "" => None,
            object => Some(Fields::scan(object, shape)?),
        };
        let is_ours = match cloud(&fields) {
            Some(provider) => provider == self.provider,
            // The row shows which trail the record belongs to.
            None => {
                fields.get(marks::EVENT_NAME).is_some()
                    && outer.as_ref().is_some_and(|outer| self.is_row(outer))
            }
        };
        if is_ours {
            fields.unambiguous()?;
            if let Some(outer) = &outer {
                outer.unambiguous()?;
                fields.adopt(outer, self.around.clone());
            }
            return Ok(Recognized::Event(fields));
        }
        if !self.is_row(&fields) {
            return Ok(Recognized::Foreign);
        }
        fields.unambiguous()?;
        Ok(Recognized::Row(fields))
    }

    /// The record with its keys as the trail spells them, if an export changed keys inside it and
    /// it was not in an envelope.
    pub(in crate::input) fn restored(
        &self,
        raw: &RawRecord<'_>,
        fields: &Fields<'_>,
    ) -> Option<String> {
        if raw.envelope.keys != KeyCase::Exact || fields.get(marks::LOST_CASE).is_none() {
            return None;
        }
        let mut out = String::new();
        Spelling::of(self.provider).write(raw.text, "", &mut out);
        Some(out)
    }

    fn is_row(&self, fields: &Fields<'_>) -> bool {
        let Some(row) = &self.row else { return false };
        let has = |path: usize| fields.get(path).is_some();
        let source = || fields.get(row.source).and_then(decode);
        has(row.id)
            && has(row.name)
            && (has(row.record)
                || source().is_some_and(|of| Provider::of_host(&of) == Some(self.provider)))
    }
}
