//! Reads one file: its bytes, its splitter, and the formats that claim its records.

use std::io;
use std::sync::Arc;

use super::byte_stream::ByteStream;
use super::envelope::Envelopes;
use super::exported::ResponseRow;
use super::frame::{Ending, Framer, QUERY_ROWS, Tables, WINDOW, record_column, trusted};
use super::read_failure::ReadFailure;
use super::unclaimed;
use crate::diag::did_you_mean;
use crate::record::{
    Batch, BatchRecord, BatchStatus, Batches, Columns, FieldSet, FileAccount, FileStatus, Format,
    Mapper, Origin, Outcome, RawRecord, Scratch, Setting, SkipReason, same_name,
};
use crate::value::Time;

/// How to read one file.
pub(super) struct ReadTask {
    /// The account of the file before it is opened: root and path.
    pub(super) account: FileAccount,
    /// Whether a file that no format claims makes the run incomplete.
    pub(super) expected: bool,
    /// Its bytes, or why it cannot be opened.
    pub(super) source: io::Result<ByteStream>,
    /// The size that it had when it was opened; unknown for a stream.
    pub(super) size: Option<u64>,
    /// The formats to try.
    pub(super) formats: Vec<&'static dyn Format>,
    /// The only format that the user allows for it.
    pub(super) only: Option<Setting<&'static dyn Format>>,
    /// What is known about the file before it is read.
    pub(super) origin: Arc<Origin>,
    /// Whether these are more lines of a file whose first lines some format has claimed.
    pub(super) goes_on: bool,
}

/// Reads one file in batches.
pub(super) struct FileReader {
    account: FileAccount,
    expected: bool,
    source: Option<ByteStream>,
    size: Option<u64>,
    formats: Vec<&'static dyn Format>,
    only: Option<Setting<&'static dyn Format>>,
    origin: Arc<Origin>,
    framer: Framer,
    /// The beginning of a record whose end was not read yet.
    carry: Vec<u8>,
    claimed: bool,
    /// Records that were found before any format claimed one of them.
    buffered: Batch,
    /// How many of them no format claims.
    unknown: usize,
    envelopes: Envelopes,
    /// The column of a table whose cells contain the records.
    record_column: Option<usize>,
}

impl FileReader {
    pub(super) fn new(task: ReadTask) -> Self {
        let mut reader = Self::closed(task.account);
        match task.source {
            Ok(source) => {
                reader.account.compression = source.compression;
                reader.source = Some(source);
            }
            Err(error) => {
                reader.account.status = FileStatus::Unreadable { reason: error.to_string() };
            }
        }
        let tables = Tables { given: task.origin.columns.clone(), formats: task.formats.clone() };
        Self {
            framer: if task.goes_on { Framer::of_lines() } else { Framer::new(tables) },
            claimed: task.goes_on,
            expected: task.expected,
            size: task.size,
            formats: task.formats,
            only: task.only,
            origin: task.origin,
            ..reader
        }
    }

    /// A file that is not opened; its account contains the reason.
    pub(super) fn closed(account: FileAccount) -> Self {
        Self {
            account,
            expected: false,
            source: None,
            size: None,
            formats: Vec::new(),
            only: None,
            origin: Arc::default(),
            framer: Framer::new(Tables::default()),
            carry: Vec::new(),
            claimed: false,
            buffered: Batch::default(),
            unknown: 0,
            envelopes: Envelopes::default(),
            record_column: None,
        }
    }

    /// Decides whether a format claims the records so far; `None` while more records could change
    /// the decision.
    fn claim(&mut self, ended: bool) -> Option<bool> {
        if let Some(what) = self.framer.other() {
            return self.refuse(what.to_string());
        }
        let found = !self.buffered.records.is_empty() || !self.buffered.skipped.is_empty();
        if let Some(columns) = self.columns() {
            if !self.claim_rows(columns) {
                return Some(false);
            }
            if found {
                return Some(true);
            }
        } else if found && self.origin.columns.is_some() {
            // Columns given by the user apply only to tables, and this is not a table.
            self.origin = Arc::new(Origin { columns: None, ..Origin::clone(&self.origin) });
        }
        if let Some(claimant) = self.claimant() {
            // The format that claims the first record is the most likely one for the others.
            self.formats[..=claimant].rotate_right(1);
            return Some(true);
        }
        let alone = self.buffered.records.len() == 1 && self.buffered.skipped.is_empty();
        let decompressed = self.source.as_ref().map_or(0, |source| source.decompressed);
        if !ended && (!found || alone || decompressed < WINDOW as u64) {
            return None;
        }
        if !found {
            if let Some(control) = self.envelopes.note() {
                return self.decline(&control);
            }
            let reason = match self.framer.container() {
                "" => "empty",
                "array" => "an empty array",
                "rows" => "a table without rows",
                _ => "no records in its container",
            };
            return self.decline(reason);
        }
        if ended && let Some(what) = self.no_records() {
            return self.decline(what);
        }
        // A container of an audit log is one even if its first records are broken.
        if self.framer.container().ends_with("-object") && !self.buffered.skipped.is_empty() {
            return Some(true);
        }
        if let Some(skip) = self.buffered.skipped.iter().find(|skip| skip.reason == SkipReason::Io)
        {
            self.account.status = FileStatus::Unreadable { reason: skip.detail.clone() };
            return Some(false);
        }
        let unread = match self.buffered.iter().next() {
            None => self.buffered.skipped.first().cloned(),
            Some(first) => first.err(),
        };
        let reason = match unread {
            Some(skip) => format!("no record can be read; the first: {}", skip.detail),
            None => unclaimed::no_format(
                &self.formats,
                self.buffered.iter().flatten().next().map(|raw| raw.text),
            ),
        };
        self.refuse(reason)
    }

