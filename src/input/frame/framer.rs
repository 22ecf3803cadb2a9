//! The splitter: a state machine over a growing buffer.

mod lines;
mod rows;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeSet;

use super::MAX_RECORD;
use super::resync::first_key;
use super::sniff::{Sniff, Sniffed};
use super::table_header::{Table, Tables};
use super::unknown_content::UnknownContent;
use crate::input::json::MAX_DEPTH;
use crate::input::json::Scan;
use crate::record::{Batch, BatchRecord, Columns, Envelope, Skip, SkipReason};
use crate::source::Position;

/// The number of bytes that are examined to recognize a file.
pub(in crate::input) const WINDOW: usize = 1 << 20;

/// What comes after the bytes in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::input) enum Ending<'a> {
    /// More of them.
    More,
    /// Nothing.
    Eof,
    /// Reading failed.
    Failed(&'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FramerState {
    /// Before the first byte.
    Start,
    /// Between values outside of any container.
    Top,
    /// Between the items of an array; whether the array is a value in an object.
    Items { object: bool },
    /// In a record, whose bytes are buffered.
    Value,
    /// In a record that is too long to buffer.
    Discard,
    /// In a number or a word.
    Word,
    /// In the object around the records, after their array.
    Rest,
    /// After a broken record, looking for the next.
    Lost,
    /// At the start of a line.
    Lines,
    /// In a line that is too long to buffer.
    LongLine,
    /// At the start of a row of a table.
    Rows,
    /// In the first line of a row that is skipped.
    LostRow,
    /// Past the end, or in a file that is not an input.
    Over,
}

/// Splits one file; see [`Framer::run`].
#[derive(Debug)]
pub(in crate::input) struct Framer {
    state: FramerState,
    /// Recognizes the file by its first bytes.
    sniff: Sniff,
    /// How many bytes are examined to recognize the file.
    window: usize,
    /// The state to return to after a record.
    level: FramerState,
    scan: Scan,
    /// How many bytes of the current line, word or row were searched for its end.
    searched: usize,
    /// The position of the first byte that was not counted yet.
    place: Position,
    /// Where the current record begins.
    begun: Position,
    ordinal: u64,
    /// How many objects enclose the array of records.
    around: usize,
    /// How many arrays inside the array of records are open; their items are records too.
    nested: u64,
    /// Whether the next item of an array may begin: after its bracket or a comma.
    separated: bool,
    /// The longest record.
    limit: usize,
    /// The key that the first good record begins with.
    key: Vec<u8>,
    /// The keys that mark the next record after a broken one.
    sought: Vec<Vec<u8>>,
    tables: Tables,
    table: Option<Table>,
    container: Option<&'static str>,
    other: Option<UnknownContent>,
    notes: BTreeSet<&'static str>,
}

/// The buffered bytes, and the records that were found in them.
struct Cut<'b> {
    bytes: &'b [u8],
    /// Bytes before this one are processed.
    at: usize,
    /// The byte whose position `Framer::place` is.
    mark: usize,
    records: &'b mut Vec<BatchRecord>,
    skipped: &'b mut Vec<Skip>,
}

impl Cut<'_> {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_ascii_start().len();
    }
}

impl Framer {
    pub(in crate::input) fn new(tables: Tables) -> Self {
        Self {
            state: FramerState::Start,
            sniff: Sniff::default(),
            window: WINDOW,
            level: FramerState::Top,
            scan: Scan::default(),
            searched: 0,
            place: Position::START,
            begun: Position::START,
            ordinal: 0,
            around: 0,
            nested: 0,
            separated: true,
            limit: MAX_RECORD,
            key: Vec::new(),
            sought: Vec::new(),
            tables,
            table: None,
            container: None,
            other: None,
            notes: BTreeSet::new(),
        }
    }

    /// A splitter for later lines of a file that was recognized as lines.
    pub(in crate::input) fn of_lines() -> Self {
        Self { state: FramerState::Lines, container: Some("lines"), ..Self::new(Tables::default()) }
    }

    /// A splitter with other limits, for tests.
    pub(in crate::input) fn with_limits(window: usize, limit: usize) -> Self {
        Self { window, limit, ..Self::new(Tables::default()) }
    }

