//! Decision: evaluates the rules of one policy on projected records and records the matches.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::accounting::ReadAs;
use super::credentials::{AMBIGUOUS, Credentials, Joiner, LookUp};
use super::details::Detail;
use super::match_recorder::MatchRecorder;
use super::match_view::MatchView;
use super::options::{PolicyRun, RunOptions};
use super::projection::{Projected, Projection};
use super::reduce::{SampleRequest, SampleTarget};
use super::rows::SpillFile;
use super::shown_record::{RecordAt, detail, message};
use crate::expr::{Bindings, Reports};
use crate::plan::{Candidates, Plan, Role};
use crate::record::{Format, Origin, Outcome, RawRecord, Record};
use crate::value::RecordKind;

/// The rules and the allowlist of one policy; one per thread.
pub(super) struct Judge<'p> {
    plan: &'p Plan<'p>,
    options: &'p RunOptions,
    joiner: Joiner<'p>,
    /// The reports as tables, if an expression looks up their rows.
    look_up: Option<LookUp<'p>>,
    pub(super) recorder: MatchRecorder<'p>,
    candidates: Candidates,
    /// Which row of the record meets which condition.
    hits: Vec<(u32, u32)>,
    /// Whether the record may have made an identity.
    makes: bool,
    pub(super) formats: ReadAs,
    /// Notes about the last record that was evaluated, in addition to those that apply to any
    /// policy.
    pub(super) notes: Vec<&'static str>,
}

impl<'p> Judge<'p> {
    pub(super) fn new(
        PolicyRun { plan, options }: PolicyRun<'p>,
        credentials: &'p Credentials<'p>,
        spill: &Arc<SpillFile>,
    ) -> Self {
        Self {
            plan,
            options,
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
            candidates: Candidates::default(),
            hits: Vec::new(),
            makes: false,
            formats: ReadAs::new(),
            notes: Vec::new(),
        }
    }

    /// Prepares for records of a file; `once` if it cannot be read again, `retains` if the records
    /// that plain rules show are retained.
    pub(super) fn enter(&mut self, once: bool, retains: bool) {
        self.recorder.once = once;
        self.recorder.retains = retains;
    }

    /// Forgets the previous record.
    pub(super) fn begin(&mut self) {
        self.hits.clear();
        self.makes = false;
        self.recorder.failed.clear();
        self.notes.clear();
        // Discards the lookups of a record whose evaluation panicked.
        self.look_up.as_ref().map(LookUp::was_ambiguous);
    }