    /// The columns of a table: those of its header, or those of the first row if every row names
    /// its columns, as in the response of a query.
    fn columns(&self) -> Option<Columns> {
        if self.framer.container() == QUERY_ROWS {
            let mut rows = self.buffered.iter().flatten();
            return rows.find_map(|raw| Some(ResponseRow::read(raw.text)?.columns()));
        }
        self.framer.columns().filter(|_| self.record_column.is_none()).cloned()
    }

    /// Retains the formats that recognise the columns of the table; `false` if there are none.
    fn claim_rows(&mut self, columns: Columns) -> bool {
        if let Err(error) = trusted(&columns) {
            self.refuse(error.to_string());
            return false;
        }
        let names: Vec<_> = self.formats.iter().map(|format| format.name()).collect();
        let names = names.join(", ");
        let expected: Vec<&str> =
            self.formats.iter().flat_map(|format| format.columns()).copied().collect();
        self.formats.retain(|format| format.knows(&columns));
        if self.formats.is_empty() {
            let unknown =
                columns.names().iter().filter(|name| !expected.iter().any(|k| same_name(k, name)));
            let meant = unknown.filter_map(|name| {
                Some(format!("; of `{name}`: {}", did_you_mean(name, expected.iter().copied())?))
            });
            let meant: String = meant.take(3).collect();
            let columns = columns.names().join(", ");
            self.refuse(format!(
                "no known table has the columns {columns} (tried: {names}){meant}"
            ));
            return false;
        }
        self.origin = Arc::new(Origin { columns: Some(columns), ..Origin::clone(&self.origin) });
        true
    }

    /// The format that claims the first claimed record.
    fn claimant(&mut self) -> Option<usize> {
        let unclaimed = self.unknown;
        self.unknown = self.buffered.records.len();
        if unclaimed == self.unknown {
            return None;
        }
        let probe =
            |format: &&'static dyn Format| format.mapper(&FieldSet::EMPTY, &self.origin, Time(0));
        let probes: Vec<Box<dyn Mapper>> = self.formats.iter().map(probe).collect();
        let mut scratch = Scratch::default();
        self.buffered.iter().skip(unclaimed).flatten().find_map(|raw: RawRecord<'_>| {
            probes.iter().position(|probe| {
                !matches!(
                    probe.map(&raw, &mut scratch, &mut |_| {}),
                    Outcome::Foreign | Outcome::Skipped(SkipReason::Syntax, _)
                )
            })
        })
    }

    /// A name for the only value of a file, if that value is known to contain no records.
    fn no_records(&self) -> Option<&'static str> {
        let ([_], []) = (&*self.buffered.records, &*self.buffered.skipped) else { return None };
        match self.buffered.iter().next()?.ok()?.text {
            "{}" => Some("an empty object"),
            "null" => Some("`null`"),
            text => self.formats.iter().find_map(|format| format.declines(text)),
        }
    }

    fn decline(&mut self, reason: &str) -> Option<bool> {
        self.account.status = FileStatus::Declined { reason: reason.to_owned() };
        Some(false)
    }

    fn refuse(&mut self, reason: String) -> Option<bool> {
        let reason = match &self.only {
            Some(Setting { value, by }) => {
                format!("it is not {}, the format that {by} sets: {reason}", value.name())
            }
            None => reason,
        };
        self.account.status = if self.expected {
            FileStatus::Unclaimed { reason }
        } else {
            FileStatus::NotAnInput { reason }
        };
        Some(false)
    }

    /// Opens the envelopes among the records from `from` on. A row of a table is an envelope only
    /// if a column contains complete records.
    fn open_envelopes(&mut self, batch: &mut Batch, from: usize) {
        if !self.claimed
            && let Some(columns) = self.framer.columns()
            && !self.formats.iter().any(|format| format.knows(columns))
        {
            self.record_column = record_column(columns);
        }
        if let Some(column) = self.record_column {
            self.envelopes.open_cells(batch, from, column);
        } else if self.framer.container() != QUERY_ROWS {
            self.envelopes.open(batch, from);
        }
    }

    /// Closes the source and completes the account; `whole` when it was read to its end.
    fn close(&mut self, whole: bool) -> BatchStatus {
        if let Some(source) = self.source.take() {
            self.account.bytes = source.bytes();
            self.account.decompressed = source.decompressed;
            self.account.sha256 = if whole { source.sha256() } else { None };
        }
        self.account.notes.extend(self.framer.notes().map(str::to_owned));
        if self.account.status == FileStatus::Read {
            self.account.notes.extend(self.envelopes.note());
        }
        BatchStatus::Done
    }

    /// Why the end of the source is not the end of the file, if so.
    fn shrunk(&self, source: &ByteStream) -> Option<ReadFailure> {
        let (size, read) = (self.size?, source.bytes());
        (read < size).then_some(ReadFailure::Shrank { size, read })
    }
}

