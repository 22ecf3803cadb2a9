//! Projection: a record's bytes to its rows of fields, once for all policies of a run.

use std::sync::Arc;

use super::options::{PolicyRun, RunOptions};
use crate::finding::target_fields;
use crate::incident::Lineage;
use crate::plan::Plan;
use crate::record::{FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, RawRecord, Scratch};
use crate::value::Time;

/// The fields of a record, borrowed from its bytes, with its format and origin.
#[derive(Clone, Copy)]
pub(super) struct Projected<'r> {
    /// The fields that at least one policy needs. Tables and credential reports may add further
    /// fields, depending on the policy.
    pub(super) rows: MappedRecord<'r>,
    /// The format of the record.
    pub(super) format: &'static dyn Format,
    /// The origin of its file.
    pub(super) origin: &'r Origin,
    /// `now` in expressions over the record.
    pub(super) now: Time,
}

/// The mappers of one format: for the fields of conditions, of findings and of the lineage.
struct FormatMappers {
    format: &'static dyn Format,
    conditions: Box<dyn Mapper>,
    evidence: Box<dyn Mapper>,
    edges: Box<dyn Mapper>,
    /// The file of the last record that was read as this format.
    file: Option<u32>,
}

/// Projects records for one thread; a set of fields is the union over the policies.
pub(super) struct Projection {
    condition_fields: FieldSet,
    evidence_fields: FieldSet,
    /// `--now`, if it is set, and the run clock.
    given: (Option<Time>, Time),
    /// `now` in expressions over the current records.
    now: Time,
    /// Their origin; the mappers are prepared for it.
    origin: Arc<Origin>,
    readers: Vec<FormatMappers>,
    /// Contains the note and the gaps of the last record.
    pub(super) scratch: Scratch,
}

impl Projection {
    /// `now` and the clock are those of the first policy.
    pub(super) fn new<'p, const N: usize>(policies: &[PolicyRun<'p>; N]) -> Self {
        let RunOptions { now, clock, .. } = *policies[0].options;
        let union = |fields: fn(&Plan<'p>) -> FieldSet| {
            policies.iter().map(|policy| fields(policy.plan)).fold(FieldSet::EMPTY, FieldSet::union)
        };
        let shown = |fields: FieldSet| match policies.iter().any(|policy| policy.options.lineage) {
            true => fields,
            false => FieldSet::EMPTY,
        };
        let condition_fields = union(Plan::condition_fields).union(shown(Lineage::fields()));
        let evidence_fields = union(Plan::evidence_fields).union(shown(target_fields()));
        Self {
            condition_fields,
            evidence_fields: evidence_fields.union(condition_fields),
            given: (now, clock),
            now: clock,
            origin: Arc::default(),
            readers: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// Prepares for records of this origin.
    pub(super) fn begin(&mut self, origin: &Arc<Origin>) {
        self.now = self.given.0.or(origin.time).unwrap_or(self.given.1);
        if !Arc::ptr_eq(&self.origin, origin) {
            self.origin = Arc::clone(origin);
            self.readers.clear();
        }
    }

    /// The index of the mappers of a format.
    pub(super) fn reader(&mut self, format: &'static dyn Format) -> usize {
        let existing = self.readers.iter().position(|r| r.format.name() == format.name());
        existing.unwrap_or_else(|| {
            let mapper = |fields: FieldSet| {
                format.mapper(&fields.with_dependencies(), &self.origin, self.now)
            };
            let conditions = mapper(self.condition_fields);
            let evidence = mapper(self.evidence_fields);
            let edges = mapper(Lineage::edge_fields());
            self.readers.push(FormatMappers { format, conditions, evidence, edges, file: None });
            self.readers.len() - 1
        })
    }

    /// Visits the record with the fields that conditions need.
    pub(super) fn conditions(
        &mut self,
        reader: usize,
        raw: &RawRecord<'_>,
        mut visit: impl FnMut(Projected<'_>),
    ) -> Outcome {
        self.map(reader, |mappers| &*mappers.conditions, raw, &mut visit)
    }

    /// Visits the record with all fields that findings show.
    pub(super) fn evidence(
        &mut self,
        reader: usize,
        raw: &RawRecord<'_>,
        mut visit: impl FnMut(Projected<'_>),
    ) -> Outcome {
        self.map(reader, |mappers| &*mappers.evidence, raw, &mut visit)
    }

    /// Visits the record with the fields that the lineage needs.
    pub(super) fn edges(
        &mut self,
        reader: usize,
        raw: &RawRecord<'_>,
        mut visit: impl FnMut(Projected<'_>),
    ) -> Outcome {
        self.map(reader, |mappers| &*mappers.edges, raw, &mut visit)
    }

    /// Maps a record with one of the mappers of a format.
    fn map(
        &mut self,
        reader: usize,
        mapper: impl FnOnce(&FormatMappers) -> &dyn Mapper,
        raw: &RawRecord<'_>,
        visit: &mut impl FnMut(Projected<'_>),
    ) -> Outcome {
        let Self { now, origin, scratch, readers, .. } = self;
        let mappers = &readers[reader];
        let format = mappers.format;
        mapper(mappers).map(raw, scratch, &mut |rows| {
            visit(Projected { rows, format, origin, now: *now });
        })
    }

    /// Returns the origin if the previous record of these mappers came from another file.
    pub(super) fn enters(&mut self, reader: usize, file: u32) -> Option<&Origin> {
        let entered = self.readers[reader].file.replace(file) != Some(file);
        entered.then_some(&*self.origin)
    }
}
