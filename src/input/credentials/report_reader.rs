//! Reads a file that may be a credential report, or several reports joined by `grep`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::report::CredentialReport;
use super::report_time::made;
use super::user_rows::{MAX_STORED, UserRows};
use crate::input::file_reader::file_name_before;
use crate::record::{
    Batch, BatchRecord, BatchStatus, Batches, FileAccount, Format, Origin, Skip, SkipReason,
};
use crate::value::{Time, Zone};

/// The note for reports whose time is not known.
const UNDATED: &str = "neither the report nor its name contains its time: without `--now`, ages are \
                       computed at the time of the run";

/// The maximum number of reports in one file.
const MAX_REPORTS: usize = 1000;

/// Reads a file. If it is a credential report, joins the rows of each user and determines when the
/// report was made.
///
/// `grep` puts the name of a file before each row; the rows of each name are one report.
pub(super) struct ReportReader<'i> {
    file: Box<dyn Batches + 'i>,
    /// The time of the report according to its content.
    time: Option<Time>,
    state: ReportState,
}

enum ReportState {
    /// Nothing was read.
    New,
    /// It is not a report.
    Other,
    /// Rows are joined.
    Collecting(Box<Reports>),
    /// All rows were read; users are emitted.
    Emitting(Box<Reports>),
}

/// The reports of one file.
struct Reports {
    format: &'static CredentialReport,
    /// The origin of the file; each report also has its own time.
    origin: Arc<Origin>,
    all: Vec<Report>,
    /// The reports by the file name before their rows.
    by_prefix: BTreeMap<Vec<u8>, usize>,
    /// The report of the current batch.
    current: usize,
}

struct Report {
    origin: Arc<Origin>,
    rows: UserRows,
}

impl<'i> ReportReader<'i> {
    pub(super) fn new(file: Box<dyn Batches + 'i>, time: Option<Time>) -> Self {
        Self { file, time, state: ReportState::New }
    }

    /// The kind of the file, decided when its first records were read.
    fn begin(&self) -> ReportState {
        let origin = self.file.origin();
        let format = self.file.formats().first().and_then(|format| super::find(format.name()));
        let Some(format) = format.filter(|_| origin.columns.is_some()) else {
            return ReportState::Other;
        };
        let path = self.file.account().path;
        let time = origin.time.or(self.time).or_else(|| time_in_path(path.as_bytes(), &origin));
        let origin = Arc::new(Origin { time, ..Origin::clone(&origin) });
        let (all, by_prefix) = (Vec::new(), BTreeMap::new());
        ReportState::Collecting(Box::new(Reports { format, origin, all, by_prefix, current: 0 }))
    }
}

impl Reports {
    /// The report with this file name before its rows; `None` if there are too many reports.
    fn of(&mut self, prefix: &[u8]) -> Option<usize> {
        if let Some(existing) = self.by_prefix.get(prefix) {
            return Some(*existing);
        }
        let number = self.all.len();
        if number == MAX_REPORTS {
            return None;
        }
        let own = time_in_path(prefix, &self.origin).filter(|_| !prefix.is_empty());
        let origin = match own {
            Some(time) => Arc::new(Origin { time: Some(time), ..Origin::clone(&self.origin) }),
            None => Arc::clone(&self.origin),
        };
        let rows = UserRows::new(self.format, &origin);
        self.all.push(Report { origin, rows });
        self.by_prefix.insert(prefix.to_vec(), number);
        Some(number)
    }

