//! Opens envelopes: what queues, streams, log services and search engines put around records.
//!
//! A record is recognized by its content, not by its path: Keytrail looks below the keys that
//! envelopes use, to a bounded depth, into objects, arrays, strings of JSON, and base64 with or
//! without gzip. The reader replaces an envelope by its records before any format sees it, and each
//! of them counts separately. The time of an envelope is never that of a record.

mod encoded;
mod named;
mod opener;

use super::csv::Cells;
use super::json::Fault;
use crate::record::{Batch, BatchRecord, ByteRange, Envelope, Skip};

pub(super) use named::refused;
use opener::{Content, Opener};

/// Opens the envelopes among the records of a file.
#[derive(Debug, Default)]
pub(super) struct Envelopes {
    opener: Opener,
    /// The number of control messages so far.
    control: u64,
}

impl Envelopes {
    /// Replaces each envelope among the records from `from` on by the records in it.
    pub(super) fn open(&mut self, batch: &mut Batch, from: usize) {
        let Some(first) = batch.records.iter().skip(from).position(|placed| {
            let bytes = batch.bytes.get(placed.start..placed.end).unwrap_or_default();
            !begins_record(bytes)
        }) else {
            return;
        };
        let tail = batch.records.split_off(from + first);
        for placed in tail {
            let bytes = batch.bytes.get(placed.start..placed.end).unwrap_or_default();
            let text = std::str::from_utf8(bytes).ok().filter(|_| !begins_record(bytes));
            let opened = text.map(|text| self.opener.open(text));
            match opened {
                None | Some(Ok(Content::Bare | Content::Other)) => batch.records.push(placed),
                Some(Ok(Content::Control)) => self.control += 1,
                Some(Ok(Content::Records)) => self.place(batch, &placed),
                Some(Err(fault)) => {
                    let BatchRecord { offset, line, ordinal, .. } = placed;
                    let (reason, detail) = (fault.reason, fault.detail);
                    batch.skipped.push(Skip { offset, line, ordinal, reason, detail });
                }
            }
        }
    }

    /// Replaces each row of a table by its cell in `column`, and opens the cells that are envelopes.
    pub(super) fn open_cells(&mut self, batch: &mut Batch, from: usize, column: usize) {
        let rows = batch.records.split_off(from);
        for placed in rows {
            let bytes = batch.bytes.get(placed.start..placed.end).unwrap_or_default();
            let Ok(row) = std::str::from_utf8(bytes) else {
                batch.records.push(placed);
                continue;
            };
            match Cells::read(row) {
                Ok(cells) => {
                    let cell = cells.get(column).unwrap_or_default().into_owned();
                    let start = batch.bytes.len();
                    batch.bytes.extend_from_slice(cell.trim_ascii().as_bytes());
                    let whole = ByteRange { start: placed.start, end: placed.end };
                    let envelope = Envelope { whole, ..Envelope::default() };
                    let end = batch.bytes.len();
                    batch.records.push(BatchRecord { start, end, envelope, ..placed });
                }
                Err(Fault { reason, detail }) => {
                    let BatchRecord { offset, line, ordinal, .. } = placed;
                    batch.skipped.push(Skip { offset, line, ordinal, reason, detail });
                }
            }
        }
        self.open(batch, from);
    }

    /// Adds to the batch the records of the envelope that was opened last.
    fn place(&mut self, batch: &mut Batch, placed: &BatchRecord) {
        let before = batch.bytes.len();
        let own = ByteRange { start: placed.start, end: placed.end };
        let whole =
            if placed.envelope.whole == ByteRange::default() { own } else { placed.envelope.whole };
        let (text, found) = self.opener.found();
        batch.bytes.extend_from_slice(text.as_bytes());
        batch.records.extend(found.iter().map(|found| {
            let text = found.text.shifted(before);
            let object = match found.object {
                opener::Object::Whole => own,
                opener::Object::Inside(span) => span.shifted(before),
                opener::Object::None => ByteRange::default(),
            };
            let envelope = Envelope { whole, object, keys: found.keys };
            BatchRecord { start: text.start, end: text.end, envelope, ..*placed }
        }));
        self.control += self.opener.control();
    }

    /// A note about control messages, if there were any.
    pub(super) fn note(&self) -> Option<String> {
        match self.control {
            0 => None,
            1 => Some("1 control message of an envelope contains no record".to_owned()),
            count => Some(format!("{count} control messages of envelopes contain no records")),
        }
    }
}

/// A batch with this text as its only record, or with the records in it if it is an envelope.
pub fn opened(text: &str) -> Batch {
    let envelope = Envelope::default();
    let (end, bytes) = (text.len(), text.as_bytes().to_vec());
    let placed =
        BatchRecord { start: 0, end, envelope, offset: 0, line: 1, column: 1, ordinal: 0, rows: 1 };
    let mut batch = Batch { bytes, records: vec![placed], ..Batch::default() };
    Envelopes::default().open(&mut batch, 0);
    batch
}

/// Keys that the trails' own records begin with and no envelope does. Most records begin with one
/// of them and are not looked at any further.
const FIRST_KEYS: [&[u8]; 12] = [
    b"eventVersion",
    b"userIdentity",
    b"eventTime",
    b"eventId",
    b"eventID",
    b"additionalEventData",
    b"addendum",
    b"apiVersion",
    b"acsRegion",
    b"actionType",
    b"apiErrorCode",
    b"errorCode",
];

/// Whether the first key shows that a text is not an envelope.
fn begins_record(bytes: &[u8]) -> bool {
    match bytes.strip_prefix(b"{") {
        Some(rest) => rest.trim_ascii_start().strip_prefix(b"\"").is_some_and(|key| {
            FIRST_KEYS.iter().any(|first| {
                key.starts_with(first) && key.get(first.len()).is_some_and(|&b| b == b'"')
            })
        }),
        // Only objects and arrays are envelopes.
        None => !bytes.starts_with(b"["),
    }
}

#[cfg(test)]
mod tests;
