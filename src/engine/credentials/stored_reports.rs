//! Report files, stored in memory.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::record::{
    Batch, BatchStatus, Batches, FileAccount, FileStatus, Format, Inputs, Origin, RawRecord,
    ReadOrder, Skip,
};

/// The report files of a run. They act as an input whose rows can be read any number of times.
pub struct StoredReports {
    /// By file index; `None` for files that are not reports.
    files: Vec<Option<StoredFile>>,
}

struct StoredFile {
    /// Each batch with the origin of its records: a file may contain several reports.
    batches: Vec<(Batch, Arc<Origin>)>,
    formats: Vec<&'static dyn Format>,
    account: FileAccount,
}

/// Identifies a raw record among the reports of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReportRowId {
    file: u32,
    batch: u32,
    record: u32,
}

/// A raw record with the context that is required to read it.
pub(super) struct ReportRow<'h> {
    pub(super) id: ReportRowId,
    pub(super) raw: RawRecord<'h>,
    pub(super) formats: &'h [&'static dyn Format],
    pub(super) origin: &'h Arc<Origin>,
}

impl ReportRowId {
    pub(super) fn file(self) -> usize {
        self.file as usize
    }
}

impl StoredReports {
    /// Reads every file of the report phase to its end.
    pub fn read(inputs: &dyn Inputs) -> Self {
        let file = |index: usize| {
            (inputs.read_order(index) == ReadOrder::Reports)
                .then(|| StoredFile::read(inputs, index))
        };
        Self { files: (0..inputs.count()).map(file).collect() }
    }

    /// Whether there is no report.
    pub fn is_empty(&self) -> bool {
        self.files.iter().all(Option::is_none)
    }

    /// Every raw record that is valid UTF-8.
    pub(super) fn rows(&self) -> impl Iterator<Item = ReportRow<'_>> {
        (0u32..).zip(&self.files).flat_map(|(file, stored)| {
            stored.iter().flat_map(move |stored| {
                (0u32..).zip(&stored.batches).flat_map(move |(batch, (records, origin))| {
                    (0u32..).zip(records.iter()).filter_map(move |(record, raw)| {
                        let id = ReportRowId { file, batch, record };
                        let formats = &*stored.formats;
                        raw.ok().map(|raw| ReportRow { id, raw, formats, origin })
                    })
                })
            })
        })
    }

    /// The raw record with this id.
    pub(super) fn row(&self, id: ReportRowId) -> Option<ReportRow<'_>> {
        let stored = self.files.get(id.file())?.as_ref()?;
        let (records, origin) = stored.batches.get(id.batch as usize)?;
        let raw = records.get(id.record as usize)?.ok()?;
        Some(ReportRow { id, raw, formats: &stored.formats, origin })
    }
}

impl StoredFile {
    fn read(inputs: &dyn Inputs, index: usize) -> Self {
        let mut reader = inputs.open(index);
        let mut batches = Vec::new();
        // A panic is a bug of ours; it must cost one file, not the run.
        let read = catch_unwind(AssertUnwindSafe(|| {
            loop {
                let mut batch = Batch::default();
                let step = reader.next(&mut batch);
                if !batch.records.is_empty() || !batch.skipped.is_empty() {
                    batch.bytes.shrink_to_fit();
                    batches.push((batch, reader.origin()));
                }
                if step == BatchStatus::Done {
                    break;
                }
            }
        }));
        let mut account = reader.account();
        if read.is_err() {
            batches.clear();
            let reason = "reading it failed inside Keytrail".into();
            account.status = FileStatus::Unreadable { reason };
        }
        Self { batches, formats: reader.formats().to_vec(), account }
    }
}

impl Inputs for StoredReports {
    fn count(&self) -> usize {
        self.files.len()
    }

    fn read_order(&self, index: usize) -> ReadOrder {
        match self.files.get(index) {
            Some(Some(_)) => ReadOrder::Reports,
            _ => ReadOrder::Events,
        }
    }

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        let file = self.files.get(index).and_then(Option::as_ref);
        Box::new(StoredBatches { file, next: 0 })
    }

    fn is_rereadable(&self, _index: usize) -> bool {
        true
    }
}

struct StoredBatches<'h> {
    file: Option<&'h StoredFile>,
    next: usize,
}

impl Batches for StoredBatches<'_> {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        batch.clear();
        let batches = self.file.map_or(&[][..], |file| &file.batches);
        if let Some((stored, _)) = batches.get(self.next) {
            batch.bytes.extend_from_slice(&stored.bytes);
            batch.records.extend_from_slice(&stored.records);
            batch.skipped.extend(stored.skipped.iter().map(Skip::clone));
        }
        self.next += 1;
        if self.next < batches.len() { BatchStatus::More } else { BatchStatus::Done }
    }

    fn formats(&self) -> &[&'static dyn Format] {
        self.file.map_or(&[], |file| &file.formats)
    }

    fn origin(&self) -> Arc<Origin> {
        let last = self.next.saturating_sub(1);
        let origin = self.file.and_then(|file| file.batches.get(last)).map(|(_, origin)| origin);
        origin.cloned().unwrap_or_default()
    }

    fn account(&self) -> FileAccount {
        self.file.map(|file| file.account.clone()).unwrap_or_default()
    }
}