    /// Finds which rows of the record meet which conditions, and stores them in `hits`. For a row of a superseded
    /// report, only the user is recorded.
    pub(super) fn decide(&mut self, projected: Projected<'_>, in_force: bool) {
        let Self { plan, joiner, look_up, recorder, candidates, hits, notes, makes, .. } = self;
        let record = projected.rows.record;
        recorder.found.confirmed_users.add(record);
        recorder.note_owner(record);
        *makes |= recorder.note_caller(record);
        if !in_force {
            return;
        }
        if plan.needs_reach && record.kind == RecordKind::Event {
            recorder.reach(record);
        }
        each(projected, plan, look_up, &mut |row, record, bindings| {
            plan.candidates(record, candidates);
            let mut test = |bindings: &Bindings<'_>| {
                for number in candidates.conditions() {
                    let condition = &plan.conditions[number as usize];
                    match (condition.when.test(bindings), condition.role) {
                        (Ok(false), _) => {}
                        (Ok(true), Role::Step) => hits.push((row, number)),
                        (Ok(true), Role::Among) => recorder.observe(condition.rule, bindings),
                        (Ok(true), Role::AfterSilence) => {
                            if recorder.may_end_silence(condition.rule, bindings) {
                                hits.push((row, number));
                            }
                        }
                        (Err(error), _) => recorder.failed.push((condition.rule, error)),
                    }
                }
            };
            let joined = |number: u32| plan.conditions[number as usize].joined;
            if !candidates.conditions().any(joined) {
                return test(bindings);
            }
            if !joiner.join(record, &mut |cred, key| test(&Bindings { cred, key, ..*bindings })) {
                note(notes, AMBIGUOUS);
            }
        });
        if self.look_up.as_ref().is_some_and(LookUp::was_ambiguous) {
            note(&mut self.notes, AMBIGUOUS);
        }
    }

    /// Whether the record matches correlation rules only and their rows do not contain a message,
    /// so that the fields of conditions are enough to record its matches.
    pub(super) fn matches_rows_only(&self) -> bool {
        let rule =
            |number: u32| &self.plan.rules[self.plan.conditions[number as usize].rule as usize];
        self.matches()
            && self.recorder.renders_no_message()
            && self.hits.iter().all(|(_, number)| rule(*number).correlates())
    }

    /// Whether the record matches.
    pub(super) fn matches(&self) -> bool {
        !self.hits.is_empty()
    }

    /// Whether the record may have made an identity, so that [`Judge::add_edge`] needs it.
    pub(super) fn makes(&self) -> bool {
        self.makes
    }

    /// Adds what the record made to the lineage.
    pub(super) fn add_edge(&mut self, projected: Projected<'_>) {
        self.recorder.found.lineage.add(projected.rows.record);
    }

    /// Records the matches. The record was read again with all fields that findings show.
    pub(super) fn collect(&mut self, projected: Projected<'_>, file: u32, raw: &RawRecord<'_>) {
        let Self { plan, joiner, look_up, hits, recorder, notes, .. } = self;
        let origin = projected.origin;
        let alone =
            hits.iter().map(|hit| &plan.rules[plan.conditions[hit.1 as usize].rule as usize]);
        let alone = alone.filter(|rule| !rule.correlates()).map(|rule| rule.severity as u8);
        let weight = alone.max();
        let (alone, weight) = (weight.is_some(), weight.unwrap_or_default());
        each(projected, plan, look_up, &mut |row, record, bindings| {
            let at = RecordAt { file, raw, origin, row, weight };
            // Rows are decided in order, so the hits of a row are adjacent.
            let from = hits.partition_point(|hit| hit.0 < row);
            let to = hits.partition_point(|hit| hit.0 <= row);
            if from == to {
                return;
            }
            let of_row = hits[from..to].iter().map(|hit| hit.1);
            let mut record_match = |bindings: &Bindings<'_>| {
                let matched = recorder.matched(at, bindings, alone);
                let silence =
                    |number: &u32| plan.conditions[*number as usize].role == Role::AfterSilence;
                for number in of_row.clone().filter(|number| !silence(number)) {
                    recorder.record_match(number, &matched, bindings, &mut |_| {});
                }
                if look_up.as_ref().is_some_and(LookUp::was_ambiguous) {
                    note(notes, AMBIGUOUS);
                }
                // Which records may end a silence depends on the order of the input, so notes on
                // these lookups are dropped.
                for number in of_row.clone().filter(silence) {
                    recorder.record_match(number, &matched, bindings, &mut |_| {});
                }
                look_up.as_ref().map(LookUp::was_ambiguous);
            };
            if of_row.clone().any(|number| plan.conditions[number as usize].joined) {
                joiner.join(record, &mut |cred, key| {
                    record_match(&Bindings { cred, key, ..*bindings })
                });
            } else {
                record_match(bindings);
            }
        });
        self.recorder.report_failures(file, raw);
        self.hits.clear();
    }

    /// Records that records of the file were read as this format.
    pub(super) fn read_as(&mut self, format: &'static dyn Format, origin: &Origin, file: u32) {
        let carries = self.plan.enrichment.carries(format.carries(origin));
        let key = (format.name(), carries);
        self.formats.entry(key).or_insert((format, BTreeSet::new())).1.insert(file);
    }

    /// Reads again a record that a finding shows; `None` if the file no longer contains it.
    pub(super) fn reload_detail(
        &mut self,
        projection: &mut Projection,
        file: u32,
        formats: &[&'static dyn Format],
        raw: &RawRecord<'_>,
        want: &SampleRequest,
    ) -> Option<Detail> {
        let rule = self.plan.rules.get(want.rule as usize)?;
        for &format in formats {
            let reader = projection.reader(format);
            let Self { plan, options, joiner, look_up, recorder, .. } = self;
            let mut reloaded = None;
            let outcome = projection.evidence(reader, raw, |projected| {
                let origin = projected.origin;
                each(projected, plan, look_up, &mut |row, record, bindings| {
                    if row != want.row {
                        return;
                    }
                    let at = RecordAt { file, raw, origin, row, weight: 0 };
                    let mut reload = |bindings: &Bindings<'_>| {
                        let view = MatchView::of(bindings, origin.time);
                        if view.order(raw, row) != want.order {
                            return;
                        }
                        let bindings = Bindings { measures: &want.measures, ..*bindings };
                        let message = match want.slot {
                            SampleTarget::Lead => {
                                message(rule, &bindings, options, &mut recorder.failed, want.rule)
                            }
                            SampleTarget::Sample(..) => String::new(),
                        };
                        let shows = options.records && !want.message_only;
                        reloaded = Some(detail(&view, at, (0, (0, 0)), message, options, shows));
                    };
                    if plan.joins(want.rule) {
                        joiner.join(record, &mut |cred, key| {
                            reload(&Bindings { cred, key, ..*bindings });
                        });
                    } else {
                        reload(bindings);
                    }
                });
            });
            self.recorder.report_failures(file, raw);
            if outcome != Outcome::Foreign {
                return reloaded;
            }
        }
        None
    }
}

/// Adds a note, once for each record.
fn note(notes: &mut Vec<&'static str>, text: &'static str) {
    if !notes.contains(&text) {
        notes.push(text);
    }
}

/// Visits each row with the fields from tables, its number, and the bindings for expressions.
fn each(
    Projected { rows, now, .. }: Projected<'_>,
    plan: &Plan<'_>,
    look_up: &Option<LookUp<'_>>,
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
