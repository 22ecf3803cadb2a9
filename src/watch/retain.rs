//! Decides which rows are retained for later checks.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::occurrence_kind::OccurrenceKind;
use super::state::RetainedRow;
use crate::engine::{SpillError, StoredRow, StoredRows};
use crate::plan::Plan;
use crate::value::{Duration, Time};

/// Observations are retained longer than `history` by this duration, so that a record that arrives
/// slightly late is still evaluated correctly.
const GRACE: Duration = Duration(2 * 24 * 3600 * 1_000_000);

/// The retained rows, and the number of dropped rows.
#[derive(Debug, Default)]
pub(super) struct Retained {
    pub(super) rows: Vec<RetainedRow>,
    /// Rows that did not fit in memory, and their rules.
    pub(super) dropped: u64,
    pub(super) of: BTreeSet<usize>,
    /// The error because of which rows could not be spilled, if any.
    pub(super) spill: Option<SpillError>,
}

/// What decides whether a row is still needed.
pub(super) struct Retention<'r> {
    pub(super) plan: &'r Plan<'r>,
    /// The watermark: no older record is expected.
    pub(super) watermark: Time,
    /// The beginning of the first occurrence that may still grow, by rule and subject.
    pub(super) open: &'r BTreeMap<Box<[u8]>, Time>,
    /// Keys (rule and subject) for which nothing more can be emitted.
    pub(super) settled: &'r BTreeSet<Box<[u8]>>,
    /// Bytes that retained rows may take.
    pub(super) memory: usize,
}

impl Retention<'_> {
    /// Retains the rows that are still needed.
    pub(super) fn retain(&self, rows: StoredRows) -> io::Result<Retained> {
        let mut newest: BTreeMap<(Option<Time>, u64), RetainedRow> = BTreeMap::new();
        let (mut retained, mut bytes, mut number) = (Retained::default(), 0, 0);
        let mut last: Option<RetainedRow> = None;
        let spill = rows.drain(&mut |row| {
            let before =
                last.as_ref().and_then(|row| StoredRow::read(&row.bytes, row.sorts as usize));
            if before.is_some_and(|before| row.repeats(&before)) || !self.needs(row) {
                return;
            }
            let stored = RetainedRow { bytes: row.bytes().into(), sorts: row.sorts() as u32 };
            last = Some(stored.clone());
            bytes += size_of(&stored);
            number += 1;
            // The row that ends last is needed longest.
            newest.insert((row.shown_last().or(row.time()), number), stored);
            while bytes > self.memory
                && let Some((_, oldest)) = newest.pop_first()
            {
                bytes -= size_of(&oldest);
                retained.dropped += 1;
                let row = StoredRow::read(&oldest.bytes, oldest.sorts as usize);
                retained.of.extend(row.map(|row| row.rule()));
            }
        })?;
        retained.spill = spill;
        retained.rows = newest.into_values().collect();
        Ok(retained)
    }

    fn needs(&self, row: &StoredRow<'_>) -> bool {
        let Some(rule) = self.plan.rules.get(row.rule()) else { return false };
        let time = row.time().unwrap_or(Time(i64::MIN));
        match OccurrenceKind::of(rule) {
            OccurrenceKind::Day | OccurrenceKind::Report => false,
            OccurrenceKind::NewValue(history) => match row.shown_last() {
                Some(last) => last >= back(self.watermark, history.0.saturating_add(GRACE.0)),
                None => time > self.watermark,
            },
            OccurrenceKind::SilenceEnd => row.shown_last().is_some() || time > self.watermark,
            // An open window reaches back by one length. The second length ensures that the windows
            // before it are evaluated completely; the third prevents incomplete windows from
            // joining an open one.
            OccurrenceKind::Window(within) => {
                let open = self.open.get(row.key()).copied().unwrap_or(self.watermark);
                time >= back(self.watermark.min(open), within.0.saturating_mul(3))
            }
            OccurrenceKind::Whole { .. } => !self.settled.contains(row.key()),
        }
    }
}

fn size_of(row: &RetainedRow) -> usize {
    // The constant is the overhead of the map entry and the allocation.
    row.bytes.len() + 64
}

fn back(from: Time, by: i64) -> Time {
    Time(from.0.saturating_sub(by))
}
