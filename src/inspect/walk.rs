//! Walks the files of a run and visits their records one by one.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{FileView, RecordCounts};
use crate::record::{
    Batch, BatchStatus, Batches, FieldSet, FileAccount, FileStatus, Format, Hint, Inputs, Mapper,
    Origin, Outcome, RawRecord, Scratch, Skip, SkipReason, shown_path,
};
use crate::value::Time;

/// Visits files and records. An error ends the reading.
pub(crate) trait Visitor {
    /// The mappers for the records of one format and origin.
    type Mappers;
    /// Prepares mappers for records of a format and origin. Ages are computed relative to `now`.
    fn reader(&self, format: &'static dyn Format, origin: &Origin, now: Time) -> Self::Mappers;
    /// Begins a file: called when its format is known, before its records.
    fn file(&mut self, file: &FileView<'_>) -> io::Result<()>;
    /// Reads a record as one of the formats that it may have.
    fn record(
        &mut self,
        at: CurrentRecord<'_, Self::Mappers>,
        counts: &mut RecordCounts,
    ) -> io::Result<Outcome>;
    /// Visits a record that could not be read.
    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()>;
    /// Ends the file.
    fn end(&mut self, file: &FileView<'_>, counts: &RecordCounts) -> io::Result<()>;
}

/// A record and its context.
pub(crate) struct CurrentRecord<'a, R> {
    pub(crate) file: &'a FileView<'a>,
    pub(crate) format: &'static dyn Format,
    pub(crate) raw: &'a RawRecord<'a>,
    pub(crate) reader: &'a R,
    pub(crate) scratch: &'a mut Scratch,
}

/// The value of `now` for files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// The value for every file, if the user set it.
    pub(crate) now: Option<Time>,
    /// The value for files that have no time of their own.
    pub(crate) clock: Time,
}

impl Clock {
    fn over(&self, origin: &Origin) -> Time {
        self.now.or(origin.time).unwrap_or(self.clock)
    }
}

/// Reads every input to its end. Returns whether everything could be read and there was at least
/// one record.
pub(crate) fn walk<V: Visitor>(
    inputs: &dyn Inputs,
    roots: &[String],
    clock: Clock,
    visitor: &mut V,
) -> io::Result<bool> {
    let (mut complete, mut records) = (true, 0);
    for index in 0..inputs.count() {
        let mut file = OpenFile {
            hint: inputs.hint(index),
            batches: inputs.open(index),
            path: String::new(),
            account: FileAccount::default(),
            readers: Vec::new(),
            origin: Arc::default(),
            first: None,
            clock,
        };
        file.account = file.batches.account();
        file.path = shown_path(roots, file.account.root, &file.account.path);
        let mut counts = RecordCounts::default();
        complete &= file.read(&mut counts, visitor)?;
        records += counts.records;
    }
    Ok(complete && records > 0)
}

/// A file while it is read.
struct OpenFile<'i, R> {
    path: String,
    hint: Hint,
    batches: Box<dyn Batches + 'i>,
    /// The account after the last batch.
    account: FileAccount,
    readers: Vec<PreparedFormat<R>>,
    origin: Arc<Origin>,
    /// The format of the first record.
    first: Option<&'static dyn Format>,
    clock: Clock,
}

/// A format, prepared for the origin of the file.
struct PreparedFormat<R> {
    format: &'static dyn Format,
    /// Detects whether a record is of the format.
    bare: Box<dyn Mapper>,
    own: R,
}

