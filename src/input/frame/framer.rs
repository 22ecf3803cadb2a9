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
use crate::input::json::MAX_DEPTH;
use crate::input::json::Scan;
use crate::record::{Batch, Columns, Envelope, Placed, Skip, SkipReason};
use crate::source::Position;

/// The bytes that are looked at to tell what a file is.
pub(in crate::input) const WINDOW: usize = 1 << 20;

/// What comes after the bytes at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::input) enum Ending<'a> {
    /// More of them.
    More,
    /// Nothing.
    Eof,
    /// Nothing that could be read.
    Failed(&'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte.
    Start,
    /// Between values that stand in no container.
    Top,
    /// Between the items of an array; whether the array is a value in an object.
    Items { object: bool },
    /// In a record, whose bytes are kept.
    Value,
    /// In a record that is too long to keep.
    Discard,
    /// In a number or a word.
    Word,
    /// In the object around the records, after their array.
    Rest,
    /// After a broken record, looking for the next.
    Lost,
    /// At the start of a line.
    Lines,
    /// In a line that is too long to keep.
    LongLine,
    /// At the start of a row of a table.
    Rows,
    /// In the first line of a row that is given up.
    LostRow,
    /// Past the end, or in a file that is none of ours.
    Over,
}

/// Splits one file; see [`Framer::run`].
#[derive(Debug)]
pub(in crate::input) struct Framer {
    state: State,
    /// What the first bytes tell, until they do.
    sniff: Sniff,
    /// How many bytes are looked at to tell.
    window: usize,
    /// The state that a record stands in.
    level: State,
    scan: Scan,
    /// Bytes of the line or word at hand in which its end was looked for.
    searched: usize,
    /// The place of the first byte that was not counted yet.
    place: Position,
    /// Where the record at hand begins.
    begun: Position,
    ordinal: u64,
    /// How many objects stand around the array of records.
    around: usize,
    /// Arrays inside the array of records that are open; their items are records too.
    nested: u64,
    /// Whether the next item of an array may begin: after its bracket or a comma.
    separated: bool,
    /// The longest record.
    limit: usize,
    /// The key that the first good record begins with.
    key: Vec<u8>,
    /// The keys to look for when lost.
    sought: Vec<Vec<u8>>,
    tables: Tables,
    table: Option<Table>,
    container: Option<&'static str>,
    other: Option<String>,
    notes: BTreeSet<&'static str>,
}

/// The bytes at hand and what is cut from them.
struct Cut<'b> {
    bytes: &'b [u8],
    /// Bytes before this one are done with.
    at: usize,
    /// The byte that `Framer::place` is the place of.
    mark: usize,
    records: &'b mut Vec<Placed>,
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
            state: State::Start,
            sniff: Sniff::default(),
            window: WINDOW,
            level: State::Top,
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

    /// A splitter of what is behind the first lines of a file, which told that it is lines.
    pub(in crate::input) fn of_lines() -> Self {
        Self { state: State::Lines, container: Some("lines"), ..Self::new(Tables::default()) }
    }

    /// A splitter with other limits than those of the program.
    pub(in crate::input) fn with_limits(window: usize, limit: usize) -> Self {
        Self { window, limit, ..Self::new(Tables::default()) }
    }

    /// The container that the records came in, as far as it is known.
    pub(in crate::input) fn container(&self) -> &'static str {
        match self.container {
            // A single line is a single object.
            Some("lines") if self.ordinal <= 1 => "object",
            Some(name) => name,
            None => "",
        }
    }

    /// What the file is, when it is none that can be split.
    pub(in crate::input) fn other(&self) -> Option<&str> {
        self.other.as_deref()
    }

    /// The columns, when the file is a table.
    pub(in crate::input) fn columns(&self) -> Option<&Columns> {
        self.table.as_ref().map(|table| &table.columns)
    }

    /// Things worth saying that cost no record.
    pub(in crate::input) fn notes(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.notes.iter().copied()
    }

    /// Places the records that are complete in `batch.bytes` and returns how many of its bytes
    /// are done with; the others must stand at the front of the next call's.
    ///
    /// Nothing is placed before the first bytes tell what the file is: at most [`WINDOW`] of them.
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

    /// Whether to go on: `false` where the bytes end.
    fn step(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        match self.state {
            State::Start => self.start(cut, ending),
            State::Top => self.top(cut, ending),
            State::Items { object } => self.items(cut, object),
            State::Value => self.value(cut),
            State::Discard => self.discard(cut),
            State::Word => self.word(cut, ending),
            State::Rest => self.rest(cut),
            State::Lost => self.lost(cut),
            State::Lines => self.lines(cut, ending),
            State::LongLine => self.long_line(cut),
            State::Rows => self.rows(cut, ending),
            State::LostRow => self.lost_row(cut, ending),
            State::Over => {
                cut.at = cut.bytes.len();
                false
            }
        }
    }

    fn start(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        // The answer is the same however the bytes come: no more than the window counts.
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
            // What the columns are is told by all lines of the window.
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
                State::Lines
            }
            Sniffed::Values | Sniffed::Empty => State::Top,
            Sniffed::Other(what) => {
                self.other = Some(what.to_owned());
                State::Over
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
        cut.records.push(Placed { start, end, envelope, offset, line, column, ordinal, rows: 1 });
    }

    /// Accounts for what the end cuts off.
    fn finish(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) {
        let here = self.place_of(cut, cut.at);
        let (place, truncated) = match self.state {
            State::Over => return,
            State::Start | State::Top | State::Lost => (here, None),
            State::Lines | State::Rows => (here, None),
            State::Items { .. } | State::Rest => {
                let end = self.place_of(cut, cut.bytes.len());
                (end, Some("the input ends inside the container of its records"))
            }
            State::Value | State::Word => (self.begun, Some("the input ends inside the record")),
            State::Discard | State::LongLine | State::LostRow => (self.begun, None),
        };
        let long = matches!(self.state, State::Discard | State::LongLine);
        cut.at = cut.bytes.len();
        self.state = State::Over;
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

    /// The place of a byte; must not go back.
    fn place_of(&mut self, cut: &mut Cut<'_>, at: usize) -> Position {
        if at > cut.mark {
            self.place = self.place.after(&cut.bytes[cut.mark..at]);
            cut.mark = at;
        }
        self.place
    }
}
