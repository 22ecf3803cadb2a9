//! The result of a query.

use std::collections::BTreeMap;

use super::{FileView, MaskedUse, RecordCounts};
use crate::diag::Diagnostic;
use crate::expr::EvalError;
use crate::finding::Redactor;
use crate::query::{Ranked, Tally};
use crate::record::{FieldGap, FieldSet, FileStatus, Skip};
use crate::value::Period;
use crate::value::RecordKind;

/// Skipped records, faults and files of one kind that are retained with their position; the rest
/// are only counted.
const MAX_LISTED: usize = 20;

/// The result of a query, in addition to the records that are printed while it runs. Its texts are
/// redacted.
#[derive(Debug)]
pub struct QueryResult {
    /// The record kind that the query reads.
    pub on: RecordKind,
    /// The period that the query selects.
    pub period: Period,
    /// The columns that records are counted by, as written.
    pub columns: Vec<String>,
    /// The records by group; `None` if the query has no columns.
    pub ranked: Option<Ranked>,
    /// The tally of every record that meets the query.
    pub matches: Tally,
    /// The number of records that may meet the query; `None` if the query sets no gate.
    pub allowed: Option<u64>,
    /// The number of these records that were shown.
    pub shown: u64,
    /// Of these records, those that did not fit into the sort buffer and are not shown.
    pub unsorted: u64,
    /// Records that meet the condition but have no time, so that they are in no period.
    pub unplaced: u64,
    /// The number of events, creds and keys that were read.
    pub rows: BTreeMap<&'static str, u64>,
    /// The number of records in the files, read or skipped.
    pub records: u64,
    /// The number of these records that could not be read, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// The first skipped records.
    pub skips: Vec<SkipNote>,
    /// Records on which an expression failed.
    pub failures: EvalFailures,
    /// Formats of files whose records cannot meet the condition, with the fields that they do not
    /// carry.
    pub blind: BTreeMap<&'static str, FieldSet>,
    /// Fields that records are counted by and that a format does not carry, by format.
    pub missing: BTreeMap<&'static str, FieldSet>,
    /// The number of events, creds or keys whose format can meet the condition.
    pub judged: u64,
    /// Whether the query requires credential reports and there are none.
    pub without_reports: bool,
    /// Files that were read as records.
    pub files: u64,
    /// Bytes of all files on disk.
    pub bytes: u64,
    /// Other files, by kind: their number and the first of them.
    pub other_files: BTreeMap<OtherFile, (u64, Vec<FileNote>)>,
    /// The first faults in records that were read.
    pub faults: Vec<FileNote>,
    /// The number of further faults.
    pub more_faults: u64,
    /// The first notes on files.
    pub notes: Vec<FileNote>,
    /// The number of further notes.
    pub more_notes: u64,
    /// Notes on records that were read, with the number of records.
    pub record_notes: BTreeMap<&'static str, u64>,
    /// The masked keys of the query, and the keys that they denote.
    pub masked: Vec<MaskedUse>,
    /// Records that were read and lack a field that their format promises.
    pub gapped: u64,
    /// These fields, with the number of records.
    pub gaps: BTreeMap<FieldGap, u64>,
}

/// The kind of a file that was not read as records. The last two kinds make a result incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OtherFile {
    /// It was found in a folder and is of no format.
    NotAnInput,
    /// It is of a format but has no records.
    WithoutRecords,
    /// It was named explicitly and is of no format.
    Unclaimed,
    /// It could not be opened.
    Unreadable,
}

impl OtherFile {
    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            OtherFile::NotAnInput => "not an input",
            OtherFile::WithoutRecords => "without records",
            OtherFile::Unclaimed => "of no known format",
            OtherFile::Unreadable => "unreadable",
        }
    }
}

/// A note on a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNote {
    /// The path as a user would type it.
    pub path: String,
    /// The text of the note.
    pub text: String,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipNote {
    /// Its file.
    pub path: String,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The number of bytes before it.
    pub byte: u64,
    /// The reason, in a word.
    pub reason: &'static str,
    /// The reason in detail.
    pub detail: String,
}

/// Records on which an expression failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvalFailures {
    /// The number of records.
    pub count: u64,
    /// The first failure: the error, and the file and line of the record.
    pub first: Option<(EvalError, String, u64)>,
}

impl QueryResult {
    pub(super) fn new(
        on: RecordKind,
        period: Period,
        columns: Vec<String>,
        allowed: Option<u64>,
    ) -> Self {
        Self {
            on,
            period,
            columns,
            allowed,
            ranked: None,
            matches: Tally::default(),
            shown: 0,
            unsorted: 0,
            unplaced: 0,
            rows: BTreeMap::new(),
            records: 0,
            skipped: BTreeMap::new(),
            skips: Vec::new(),
            failures: EvalFailures::default(),
            blind: BTreeMap::new(),
            missing: BTreeMap::new(),
            judged: 0,
            without_reports: false,
            files: 0,
            bytes: 0,
            other_files: BTreeMap::new(),
            notes: Vec::new(),
            faults: Vec::new(),
            more_faults: 0,
            more_notes: 0,
            record_notes: BTreeMap::new(),
            masked: Vec::new(),
            gapped: 0,
            gaps: BTreeMap::new(),
        }
    }

    /// An error for each masked key that several keys look like. Then there is no result.
    pub fn ambiguous(&self) -> Vec<Diagnostic> {
        self.masked.iter().filter_map(|masked| masked.problem(self.on)).collect()
    }

    /// Whether the query sets a gate and more records meet it than the gate allows.
    pub fn fails(&self) -> bool {
        self.allowed.is_some_and(|allowed| self.matches.count > allowed)
    }