impl<R> OpenFile<'_, R> {
    /// Passes the records of the file to the visitor. Returns whether all of it could be read.
    fn read<V: Visitor<Mappers = R>>(
        &mut self,
        counts: &mut RecordCounts,
        visitor: &mut V,
    ) -> io::Result<bool> {
        let mut batch = Batch::default();
        let mut scratch = Scratch::default();
        let mut begun = false;
        loop {
            let step = self.batches.next(&mut batch);
            self.account = self.batches.account();
            self.prepare(&batch, &mut scratch, visitor);
            let found = !batch.records.is_empty() || !batch.skipped.is_empty();
            if !begun && (found || step == BatchStatus::Done) {
                begun = true;
                visitor.file(&self.view())?;
            }
            let mut lost = batch.skipped.iter().peekable();
            for raw in batch.iter() {
                let offset = match &raw {
                    Ok(raw) => raw.offset,
                    Err(skip) => skip.offset,
                };
                while let Some(skip) = lost.next_if(|skip| skip.offset < offset) {
                    self.skip(skip, 1, counts, visitor)?;
                }
                match raw {
                    Ok(raw) => self.record(&raw, &mut scratch, counts, visitor)?,
                    Err(skip) => self.skip(&skip, 1, counts, visitor)?,
                }
            }
            lost.try_for_each(|skip| self.skip(skip, 1, counts, visitor))?;
            if step == BatchStatus::Done {
                break;
            }
        }
        visitor.end(&self.view(), counts)?;
        let refused = matches!(
            self.account.status,
            FileStatus::Unclaimed { .. } | FileStatus::Unreadable { .. }
        );
        let broken = counts.skips() > 0 || counts.gapped > 0 || !self.account.faults.is_empty();
        Ok(!refused && !broken)
    }

    fn view(&self) -> FileView<'_> {
        FileView {
            path: &self.path,
            account: &self.account,
            hint: &self.hint,
            origin: &self.origin,
            format: self.first,
            now: self.clock.over(&self.origin),
        }
    }

    /// Prepares the formats of the file when its origin is known.
    fn prepare<V: Visitor<Mappers = R>>(
        &mut self,
        batch: &Batch,
        scratch: &mut Scratch,
        visitor: &V,
    ) {
        let origin = self.batches.origin();
        if self.readers.is_empty() || !Arc::ptr_eq(&origin, &self.origin) {
            self.origin = origin;
            let now = self.clock.over(&self.origin);
            let reader = |format: &&'static dyn Format| PreparedFormat {
                format: *format,
                bare: format.mapper(&FieldSet::EMPTY, &self.origin, now),
                own: visitor.reader(*format, &self.origin, now),
            };
            self.readers = self.batches.formats().iter().map(reader).collect();
        }
        if self.first.is_none() {
            let format_of = |raw: RawRecord<'_>| {
                let reads = |reader: &&PreparedFormat<R>| {
                    reader.bare.map(&raw, scratch, &mut |_| {}) == Outcome::Read
                };
                self.readers.iter().find(reads).map(|reader| reader.format)
            };
            self.first = batch.iter().flatten().find_map(format_of);
        }
    }

    fn record<V: Visitor<Mappers = R>>(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        counts: &mut RecordCounts,
        visitor: &mut V,
    ) -> io::Result<()> {
        let file = self.view();
        let mut outcome = Outcome::Foreign;
        for PreparedFormat { format, own, .. } in &self.readers {
            let at = CurrentRecord {
                file: &file,
                format: *format,
                raw,
                reader: own,
                scratch: &mut *scratch,
            };
            // A panic is a bug of ours; it must cost one record, not the run.
            outcome = match catch_unwind(AssertUnwindSafe(|| visitor.record(at, counts))) {
                Ok(read) => read?,
                Err(_) => {
                    let detail = "reading it failed inside Keytrail".to_owned();
                    Outcome::Skipped(SkipReason::Internal, detail)
                }
            };
            if outcome != Outcome::Foreign {
                break;
            }
        }
        let (reason, detail) = match outcome {
            Outcome::Read => {
                counts.records += raw.rows;
                if let Some(note) = scratch.note {
                    *counts.notes.entry(note).or_default() += 1;
                }
                counts.gapped += u64::from(!scratch.gaps.is_empty());
                for gap in &scratch.gaps {
                    *counts.gaps.entry(*gap).or_default() += 1;
                }
                return Ok(());
            }
            Outcome::Foreign => {
                (SkipReason::Foreign, "it does not have a format that Keytrail reads".to_owned())
            }
            Outcome::Skipped(reason, detail) => (reason, detail),
        };
        let (offset, line, ordinal) = (raw.offset, raw.line, raw.ordinal);
        self.skip(&Skip { offset, line, ordinal, reason, detail }, raw.rows, counts, visitor)
    }

    fn skip<V: Visitor<Mappers = R>>(
        &self,
        skip: &Skip,
        rows: u64,
        counts: &mut RecordCounts,
        visitor: &mut V,
    ) -> io::Result<()> {
        counts.records += rows;
        *counts.skipped.entry(skip.reason.name()).or_default() += rows;
        visitor.skipped(&self.view(), skip)
    }
}
