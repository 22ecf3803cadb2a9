//! Evaluates a query on every record.

use std::io;

use super::QueryResult;
use super::query_matcher::{FormatGaps, QueryMatcher, RecordPlace};
use super::walk::{Clock, CurrentRecord, Visitor, walk};
use super::{FileView, RecordCounts, RecordView, Selection, Viewer};
use crate::engine::{Credentials, StoredReports};
use crate::expr::Env;
use crate::finding::sign_in_fields;
use crate::plan::{Applicability, Enrichment, join_fields, left_of};
use crate::record::field::{cred, event};
use crate::record::{
    Batches, FieldSet, Format, Hint, Inputs, Mapper, Origin, Outcome, ReadOrder, Skip,
};
use crate::value::{RecordKind, Time};

/// Evaluates a query on every record of the inputs, and shows or counts the records that meet it.
///
/// `env` must be the environment that the query was compiled with. Reports are retained in memory
/// if the query requires them, as in a scan. Apart from reports and groups, memory does not grow
/// with the inputs.
///
/// # Errors
///
/// The first error of `viewer`.
pub fn select(
    inputs: &dyn Inputs,
    roots: &[String],
    env: &dyn Env,
    selection: &Selection<'_>,
    viewer: &mut dyn Viewer,
) -> io::Result<QueryResult> {
    let Selection { query, now, clock, .. } = *selection;
    let joined = query.joined();
    let read = joined.union(query.reported());
    // The newest report of an account is known only after all reports are read.
    let stored =
        (query.on != RecordKind::Event || !read.is_empty()).then(|| StoredReports::read(inputs));
    let credentials = stored.as_ref().map(|stored| Credentials::new(stored, !read.is_empty()));
    let enrichment = Enrichment::new(env, query.fields().union(selection.fields));
    let mut matcher = QueryMatcher::new(selection, &enrichment, credentials.as_ref());
    let reports = stored.as_ref().is_some_and(|stored| !stored.is_empty());
    matcher.result.without_reports = query.on == RecordKind::Event && !read.is_empty() && !reports;
    let inputs = WithStoredReports { inputs, stored: stored.as_ref() };
    let mut selecting = Selecting { selection, matcher, viewer };
    walk(&inputs, roots, Clock { now, clock }, &mut selecting)?;
    let QueryMatcher { mut result, groups, .. } = selecting.matcher;
    result.ranked = (!query.columns.is_empty()).then(|| {
        let mut ranked = groups.ranked();
        ranked.sort(selection.order);
        ranked
    });
    Ok(result)
}

struct Selecting<'s> {
    selection: &'s Selection<'s>,
    matcher: QueryMatcher<'s>,
    viewer: &'s mut dyn Viewer,
}

/// The mappers of one format.
struct QueryMappers {
    /// Maps the fields that the query requires.
    read: Box<dyn Mapper>,
    /// Maps the fields that are shown.
    whole: Box<dyn Mapper>,
    gaps: FormatGaps,
}

