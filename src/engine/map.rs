//! One record to its matches.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::accounting::{Derived, ReadAs};
use super::credentials::{AMBIGUOUS, Credentials, Joiner, LookUp};
use super::details::Detail;
use super::match_recorder::{MatchRecorder, RecordAt, detail, message};
use super::match_view::MatchView;
use super::options::RunOptions;
use super::reduce::{SampleRequest, SampleTarget};
use super::rows::SpillFile;
use crate::expr::{Bindings, Reports};
use crate::plan::{Candidates, Plan, Role};
use crate::record::{
    FieldGap, FieldSet, Format, Mapper, Origin, Outcome, RawRecord, Record, Rows, Scratch,
};
use crate::value::{RecordKind, Time};

/// RenderedMessages of rows of a report that a newer one replaces.
const SUPERSEDED: &str = "older than another report of the same account: no rule judges it";

/// The readers of one format: for the fields of conditions, and for those of findings.
struct FormatMappers {
    format: &'static dyn Format,
    conditions: Box<dyn Mapper>,
    evidence: Box<dyn Mapper>,
    /// The file of the last record that was read as this.
    file: Option<u32>,
}

/// Maps records to matches; one per thread.
pub(super) struct Map<'p> {
    plan: &'p Plan<'p>,
    options: &'p RunOptions,
    /// `now` in expressions over the records at hand.
    now: Time,
    /// What is known of them beside their text; the readers are prepared for it.
    origin: Arc<Origin>,
    readers: Vec<FormatMappers>,
    credentials: &'p Credentials<'p>,
    joiner: Joiner<'p>,
    /// The reports as tables, where an expression asks for them.
    look_up: Option<LookUp<'p>>,
    pub(super) recorder: MatchRecorder<'p>,
    scratch: Scratch,
    candidates: Candidates,
    /// Which row of the record meets which condition.
    hits: Vec<(u32, u32)>,
    pub(super) formats: ReadAs,
    /// What there is to say of the last record that was evaluated.
    pub(super) notes: Vec<&'static str>,
    /// How many creds and keys it became.
    pub(super) derived: Derived,
}

/// What became of a record.
pub(super) enum RecordOutcome {
    /// Every rule for its kind was tried; the name of its format.
    Evaluated(&'static str),
    /// None of the formats reads it.
    Not(Outcome),
}

impl<'p> Map<'p> {
    pub(super) fn new(
        plan: &'p Plan<'p>,
        options: &'p RunOptions,
        credentials: &'p Credentials<'p>,
        spill: &Arc<SpillFile>,
    ) -> Self {
        Self {
            plan,
            options,
            now: options.clock,
            origin: Arc::default(),
            readers: Vec::new(),
            credentials,
            joiner: Joiner::new(
                credentials,
                plan.joined_fields(),
                plan.enrichment.clone(),
                options.now,
                options.clock,
            ),
            look_up: plan.looks_up.then(|| {
                let (fields, enrichment) = (plan.joined_fields(), plan.enrichment.clone());
                LookUp::new(credentials, fields, enrichment, options.now, options.clock)
            }),
            recorder: MatchRecorder::new(plan, options, spill),
            scratch: Scratch::default(),
            candidates: Candidates::default(),
            hits: Vec::new(),
            formats: ReadAs::new(),
            notes: Vec::new(),
            derived: Derived::default(),
        }
    }

    /// Prepares for records of this origin.
    pub(super) fn begin(&mut self, origin: &Arc<Origin>) {
        self.now = self.options.now.or(origin.time).unwrap_or(self.options.clock);
        if !Arc::ptr_eq(&self.origin, origin) {
            self.origin = Arc::clone(origin);
            self.readers.clear();
        }
    }

