//! Maps one record to its matches: it is projected once and evaluated by every policy of the run.

use std::sync::Arc;

use super::accounting::Derived;
use super::credentials::Credentials;
use super::judge::Judge;
use super::options::PolicyRun;
use super::projection::Projection;
use super::rows::SpillFile;
use crate::plan::Prefilter;
use crate::record::{FieldGap, Format, Origin, Outcome, RawRecord};
use crate::value::RecordKind;

/// The note on rows of a report that a newer report supersedes.
const SUPERSEDED: &str = "older than another report of the same account: no rule evaluates it";

/// Stands for the format of records that were not parsed because of the prefilter.
pub const NOT_PARSED: &str = "not parsed";

/// Maps records to matches; one per thread.
pub(super) struct Map<'p, const N: usize> {
    projection: Projection,
    credentials: &'p Credentials<'p>,
    /// The prefilters, if every policy has one.
    prefilters: Option<[Arc<Prefilter>; N]>,
    /// Whether they can search the records of the current file.
    searches: bool,
    /// One for each policy, in their order.
    pub(super) judges: [Judge<'p>; N],
    /// Notes about the last record that was evaluated, for any policy.
    pub(super) notes: Vec<&'static str>,
    /// The number of creds and keys that it produced.
    pub(super) derived: Derived,
}

/// The outcome of mapping a record.
pub(super) enum RecordOutcome {
    /// Every candidate rule was evaluated; the name of the record's format.
    Evaluated(&'static str),
    /// No format reads the record.
    Not(Outcome),
}

impl<'p, const N: usize> Map<'p, N> {
    pub(super) fn new(
        policies: &[PolicyRun<'p>; N],
        credentials: &'p Credentials<'p>,
        spill: &Arc<SpillFile>,
    ) -> Self {
        Self {
            projection: Projection::new(policies),
            credentials,
            prefilters: all(policies.map(|policy| policy.options.prefilter.clone())),
            searches: false,
            judges: policies.map(|policy| Judge::new(policy, credentials, spill)),
            notes: Vec::new(),
            derived: Derived::default(),
        }
    }

    /// Prepares for records of this origin; `once` if their file cannot be read again, `retains` if
    /// the records that plain rules show are retained.
    pub(super) fn begin(
        &mut self,
        origin: &Arc<Origin>,
        formats: &[&'static dyn Format],
        once: bool,
        retains: bool,
    ) {
        // The cells of a row do not show the keys of a record.
        self.searches = origin.columns.is_none()
            && self.prefilters.iter().flatten().all(|prefilter| prefilter.covers(formats));
        self.projection.begin(origin);
        self.judges.iter_mut().for_each(|judge| judge.enter(once, retains));
    }

    /// Evaluates every candidate rule on one record and records its matches.
    pub(super) fn record(
        &mut self,
        file: u32,
        formats: &[&'static dyn Format],
        raw: &RawRecord<'_>,
    ) -> RecordOutcome {
        if self.lacks_every_text(raw) {
            return RecordOutcome::Evaluated(NOT_PARSED);
        }
        let mut outcome = Outcome::Foreign;
        for &format in formats {
            let reader = self.projection.reader(format);
            outcome = self.decide(reader, file, raw);
            match outcome {
                Outcome::Foreign => continue,
                Outcome::Read => {
                    // Reading it again for evidence would give the same result.
                    self.notes.extend(self.projection.scratch.note);
                    self.collect(reader, file, raw);
                    self.add_edges(reader, raw);
                    if let Some(origin) = self.projection.enters(reader, file) {
                        self.judges
                            .iter_mut()
                            .for_each(|judge| judge.read_as(format, origin, file));
                    }
                    return RecordOutcome::Evaluated(format.name());
                }
                Outcome::Skipped { .. } => break,
            }
        }
        RecordOutcome::Not(outcome)
    }

    /// Whether no rule of any policy can match the record, because its bytes lack the texts that the
    /// rules need.
    fn lacks_every_text(&mut self, raw: &RawRecord<'_>) -> bool {
        let Some(prefilters) = self.prefilters.as_ref().filter(|_| self.searches) else {
            return false;
        };
        if prefilters.iter().any(|prefilter| prefilter.may_match(raw)) {
            return false;
        }
        self.notes.clear();
        self.derived = Derived::default();
        self.projection.scratch.begin();
        self.judges.iter_mut().for_each(Judge::begin);
        true
    }

    /// The gaps of the last record that was evaluated.
    pub(super) fn gaps(&self) -> &[FieldGap] {
        &self.projection.scratch.gaps
    }

    /// Projects the record and evaluates every policy. If it matches only correlation rules of a
    /// policy, these matches are recorded at once.
    fn decide(&mut self, reader: usize, file: u32, raw: &RawRecord<'_>) -> Outcome {
        let Self { projection, credentials, judges, notes, .. } = self;
        let mut derived = Derived::default();
        notes.clear();
        judges.iter_mut().for_each(Judge::begin);
        let outcome = projection.conditions(reader, raw, |projected| {
            let record = projected.rows.record;
            derived.add(projected.rows);
            let in_force = match (record.kind, projected.origin.time) {
                (RecordKind::Cred, Some(time)) => {
                    credentials.in_force(projected.format.name(), record, time)
                }
                _ => true,
            };
            if !in_force {
                notes.push(SUPERSEDED);
            }
            for judge in judges.iter_mut() {
                judge.decide(projected, in_force);
                if judge.matches_rows_only() {
                    judge.collect(projected, file, raw);
                }
            }
        });
        self.derived = derived;
        outcome
    }

    /// Adds what the record made to the lineage of each policy that shows incidents.
    fn add_edges(&mut self, reader: usize, raw: &RawRecord<'_>) {
        let Self { projection, judges, .. } = self;
        if judges.iter().any(Judge::makes) {
            projection.edges(reader, raw, |projected| {
                for judge in judges.iter_mut().filter(|judge| judge.makes()) {
                    judge.add_edge(projected);
                }
            });
        }
    }

    /// Records the remaining matches. If any policy has one, the record is read again with all
    /// fields that findings show.
    fn collect(&mut self, reader: usize, file: u32, raw: &RawRecord<'_>) {
        let Self { projection, judges, .. } = self;
        judges.iter_mut().for_each(|judge| judge.recorder.report_failures(file, raw));
        if !judges.iter().any(Judge::matches) {
            return;
        }
        projection.evidence(reader, raw, |projected| {
            for judge in judges.iter_mut().filter(|judge| judge.matches()) {
                judge.collect(projected, file, raw);
            }
        });
    }
}

/// The values, if there are all.
fn all<T, const N: usize>(of: [Option<T>; N]) -> Option<[T; N]> {
    let found: Vec<T> = of.into_iter().flatten().collect();
    found.try_into().ok()
}
