//! Inputs defined by a test, implementing the traits that the engine requires.

use std::sync::{Arc, Mutex};

use keytrail::record::{
    Batch, BatchRecord, BatchStatus, Batches, FileAccount, Format, Inputs, Origin, ReadOrder,
};

/// A file. Reading it fails if it has no records.
pub(crate) struct Written {
    pub(crate) read_order: ReadOrder,
    pub(crate) format: [&'static dyn Format; 1],
    pub(crate) origin: Arc<Origin>,
    pub(crate) records: Vec<String>,
}

/// Files, and the order in which they were opened.
pub(crate) struct Files {
    files: Vec<Written>,
    opened: Mutex<Vec<usize>>,
}

impl Files {
    pub(crate) fn new(files: Vec<Written>) -> Self {
        Self { files, opened: Mutex::default() }
    }

    pub(crate) fn opened(self) -> Vec<usize> {
        self.opened.into_inner().unwrap()
    }
}

impl Inputs for Files {
    fn count(&self) -> usize {
        self.files.len()
    }

    fn read_order(&self, index: usize) -> ReadOrder {
        self.files[index].read_order
    }

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        self.opened.lock().unwrap().push(index);
        Box::new(Reading { file: &self.files[index], index })
    }
}

struct Reading<'f> {
    file: &'f Written,
    index: usize,
}

impl Batches for Reading<'_> {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        batch.clear();
        assert!(!self.file.records.is_empty(), "planted");
        for (ordinal, record) in (0u64..).zip(&self.file.records) {
            let start = batch.bytes.len();
            batch.bytes.extend_from_slice(record.as_bytes());
            let end = batch.bytes.len();
            let (offset, line) = (start as u64, ordinal + 1);
            let envelope = Default::default();
            let placed =
                BatchRecord { start, end, envelope, offset, line, column: 1, ordinal, rows: 1 };
            batch.records.push(placed);
        }
        BatchStatus::Done
    }

    fn formats(&self) -> &[&'static dyn Format] {
        &self.file.format
    }

    fn origin(&self) -> Arc<Origin> {
        Arc::clone(&self.file.origin)
    }

    fn account(&self) -> FileAccount {
        let path = self.file.format[0].name();
        let path = if self.index == 0 { path.into() } else { format!("{path}-{}", self.index) };
        FileAccount { path, ..FileAccount::default() }
    }
}