impl Batches for FileReader {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        batch.clear();
        batch.bytes.append(&mut self.carry);
        loop {
            let Some(source) = self.source.as_mut() else { return BatchStatus::Done };
            let read = source.fill(&mut batch.bytes);
            let ended = !matches!(read, Ok(true));
            let failure = match read {
                Ok(true) => None,
                Ok(false) => self.source.as_ref().and_then(|source| self.shrunk(source)),
                Err(error) if source.compression.is_some() => {
                    Some(ReadFailure::Compressed { read: source.bytes(), error })
                }
                Err(error) => Some(ReadFailure::Io(error)),
            };
            let failure = failure.map(|failure| failure.to_string());
            let ending = match &failure {
                Some(why) => Ending::Failed(why),
                None if ended => Ending::Eof,
                None => Ending::More,
            };
            let done = self.framer.run(batch, ending);
            // The positions of records are named by the container while the file is read.
            self.account.container = self.framer.container();
            if !self.claimed {
                let before = self.buffered.records.len();
                let rows = self.framer.container() == "rows";
                buffer(&mut self.buffered, batch, done, rows);
                let mut buffered = std::mem::take(&mut self.buffered);
                self.open_envelopes(&mut buffered, before);
                self.buffered = buffered;
                match self.claim(ended) {
                    None => continue,
                    Some(false) => {
                        batch.clear();
                        return self.close(ended && failure.is_none());
                    }
                    Some(true) => self.claimed = true,
                }
                self.carry.append(&mut batch.bytes);
                std::mem::swap(batch, &mut self.buffered);
                return if ended { self.close(failure.is_none()) } else { BatchStatus::More };
            }
            if ended {
                self.open_envelopes(batch, 0);
                return self.close(failure.is_none());
            }
            if !batch.records.is_empty() || !batch.skipped.is_empty() {
                self.carry.extend_from_slice(&batch.bytes[done..]);
                // Only whole records are left, so they can be checked as one text.
                batch.bytes.truncate(done);
                self.open_envelopes(batch, 0);
                return BatchStatus::More;
            }
            batch.bytes.drain(..done);
        }
    }

    fn formats(&self) -> &[&'static dyn Format] {
        &self.formats
    }

    fn origin(&self) -> Arc<Origin> {
        Arc::clone(&self.origin)
    }

    fn account(&self) -> FileAccount {
        // The container is known with the first record, and pointers to records need it.
        FileAccount { container: self.framer.container(), ..self.account.clone() }
    }
}

/// Appends the records that were found to those found before. Only bytes of records are retained,
/// because any number of blanks or empty rows may be between records. In a table the file name
/// before each row is retained too, because it identifies the report of the row.
fn buffer(buffered: &mut Batch, found: &mut Batch, done: usize, rows: bool) {
    for placed in found.records.drain(..) {
        if rows {
            buffered.bytes.push(b'\n');
            buffered.bytes.extend_from_slice(file_name_before(&found.bytes, placed.start));
        }
        let start = buffered.bytes.len();
        buffered.bytes.extend_from_slice(&found.bytes[placed.start..placed.end]);
        buffered.records.push(BatchRecord { start, end: buffered.bytes.len(), ..placed });
    }
    found.bytes.drain(..done);
    buffered.skipped.append(&mut found.skipped);
}

/// The name of a file before a row, with its colon, as `grep` writes it; empty if there is none.
pub(super) fn file_name_before(bytes: &[u8], row: usize) -> &[u8] {
    let before = bytes.get(..row).unwrap_or_default();
    if !before.ends_with(b":") {
        return &[];
    }
    let line = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
    &before[line..]
}
