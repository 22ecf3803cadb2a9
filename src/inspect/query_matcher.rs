//! Evaluates a query on one record.

use std::collections::BTreeMap;

use super::column_value::{key, shown};
use super::report_join::{ReportJoin, SUPERSEDED};
use super::{FileView, MaskedUse, QueryResult, RecordCounts, Selection};
use crate::engine::{AMBIGUOUS, Credentials};
use crate::expr::{Bindings, EvalError};
use crate::finding::ConfirmedUsers;
use crate::plan::Enrichment;
use crate::query::{Groups, Tally};
use crate::record::field::event;
use crate::record::{FieldSet, Format, MappedRecord, Record};
use crate::value::{RecordKind, Time};

/// The position of a record.
#[derive(Clone, Copy)]
pub(super) struct RecordPlace<'a> {
    pub(super) file: &'a FileView<'a>,
    pub(super) format: &'static dyn Format,
    pub(super) line: u64,
}

/// The fields that a query requires and a format does not carry.
#[derive(Clone, Copy)]
pub(super) struct FormatGaps {
    /// Fields that the condition requires, if no record can meet it without them.
    pub(super) blind: Option<FieldSet>,
    /// Fields that records are counted by.
    pub(super) missing: FieldSet,
}

/// Evaluates a query on records, one after another.
pub(super) struct QueryMatcher<'s> {
    selection: &'s Selection<'s>,
    pub(super) enrichment: &'s Enrichment,
    credentials: Option<&'s Credentials<'s>>,
    reports: ReportJoin<'s>,
    /// Users who succeeded in an earlier record.
    pub(super) confirmed_users: ConfirmedUsers,
    pub(super) groups: Groups,
    /// Rows of the last record that meet the query: 0 is the record itself, the others are its
    /// keys.
    pub(super) hits: Vec<usize>,
    pub(super) result: QueryResult,
}

impl<'s> QueryMatcher<'s> {
    /// `credentials` are required for queries over creds and keys, and for queries that join them.
    pub(super) fn new(
        selection: &'s Selection<'s>,
        enrichment: &'s Enrichment,
        credentials: Option<&'s Credentials<'s>>,
    ) -> Self {
        let Selection { query, now, clock, .. } = *selection;
        let fields = (query.joined(), query.reported());
        let reports = ReportJoin::new(credentials, fields, enrichment, (now, clock));
        let columns = query.columns.iter().map(|column| column.name.clone()).collect();
        let mut result = QueryResult::new(query.on, selection.period, columns, selection.allowed);
        result.masked = query.masked.iter().cloned().map(MaskedUse::new).collect();
        Self {
            selection,
            enrichment,
            credentials,
            reports,
            confirmed_users: ConfirmedUsers::default(),
            groups: Groups::new(selection.limits),
            hits: Vec::new(),
            result,
        }
    }

    /// Whether the query joins events with reports.
    pub(super) fn joins(&self) -> bool {
        self.reports.joins()
    }

    /// Whether the query looks something up in reports.
    pub(super) fn looks_up(&self) -> bool {
        self.reports.looks_up()
    }

    /// Whether the query requires the reports, either to find the newest report or to join events
    /// with rows.
    pub(super) fn reads_reports(&self) -> bool {
        self.credentials.is_some()
    }