    /// Tries one record on every candidate rule and keeps its matches.
    pub(super) fn record(
        &mut self,
        file: u32,
        formats: &[&'static dyn Format],
        raw: &RawRecord<'_>,
    ) -> RecordOutcome {
        let mut outcome = Outcome::Foreign;
        for &format in formats {
            let reader = self.reader(format);
            outcome = self.decide(reader, raw);
            match outcome {
                Outcome::Foreign => continue,
                Outcome::Read => {
                    // Reading it again for evidence would say the same.
                    self.notes.extend(self.scratch.note);
                    self.recorder.report_failures(file, raw);
                    if !self.hits.is_empty() {
                        self.collect(reader, file, raw);
                    }
                    self.used(reader, file);
                    return RecordOutcome::Evaluated(format.name());
                }
                Outcome::Skipped { .. } => break,
            }
        }
        RecordOutcome::Not(outcome)
    }

    /// The gaps of the last record that was evaluated.
    pub(super) fn gaps(&self) -> &[FieldGap] {
        &self.scratch.gaps
    }

    /// Reads a record again that a finding shows; `None` when it is not that record.
    pub(super) fn tell(
        &mut self,
        file: u32,
        formats: &[&'static dyn Format],
        raw: &RawRecord<'_>,
        want: &SampleRequest,
    ) -> Option<Detail> {
        let rule = self.plan.rules.get(want.rule as usize)?;
        for &format in formats {
            let reader = self.reader(format);
            let Self { plan, options, now, origin, joiner, look_up, scratch, recorder, .. } = self;
            let mut told = None;
            let outcome = self.readers[reader].evidence.map(raw, scratch, &mut |rows| {
                each(rows, plan, (*now, look_up), &mut |row, record, bindings| {
                    if row != want.row {
                        return;
                    }
                    let at = RecordAt { file, raw, origin, row };
                    let mut tell = |bindings: &Bindings<'_>| {
                        let seen = MatchView::of(bindings, origin.time);
                        if seen.order(raw, row) != want.order {
                            return;
                        }
                        let bindings = Bindings { measures: &want.measures, ..*bindings };
                        let message = match want.slot {
                            SampleTarget::Lead => {
                                message(rule, &bindings, options, &mut recorder.failed, want.rule)
                            }
                            SampleTarget::Sample(..) => String::new(),
                        };
                        told = Some(detail(&seen, at, 0, message, options));
                    };
                    if plan.joins(want.rule) {
                        joiner.join(record, &mut |cred, key| {
                            tell(&Bindings { cred, key, ..*bindings });
                        });
                    } else {
                        tell(bindings);
                    }
                });
            });
            self.recorder.report_failures(file, raw);
            if outcome != Outcome::Foreign {
                return told;
            }
        }
        None
    }

    fn reader(&mut self, format: &'static dyn Format) -> usize {
        let known = self.readers.iter().position(|r| r.format.name() == format.name());
        known.unwrap_or_else(|| {
            let conditions = self.plan.condition_fields();
            let evidence = self.plan.evidence_fields().union(conditions);
            let mapper = |fields: FieldSet| {
                format.mapper(&fields.with_dependencies(), &self.origin, self.now)
            };
            let (conditions, evidence) = (mapper(conditions), mapper(evidence));
            self.readers.push(FormatMappers { format, conditions, evidence, file: None });
            self.readers.len() - 1
        })
    }

    fn used(&mut self, reader: usize, file: u32) {
        let reader = &mut self.readers[reader];
        if reader.file.replace(file) != Some(file) {
            let carries = self.plan.enrichment.carries(reader.format.carries(&self.origin));
            let key = (reader.format.name(), carries);
            self.formats.entry(key).or_insert((reader.format, BTreeSet::new())).1.insert(file);
        }
    }

    /// Which rows of the record meet which conditions; into `hits`.
    fn decide(&mut self, reader: usize, raw: &RawRecord<'_>) -> Outcome {
        let Self { plan, origin, credentials, joiner, look_up, scratch, candidates, .. } = self;
        let (hits, recorder, notes) = (&mut self.hits, &mut self.recorder, &mut self.notes);
        let seen = (self.now, &*look_up);
        let FormatMappers { format, conditions, .. } = &self.readers[reader];
        let mut derived = Derived::default();
        hits.clear();
        recorder.failed.clear();
        notes.clear();
        let outcome = conditions.map(raw, scratch, &mut |rows| {
            derived.add(rows);
            recorder.found.known_users.add(rows.record);
            if let (RecordKind::Cred, Some(time)) = (rows.record.kind, origin.time)
                && !credentials.in_force(format.name(), rows.record, time)
            {
                notes.push(SUPERSEDED);
                return;
            }
            if plan.needs_reach && rows.record.kind == RecordKind::Event {
                recorder.reach(rows.record);
            }
            each(rows, plan, seen, &mut |row, record, bindings| {
                plan.candidates(record, candidates);
                let mut test = |bindings: &Bindings<'_>| {
                    for number in candidates.conditions() {
                        let condition = &plan.conditions[number as usize];
                        match (condition.when.test(bindings), condition.role) {
                            (Ok(false), _) => {}
                            (Ok(true), Role::Step) => hits.push((row, number)),
                            (Ok(true), Role::Among) => recorder.observe(condition.rule, bindings),
                            (Err(error), _) => recorder.failed.push((condition.rule, error)),
                        }
                    }
                };
                let asks = |number: u32| plan.conditions[number as usize].joined;
                if !candidates.conditions().any(asks) {
                    return test(bindings);
                }
                if !joiner.join(record, &mut |cred, key| test(&Bindings { cred, key, ..*bindings }))
                {
                    notes.push(AMBIGUOUS);
                }
            });
        });
        if look_up.as_ref().is_some_and(LookUp::was_ambiguous) {
            notes.push(AMBIGUOUS);
        }
        self.derived = derived;
        outcome
    }

    /// Reads the record again, with all that findings show, and keeps its matches.
    fn collect(&mut self, reader: usize, file: u32, raw: &RawRecord<'_>) {
        let Self { plan, now, origin, joiner, look_up, scratch, hits, recorder, .. } = self;
        self.readers[reader].evidence.map(raw, scratch, &mut |rows| {
            each(rows, plan, (*now, look_up), &mut |row, record, bindings| {
                let at = RecordAt { file, raw, origin, row };
                // Rows are decided in their order, so the hits of a row stand together.
                let from = hits.partition_point(|hit| hit.0 < row);
                let to = hits.partition_point(|hit| hit.0 <= row);
                let of_row = hits[from..to].iter().map(|hit| hit.1);
                if !of_row.clone().any(|number| plan.conditions[number as usize].joined) {
                    for number in of_row {
                        recorder.keep(number, at, bindings);
                    }
                    return;
                }
                joiner.join(record, &mut |cred, key| {
                    let bindings = Bindings { cred, key, ..*bindings };
                    for number in of_row.clone() {
                        recorder.keep(number, at, &bindings);
                    }
                });
            });
        });
        self.recorder.report_failures(file, raw);
    }
}

/// Hands on each row, with what tables say of it, its number, and what an expression over it sees.
fn each(
    rows: Rows<'_>,
    plan: &Plan<'_>,
    (now, look_up): (Time, &Option<LookUp<'_>>),
    visit: &mut dyn FnMut(u32, &Record<'_>, &Bindings<'_>),
) {
    let filled = plan.enrichment.fill(rows.record);
    let record = filled.as_ref().unwrap_or(rows.record);
    let reports = look_up.as_ref().map(|look_up| look_up as &dyn Reports);
    let of_record = Bindings { reports, ..Bindings::of(record, now) };
    visit(0, record, &of_record);
    for (row, key) in (1..).zip(rows.keys) {
        visit(row, key, &Bindings { key: Some(key), ..of_record });
    }
}