    /// The number of records of the query's kind that were read.
    pub fn rows_of_kind(&self) -> u64 {
        self.rows.get(self.on.name()).copied().unwrap_or(0)
    }

    /// The number of records that could not be read.
    pub fn skipped_records(&self) -> u64 {
        self.skipped.values().sum()
    }

    pub(super) fn failed(&mut self, error: EvalError, path: &str, line: u64) {
        self.failures.count += 1;
        self.failures.first.get_or_insert_with(|| (error, path.to_owned(), line));
    }

    pub(super) fn skip(&mut self, path: &str, skip: &Skip, redactor: Redactor) {
        if self.skips.len() < MAX_LISTED {
            self.skips.push(SkipNote {
                path: path.to_owned(),
                line: skip.line,
                byte: skip.offset,
                reason: skip.reason.name(),
                detail: redactor.text(&skip.detail).into_owned(),
            });
        }
    }

    /// Adds the counts of a file that was read to its end.
    pub(super) fn file(&mut self, file: &FileView<'_>, counts: &RecordCounts, redactor: Redactor) {
        self.bytes += file.account.bytes;
        self.records += counts.records;
        for (sums, of_file) in [
            (&mut self.rows, &counts.rows),
            (&mut self.skipped, &counts.skipped),
            (&mut self.record_notes, &counts.notes),
        ] {
            of_file.iter().for_each(|(name, count)| *sums.entry(name).or_default() += count);
        }
        self.gapped += counts.gapped;
        for (gap, count) in &counts.gaps {
            *self.gaps.entry(*gap).or_default() += count;
        }
        let note = |text: &str| FileNote {
            path: file.path.to_owned(),
            text: redactor.text(text).into_owned(),
        };
        for fault in &file.account.faults {
            if self.faults.len() < MAX_LISTED {
                self.faults.push(note(fault));
            } else {
                self.more_faults += 1;
            }
        }
        let room = MAX_LISTED.saturating_sub(self.notes.len());
        self.notes.extend(file.account.notes.iter().take(room).map(|text| note(text)));
        self.more_notes += file.account.notes.len().saturating_sub(room) as u64;
        let (other, reason) = match &file.account.status {
            FileStatus::Read => return self.files += 1,
            FileStatus::NotAnInput { reason } => (OtherFile::NotAnInput, reason),
            FileStatus::Declined { reason } => (OtherFile::WithoutRecords, reason),
            FileStatus::Unclaimed { reason } => (OtherFile::Unclaimed, reason),
            FileStatus::Unreadable { reason } => (OtherFile::Unreadable, reason),
        };
        let (count, named) = self.other_files.entry(other).or_default();
        *count += 1;
        if named.len() < MAX_LISTED {
            named.push(note(reason));
        }
    }

    /// The reasons why the result may be incomplete, each a sentence.
    pub fn incomplete(&self) -> Vec<String> {
        let (kind, mut reasons) = (self.on.name(), Vec::new());
        let of_files = |other| self.other_files.get(&other).into_iter();
        for (count, named) in of_files(OtherFile::Unclaimed) {
            let listed = named.iter().map(|FileNote { path, text }| {
                format!(
                    "{path} is not read by any format: {text} (`keytrail inspect` shows how files \
                     are recognised; `inputs` in the project file can set their format)"
                )
            });
            reasons.extend(listed.chain(more(*count, named)));
        }
        for (count, named) in of_files(OtherFile::Unreadable) {
            let listed = named
                .iter()
                .map(|FileNote { path, text }| format!("{path} cannot be read: {text}"));
            reasons.extend(listed.chain(more(*count, named)));
        }
        reasons.extend(self.faults.iter().map(|FileNote { path, text }| format!("{path}: {text}")));
        if self.more_faults > 0 {
            reasons
                .push(format!("{} more such values of other files or columns", self.more_faults));
        }
        match self.skipped_records() {
            0 => {}
            1 => reasons.push("1 record could not be read".to_owned()),
            skipped => reasons.push(format!("{skipped} records could not be read")),
        }
        if self.gapped > 0 {
            let gaps: Vec<String> =
                self.gaps.iter().map(|(gap, count)| format!("{gap} in {count}")).collect();
            let records = match self.gapped {
                1 => "1 record lacks fields that its format promises".to_owned(),
                gapped => format!("{gapped} records lack fields that their format promises"),
            };
            reasons.push(format!("{records}: {}", gaps.join(", ")));
        }
        match self.failures.count {
            0 => {}
            1 => reasons.push(format!("an expression failed on 1 {kind}")),
            failed => reasons.push(format!("an expression failed on {failed} {kind}s")),
        }
        if let Some(Ranked { groups, others }) = &self.ranked
            && others.count > 0
        {
            reasons.push(format!(
                "there are more than {} groups; the others are counted together",
                groups.len()
            ));
        }
        if self.unsorted > 0 {
            reasons.push(format!(
                "{} more records match than can be sorted, and are not shown; name a period with \
                 --since and --until, or show the first ones with --limit",
                self.unsorted
            ));
        }
        if self.records == 0 {
            reasons.push("no record was found in any input".to_owned());
        } else if self.rows_of_kind() == 0 {
            reasons.push(format!("the query reads {kind}s, but the inputs contain none"));
        } else if self.judged == 0 && !self.blind.is_empty() {
            reasons.push(format!(
                "no {kind} can satisfy the condition: its fields are missing in every format that was read"
            ));
        }
        if self.without_reports {
            reasons.push(
                "the query reads `event.cred`, `event.key` or rows of reports, but no input is a \
                 credential report"
                    .to_owned(),
            );
        }
        reasons
    }
}

fn more(count: u64, named: &[FileNote]) -> Option<String> {
    let more = count - named.len() as u64;
    (more > 0).then(|| format!("so are {more} more files"))
}