    /// The container of the records; empty while it is unknown.
    pub(in crate::input) fn container(&self) -> &'static str {
        match self.container {
            // A single line is a single object.
            Some("lines") if self.ordinal <= 1 => "object",
            Some(name) => name,
            None => "",
        }
    }

    /// What the file contains, if it cannot be split.
    pub(in crate::input) fn other(&self) -> Option<&UnknownContent> {
        self.other.as_ref()
    }

    /// The columns, if the file is a table.
    pub(in crate::input) fn columns(&self) -> Option<&Columns> {
        self.table.as_ref().map(|table| &table.columns)
    }

    /// Notes that concern no single record.
    pub(in crate::input) fn notes(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.notes.iter().copied()
    }

    /// Finds the complete records in `batch.bytes` and returns the number of processed bytes; the
    /// next call must begin with the others.
    ///
    /// It finds no record before the file is recognized, which takes at most [`WINDOW`] bytes.
    pub(in crate::input) fn run(&mut self, batch: &mut Batch, ending: Ending<'_>) -> usize {
        let Batch { bytes, records, skipped } = batch;
        let mut cut = Cut { bytes, at: 0, mark: 0, records, skipped };
        while self.step(&mut cut, ending) {}
        if ending != Ending::More {
            self.finish(&mut cut, ending);
        }
        let done = cut.at;
        self.place_of(&mut cut, done);
        done
    }

    /// Takes one step; `false` if it needs more bytes.
    fn step(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        match self.state {
            FramerState::Start => self.start(cut, ending),
            FramerState::Top => self.top(cut, ending),
            FramerState::Items { object } => self.items(cut, object),
            FramerState::Value => self.value(cut),
            FramerState::Discard => self.discard(cut),
            FramerState::Word => self.word(cut, ending),
            FramerState::Rest => self.rest(cut),
            FramerState::Lost => self.lost(cut),
            FramerState::Lines => self.lines(cut, ending),
            FramerState::LongLine => self.long_line(cut),
            FramerState::Rows => self.rows(cut, ending),
            FramerState::LostRow => self.lost_row(cut, ending),
            FramerState::Over => {
                cut.at = cut.bytes.len();
                false
            }
        }
    }

    fn start(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        // Only the window counts, so that the result does not depend on the size of the reads.
        let window = cut.bytes.get(..self.window).unwrap_or(cut.bytes);
        let more = window.len() < self.window && ending == Ending::More;
        let whole = window.len() < self.window && ending == Ending::Eof;
        let bom = b"\xef\xbb\xbf";
        if more && window.len() < bom.len() {
            return false;
        }
        let text = window.strip_prefix(bom).unwrap_or(window);
        let Some(sniffed) = self.sniff.look(text, more, whole) else { return false };
        if sniffed == Sniffed::Text && more {
            // All lines of the window determine the columns.
            return false;
        }
        cut.at = window.len() - text.len();
        cut.mark = cut.at;
        self.place.offset = cut.at as u64;
        self.state = match sniffed {
            Sniffed::Text => {
                let len = text.len();
                self.table(cut, len, whole);
                return true;
            }
            Sniffed::Lines => {
                self.container = Some("lines");
                FramerState::Lines
            }
            Sniffed::Values | Sniffed::Empty => FramerState::Top,
            Sniffed::Other(what) => {
                self.other = Some(UnknownContent::OtherKind(what));
                FramerState::Over
            }
        };
        true
    }

    fn place_record(&mut self, cut: &mut Cut<'_>, len: usize, deep: bool) {
        let start = cut.at;
        cut.at += len;
        if len > self.limit {
            return self.too_long(cut);
        }
        if deep {
            let detail = format!("nested deeper than {MAX_DEPTH} levels");
            return self.skip(cut, self.begun, SkipReason::TooDeep, detail);
        }
        if self.key.is_empty()
            && let Some(key) = first_key(&cut.bytes[start..cut.at])
        {
            self.key.extend_from_slice(key);
        }
        let Position { offset, line, column } = self.begun;
        let ordinal = self.ordinal;
        self.ordinal += 1;
        let (end, envelope) = (cut.at, Envelope::default());
        cut.records.push(BatchRecord {
            start,
            end,
            envelope,
            offset,
            line,
            column,
            ordinal,
            rows: 1,
        });
    }

    /// Skips the record that the end of the input cuts off.
    fn finish(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) {
        let here = self.place_of(cut, cut.at);
        let (place, truncated) = match self.state {
            FramerState::Over => return,
            FramerState::Start | FramerState::Top | FramerState::Lost => (here, None),
            FramerState::Lines | FramerState::Rows => (here, None),
            FramerState::Items { .. } | FramerState::Rest => {
                let end = self.place_of(cut, cut.bytes.len());
                (end, Some("the input ends inside the container of its records"))
            }
            FramerState::Value | FramerState::Word => {
                (self.begun, Some("the input ends inside the record"))
            }
            FramerState::Discard | FramerState::LongLine | FramerState::LostRow => {
                (self.begun, None)
            }
        };
        let long = matches!(self.state, FramerState::Discard | FramerState::LongLine);
        cut.at = cut.bytes.len();
        self.state = FramerState::Over;
        match (ending, truncated) {
            (Ending::Failed(why), _) => self.skip(cut, place, SkipReason::Io, why.to_owned()),
            (_, Some(what)) => self.skip(cut, place, SkipReason::Truncated, what.to_owned()),
            (_, None) if long => self.too_long(cut),
            _ => {}
        }
    }

    fn too_long(&mut self, cut: &mut Cut<'_>) {
        let detail = format!("longer than {} bytes", self.limit);
        self.skip(cut, self.begun, SkipReason::TooLong, detail);
    }

    fn skip(&mut self, cut: &mut Cut<'_>, place: Position, reason: SkipReason, detail: String) {
        let Position { offset, line, .. } = place;
        cut.skipped.push(Skip { offset, line, ordinal: self.ordinal, reason, detail });
        self.ordinal += 1;
    }

    /// The position of a byte; it must not decrease between calls.
    fn place_of(&mut self, cut: &mut Cut<'_>, at: usize) -> Position {
        if at > cut.mark {
            self.place = self.place.after(&cut.bytes[cut.mark..at]);
            cut.mark = at;
        }
        self.place
    }
}
