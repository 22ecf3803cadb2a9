//! Reads inputs for a viewer.

use std::io;
use std::sync::Arc;

use super::{Counts, FileView, RecordView, Viewer};
use crate::finding::Redactor;
use crate::record::{
    Batch, Batches, FieldSet, FileAccount, FileStatus, Format, Hint, Inputs, Mapper, Origin,
    Outcome, RawRecord, Scratch, Skip, SkipReason, Step, shown_path,
};
use crate::value::{RecordKind, Time};

/// What is shown of the inputs.
#[derive(Debug, Clone)]
pub struct Options {
    /// The fields to show.
    pub fields: FieldSet,
    /// Records to show of each file; `None` shows all. Those that are not shown are counted.
    pub limit: Option<u64>,
    /// What `now` means over every file.
    pub now: Option<Time>,
    /// What `now` means over files that speak of no time of their own, unless `now` is given.
    pub clock: Time,
    /// How values are shown.
    pub redactor: Redactor,
}

/// Reads every input to its end and shows what it holds; whether everything could be read, and
/// there was something.
pub fn read(
    inputs: &dyn Inputs,
    roots: &[String],
    options: &Options,
    viewer: &mut dyn Viewer,
) -> io::Result<bool> {
    let (mut complete, mut records) = (true, 0);
    for index in 0..inputs.count() {
        let mut file = File {
            hint: inputs.hint(index),
            batches: inputs.open(index),
            path: String::new(),
            account: FileAccount::default(),
            readers: Vec::new(),
            origin: Arc::default(),
            first: None,
            options,
        };
        file.account = file.batches.account();
        file.path = shown_path(roots, file.account.root, &file.account.path);
        let mut counts = Counts::default();
        complete &= file.read(&mut counts, viewer)?;
        records += counts.records;
    }
    Ok(complete && records > 0)
}

/// One file on its way.
struct File<'i> {
    path: String,
    hint: Hint,
    batches: Box<dyn Batches + 'i>,
    /// As it stood after the last batch.
    account: FileAccount,
    readers: Vec<Reader>,
    origin: Arc<Origin>,
    /// The format of the first record.
    first: Option<&'static dyn Format>,
    options: &'i Options,
}

/// A format, prepared for the origin of the file.
struct Reader {
    format: &'static dyn Format,
    /// Reads what is shown.
    whole: Box<dyn Mapper>,
    /// Reads records that are only counted.
    bare: Box<dyn Mapper>,
}

impl File<'_> {
    /// Shows the file; whether all of it could be read.
    fn read(&mut self, counts: &mut Counts, viewer: &mut dyn Viewer) -> io::Result<bool> {
        let mut batch = Batch::default();
        let mut scratch = Scratch::default();
        let mut begun = false;
        loop {
            let step = self.batches.next(&mut batch);
            self.account = self.batches.account();
            self.prepare(&batch, &mut scratch);
            let found = !batch.records.is_empty() || !batch.skipped.is_empty();
            if !begun && (found || step == Step::Done) {
                begun = true;
                viewer.file(&self.view())?;
            }
            let mut lost = batch.skipped.iter().peekable();
            for raw in batch.iter() {
                let offset = match &raw {
                    Ok(raw) => raw.offset,
                    Err(skip) => skip.offset,
                };
                while let Some(skip) = lost.next_if(|skip| skip.offset < offset) {
                    self.skip(skip, 1, counts, viewer)?;
                }
                match raw {
                    Ok(raw) => self.record(&raw, &mut scratch, counts, viewer)?,
                    Err(skip) => self.skip(&skip, 1, counts, viewer)?,
                }
            }
            lost.try_for_each(|skip| self.skip(skip, 1, counts, viewer))?;
            if step == Step::Done {
                break;
            }
        }
        viewer.end(&self.view(), counts)?;
        let refused = matches!(
            self.account.status,
            FileStatus::Unclaimed { .. } | FileStatus::Unreadable { .. }
        );
        Ok(!refused && counts.skips() == 0)
    }

    fn view(&self) -> FileView<'_> {
        FileView {
            path: &self.path,
            account: &self.account,
            hint: &self.hint,
            origin: &self.origin,
            format: self.first,
            now: self.now(),
        }
    }

    fn now(&self) -> Time {
        self.options.now.or(self.origin.time).unwrap_or(self.options.clock)
    }

    /// Prepares the formats of the file for its origin, once that is known.
    fn prepare(&mut self, batch: &Batch, scratch: &mut Scratch) {
        let origin = self.batches.origin();
        if self.readers.is_empty() || !Arc::ptr_eq(&origin, &self.origin) {
            self.origin = origin;
            let now = self.now();
            let needed = self.options.fields.with_dependencies();
            let reader = |format: &&'static dyn Format| Reader {
                format: *format,
                whole: format.mapper(&needed, &self.origin, now),
                bare: format.mapper(&FieldSet::EMPTY, &self.origin, now),
            };
            self.readers = self.batches.formats().iter().map(reader).collect();
        }
        if self.first.is_none() {
            let known = |raw: RawRecord<'_>| {
                let reads =
                    |reader: &&Reader| reader.bare.map(&raw, scratch, &mut |_| {}) == Outcome::Read;
                self.readers.iter().find(reads).map(|reader| reader.format)
            };
            self.first = batch.iter().flatten().find_map(known);
        }
    }

    fn record(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        counts: &mut Counts,
        viewer: &mut dyn Viewer,
    ) -> io::Result<()> {
        let shown = self.options.limit.is_none_or(|limit| counts.shown < limit);
        let file = self.view();
        let mut printed = Ok(());
        let mut outcome = Outcome::Foreign;
        for reader in &self.readers {
            let mapper = if shown { &reader.whole } else { &reader.bare };
            outcome = mapper.map(raw, scratch, &mut |found| {
                let rows = &mut counts.rows;
                *rows.entry(found.record.kind.name()).or_default() += 1;
                if found.record.kind == RecordKind::Cred {
                    *rows.entry(RecordKind::Key.name()).or_default() += found.keys.len() as u64;
                }
                if shown && printed.is_ok() {
                    printed = viewer.record(&RecordView {
                        file: &file,
                        format: reader.format,
                        raw,
                        record: found.record,
                        keys: found.keys,
                        fields: self.options.fields,
                        redactor: self.options.redactor,
                    });
                }
            });
            if outcome != Outcome::Foreign {
                break;
            }
        }
        printed?;
        let (reason, detail) = match outcome {
            Outcome::Read => {
                counts.records += raw.rows;
                counts.shown += if shown { raw.rows } else { 0 };
                if let Some(note) = scratch.note {
                    *counts.notes.entry(note).or_default() += 1;
                }
                return Ok(());
            }
            Outcome::Foreign => {
                (SkipReason::Foreign, "it is of no format that Keytrail reads".to_owned())
            }
            Outcome::Skipped(reason, detail) => (reason, detail),
        };
        let (offset, line, ordinal) = (raw.offset, raw.line, raw.ordinal);
        self.skip(&Skip { offset, line, ordinal, reason, detail }, raw.rows, counts, viewer)
    }

    fn skip(
        &self,
        skip: &Skip,
        rows: u64,
        counts: &mut Counts,
        viewer: &mut dyn Viewer,
    ) -> io::Result<()> {
        counts.records += rows;
        *counts.skipped.entry(skip.reason.name()).or_default() += rows;
        viewer.skipped(&self.view(), skip)
    }
}