    /// Moves the rows out of a batch; rows that cannot be stored become skips of it.
    fn take(&mut self, batch: &mut Batch) {
        let prefixes =
            batch.records.iter().map(|placed| file_name_before(&batch.bytes, placed.start));
        if prefixes.clone().all(<[u8]>::is_empty) {
            if let Some(number) = self.of(&[]) {
                self.store(number, batch);
            }
            return;
        }
        let prefixes: Vec<Vec<u8>> = prefixes.map(<[u8]>::to_vec).collect();
        let mut parts: BTreeMap<usize, Batch> = BTreeMap::new();
        for (placed, prefix) in std::mem::take(&mut batch.records).into_iter().zip(prefixes) {
            let Some(number) = self.of(&prefix) else {
                let BatchRecord { offset, line, ordinal, .. } = placed;
                let detail = format!(
                    "the rows before it belong to {MAX_REPORTS} reports, which is the limit for one file"
                );
                let reason = SkipReason::TooLong;
                batch.skipped.push(Skip { offset, line, ordinal, reason, detail });
                continue;
            };
            let part = parts.entry(number).or_default();
            let start = part.bytes.len();
            part.bytes.extend_from_slice(&batch.bytes[placed.start..placed.end]);
            part.records.push(BatchRecord { start, end: part.bytes.len(), ..placed });
        }
        batch.bytes.clear();
        for (number, mut part) in parts {
            self.store(number, &mut part);
            batch.skipped.append(&mut part.skipped);
        }
        batch.skipped.sort_by_key(|skip| skip.offset);
    }

    fn store(&mut self, number: usize, batch: &mut Batch) {
        let others = |(other, report): (usize, &Report)| {
            if other == number { 0 } else { report.rows.stored() }
        };
        let others: usize = self.all.iter().enumerate().map(others).sum();
        let rows = &mut self.all[number].rows;
        rows.limit(MAX_STORED.saturating_sub(others));
        rows.take(batch);
    }

    /// Completes what depends on all rows of a report.
    fn finish(&mut self) {
        for Report { origin, rows } in &mut self.all {
            if let Some(order) = rows.date_order() {
                let with_order = Origin { date_order: Some(order), ..Origin::clone(origin) };
                *origin = Arc::new(with_order);
            }
        }
    }

    /// Emits users of one report.
    fn emit(&mut self, batch: &mut Batch) -> BatchStatus {
        batch.clear();
        while let Some(report) = self.all.get_mut(self.current) {
            let step = report.rows.emit(batch);
            let last = self.current + 1 == self.all.len();
            if step == BatchStatus::More || last {
                return step;
            }
            if !batch.records.is_empty() {
                // The next batch begins with the next report; nothing of it was emitted before.
                return BatchStatus::More;
            }
            self.current += 1;
        }
        BatchStatus::Done
    }

    fn origin(&self) -> Arc<Origin> {
        Arc::clone(self.all.get(self.current).map_or(&self.origin, |report| &report.origin))
    }
}

/// The time in the name of a file.
fn time_in_path(path: &[u8], origin: &Origin) -> Option<Time> {
    let name = path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    let zone = origin.zone.clone().unwrap_or_else(Zone::utc);
    made(&String::from_utf8_lossy(name), &zone)
}

impl Batches for ReportReader<'_> {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        loop {
            match &mut self.state {
                ReportState::Other => return self.file.next(batch),
                ReportState::Emitting(reports) => return reports.emit(batch),
                ReportState::New | ReportState::Collecting(_) => {}
            }
            let step = self.file.next(batch);
            if matches!(self.state, ReportState::New) {
                self.state = self.begin();
            }
            let ReportState::Collecting(reports) = &mut self.state else { return step };
            reports.take(batch);
            if step == BatchStatus::Done
                && let ReportState::Collecting(mut reports) =
                    std::mem::replace(&mut self.state, ReportState::Other)
            {
                reports.finish();
                self.state = ReportState::Emitting(reports);
            }
            if !batch.skipped.is_empty() {
                return BatchStatus::More;
            }
        }
    }

    fn formats(&self) -> &[&'static dyn Format] {
        self.file.formats()
    }

    fn origin(&self) -> Arc<Origin> {
        match &self.state {
            ReportState::Collecting(reports) | ReportState::Emitting(reports) => reports.origin(),
            ReportState::New | ReportState::Other => self.file.origin(),
        }
    }

    fn account(&self) -> FileAccount {
        let mut account = self.file.account();
        if let ReportState::Collecting(reports) | ReportState::Emitting(reports) = &self.state {
            for report in &reports.all {
                account.notes.extend(report.rows.notes());
                account.faults.extend(report.rows.faults());
            }
            let undated = reports.all.iter().any(|report| report.origin.time.is_none());
            account.notes.extend(undated.then(|| UNDATED.to_owned()));
        }
        account
    }
}