impl Visitor for Selecting<'_> {
    type Mappers = QueryMappers;

    fn reader(&self, format: &'static dyn Format, origin: &Origin, now: Time) -> QueryMappers {
        let query = self.selection.query;
        let mut read = query.fields();
        read.insert(event::TIME);
        read = read.union(sign_in_fields());
        if self.matcher.joins() || self.matcher.looks_up() {
            read = read.union(join_fields());
        }
        if self.matcher.reads_reports() {
            read.insert(cred::ACCOUNT);
        }
        let mut carries = self.matcher.enrichment.carries(format.carries(origin));
        if self.matcher.joins() || self.matcher.looks_up() {
            // Fields of reports count as carried here. Missing ones are reported for the reports
            // themselves, and missing reports are reported once for the whole query.
            carries = carries
                .union(FieldSet::all(RecordKind::Cred))
                .union(FieldSet::all(RecordKind::Key));
        }
        let blind = match left_of(&query.condition, query.on, format, carries) {
            Applicability::Blind(lacking) => Some(lacking),
            _ => None,
        };
        let by = query.columns.iter().map(|column| column.expr.fields());
        let by = by.fold(FieldSet::EMPTY, FieldSet::union);
        let missing = by.iter().filter(|field| !carries.contains(*field)).collect();
        let shown = self.selection.fields.union(sign_in_fields());
        QueryMappers {
            read: format.mapper(&read.with_dependencies(), origin, now),
            whole: format.mapper(&shown.with_dependencies(), origin, now),
            gaps: FormatGaps { blind, missing },
        }
    }

    fn file(&mut self, file: &FileView<'_>) -> io::Result<()> {
        self.viewer.file(file)
    }

    fn record(
        &mut self,
        at: CurrentRecord<'_, QueryMappers>,
        counts: &mut RecordCounts,
    ) -> io::Result<Outcome> {
        let CurrentRecord { file, format, raw, reader, scratch } = at;
        let matcher = &mut self.matcher;
        matcher.hits.clear();
        let before = matcher.result.matches.count;
        let place = RecordPlace { file, format, line: raw.line };
        let outcome = reader.read.map(raw, scratch, &mut |rows| {
            counts.add(&rows);
            matcher.record(place, rows, reader.gaps, counts);
        });
        *counts.matched.get_or_insert(0) += matcher.result.matches.count - before;
        let room = match self.selection.limit {
            _ if !self.selection.query.columns.is_empty() => 0,
            None => usize::MAX,
            Some(limit) => {
                usize::try_from(limit.saturating_sub(matcher.result.shown)).unwrap_or(usize::MAX)
            }
        };
        // Records of several keys must not look like those of one.
        if matcher.result.masked.iter().any(|masked| masked.count() > 1) {
            matcher.hits.clear();
        }
        matcher.hits.truncate(room);
        if matcher.hits.is_empty() || outcome != Outcome::Read {
            return Ok(outcome);
        }
        let QueryMatcher { enrichment, hits, .. } = &*matcher;
        let (selection, viewer) = (self.selection, &mut *self.viewer);
        let mut printed = Ok(());
        reader.whole.map(raw, scratch, &mut |rows| {
            let filled = enrichment.fill(rows.record);
            let of_key = selection.query.on == RecordKind::Key;
            let mut chosen = Vec::new();
            for (row, key) in (1..).zip(rows.keys).filter(|_| of_key) {
                if hits.contains(&row) {
                    chosen.push(key.borrow());
                }
            }
            if printed.is_ok() {
                printed = viewer.record(&RecordView {
                    file,
                    format,
                    raw,
                    record: filled.as_ref().unwrap_or(rows.record),
                    keys: if of_key { &chosen } else { rows.keys },
                    fields: selection.fields,
                    redactor: selection.redactor,
                    confirmed_users: &matcher.confirmed_users,
                });
            }
        });
        printed?;
        matcher.result.shown += matcher.hits.len() as u64;
        counts.shown += raw.rows;
        Ok(outcome)
    }

    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()> {
        self.matcher.result.skip(file.path, skip, self.selection.redactor);
        self.viewer.skipped(file, skip)
    }

    fn end(&mut self, file: &FileView<'_>, counts: &RecordCounts) -> io::Result<()> {
        self.matcher.result.file(file, counts, self.selection.redactor);
        self.viewer.end(file, counts)
    }
}

/// The inputs, in which report files are replaced by the reports in memory.
pub(crate) struct WithStoredReports<'i> {
    pub(crate) inputs: &'i dyn Inputs,
    pub(crate) stored: Option<&'i StoredReports>,
}

impl Inputs for WithStoredReports<'_> {
    fn count(&self) -> usize {
        self.inputs.count()
    }

    fn read_order(&self, index: usize) -> ReadOrder {
        self.inputs.read_order(index)
    }

    fn hint(&self, index: usize) -> Hint {
        self.inputs.hint(index)
    }

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        match self.stored {
            Some(stored) if stored.read_order(index) == ReadOrder::Reports => stored.open(index),
            _ => self.inputs.open(index),
        }
    }
}