    /// Evaluates the query on the rows of a record. A row that meets it is added to `hits` or to a
    /// group.
    pub(super) fn record(
        &mut self,
        place: RecordPlace<'_>,
        rows: MappedRecord<'_>,
        gaps: FormatGaps,
        counts: &mut RecordCounts,
    ) {
        self.confirmed_users.add(rows.record);
        let query = self.selection.query;
        let reports = rows.record.kind == RecordKind::Cred;
        if reports == (query.on == RecordKind::Event) {
            return;
        }
        self.result.masked.iter_mut().for_each(|masked| masked.add(&rows));
        if let (Some(credentials), Some(time), true) =
            (self.credentials, place.file.origin.time, reports)
            && !credentials.in_force(place.format.name(), rows.record, time)
        {
            *counts.notes.entry(SUPERSEDED).or_default() += 1;
            return;
        }
        if let Some(lacking) = gaps.blind {
            add(&mut self.result.blind, place.format, lacking);
            return;
        }
        if !gaps.missing.is_empty() {
            add(&mut self.result.missing, place.format, gaps.missing);
        }
        let enrichment = self.enrichment;
        let filled = enrichment.fill(rows.record);
        let record = filled.as_ref().unwrap_or(rows.record);
        let bindings = Bindings::of(record, place.file.now);
        match query.on {
            RecordKind::Event | RecordKind::Cred => self.row(place, 0, record, &bindings, counts),
            RecordKind::Key => {
                for (row, key) in (1..).zip(rows.keys) {
                    self.row(place, row, key, &Bindings { key: Some(key), ..bindings }, counts);
                }
            }
        }
    }

    fn row(
        &mut self,
        place: RecordPlace<'_>,
        row: usize,
        record: &Record<'_>,
        bindings: &Bindings<'_>,
        counts: &mut RecordCounts,
    ) {
        self.result.judged += 1;
        let time = match record.kind {
            RecordKind::Event => record.get(event::TIME).as_time(),
            // The time of a cred or a key is that of its report.
            RecordKind::Cred | RecordKind::Key => place.file.origin.time,
        };
        let period = self.selection.period;
        if time.is_some_and(|time| !period.contains(time)) {
            return;
        }
        let Self { selection, reports, confirmed_users, groups, hits, result, .. } = self;
        let unplaced = time.is_none() && period.is_bounded();
        let put = QueriedRow { row, time, record, confirmed_users, unplaced };
        let mut outcome = Ok(());
        let ambiguous = reports.join(record, bindings, &mut |bindings| {
            outcome = put.to(selection, bindings, groups, hits, result);
        });
        if ambiguous {
            *counts.notes.entry(AMBIGUOUS).or_default() += 1;
        }
        if let Err(error) = outcome {
            self.result.failed(error, place.file.path, place.line);
        }
    }
}

/// Adds missing fields to those of the format, because files of one format may lack different
/// fields.
fn add(to: &mut BTreeMap<&'static str, FieldSet>, format: &dyn Format, lacking: FieldSet) {
    let fields = to.entry(format.name()).or_insert(FieldSet::EMPTY);
    *fields = fields.union(lacking);
}

/// A row that the query is evaluated on.
struct QueriedRow<'a> {
    row: usize,
    time: Option<Time>,
    record: &'a Record<'a>,
    confirmed_users: &'a ConfirmedUsers,
    /// Whether the query has a period and the row has no time.
    unplaced: bool,
}

impl QueriedRow<'_> {
    fn to(
        &self,
        selection: &Selection<'_>,
        bindings: &Bindings<'_>,
        groups: &mut Groups,
        hits: &mut Vec<usize>,
        result: &mut QueryResult,
    ) -> Result<(), EvalError> {
        let query = selection.query;
        if !query.condition.test(bindings)? {
            return Ok(());
        }
        if self.unplaced {
            result.unplaced += 1;
            return Ok(());
        }
        let mut tally = Tally::default();
        tally.add(self.time, self.record.get(event::OK).as_bool());
        if query.columns.is_empty() {
            hits.push(self.row);
        } else {
            groups.count(key(&query.columns, bindings)?, &tally, || {
                let typed = self.confirmed_users.typed(self.record);
                let shown = |expr| {
                    let value = shown(expr, bindings, selection.redactor);
                    typed
                        .as_ref()
                        .map_or(value.borrow(), |name| name.conceal(value.borrow()))
                        .into_owned()
                };
                query.columns.iter().map(|column| shown(&column.expr)).collect()
            });
        }
        result.matches.merge(&tally);
        Ok(())
    }
}
