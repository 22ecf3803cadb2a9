//! A check: reads new records and emits the occurrences that are certain.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::num::NonZeroUsize;

use super::emit::{Emission, emission, occurrence_id};
use super::occurrence_kind::OccurrenceKind;
use super::retain::{Retained, Retention};
use super::state::WatchState;
use super::watermark::{Times, advance, passed};
use crate::config::Policy;
use crate::correlate::Reach;
use crate::engine::{
    self, EmitMode, RunOptions, RunResult, StoredRow, StoredRows, fingerprint_of, rule_of,
};
use crate::finding::{Enricher, Finding, Redactor, VerdictRole};
use crate::incident::{IncidentOptions, Lineage};
use crate::plan::Plan;
use crate::record::{InputKinds, Inputs};
use crate::report::{Facts, Note, Report, ReportParts};
use crate::rule::{FailOn, Rule, Severity};
use crate::source::Temporary;
use crate::value::{Duration, RecordKind, Time};

/// Ids of emitted occurrences are retained for this long after they were last found.
const EMITTED_RETENTION: Duration = Duration(35 * 24 * 3600 * 1_000_000);

/// The options of a watch.
#[derive(Debug, Clone)]
pub struct WatchOptions {
    /// How long after the latest event an older event may still arrive.
    pub lateness: Duration,
    /// `now` in expressions, if the user set it.
    pub now: Option<Time>,
    /// The number of threads; at least one.
    pub jobs: NonZeroUsize,
    /// The memory bound on rows in bytes. Beyond it, rows of a check spill to temporary files, and
    /// retained rows are dropped with a note.
    pub memory: usize,
    /// The lowest severity that fails a run; it changes only the role of a finding.
    pub fail_on: FailOn,
    /// The lowest severity that is emitted.
    pub min_severity: Severity,
    /// The number of skipped records above which a check is incomplete.
    pub max_skipped: u64,
    /// Whether access keys are shown unmasked.
    pub show_keys: bool,
    /// Whether occurrences that the allowlist covers are emitted.
    pub show_suppressed: bool,
}

/// Evaluates a policy over inputs that grow. `keytrail watch` runs one check at every interval.
pub struct Watch<'p> {
    policy: &'p Policy,
    plan: Plan<'p>,
    options: WatchOptions,
    state: WatchState,
    /// Notes that were already emitted.
    noted: BTreeSet<Note>,
}

/// The result of one check. `keytrail watch` writes it.
#[derive(Debug)]
pub struct Check {
    /// The report of this check. Its findings are the occurrences to emit, each with its id in
    /// `ids`. Its accounting, notes and reasons for being incomplete are those of this check.
    pub report: Report,
    /// The ids of the report's findings, in the same order.
    pub ids: Vec<u128>,
    /// Occurrences of this check that the allowlist covers and that were not emitted.
    pub suppressed: u64,
    /// Matches that arrived later than the lateness allows.
    pub late: u64,
    /// Windows that may still grow and that would be emitted if they did not.
    pub open: u64,
    /// The watermark: no older record is expected.
    pub watermark: Option<Time>,
    /// The state after this check; pass it to [`Watch::accept`] once everything is emitted.
    pub state: WatchState,
}

/// The findings of a reduction, by whether they are emitted.
#[derive(Default)]
struct Sorted {
    findings: Vec<Finding>,
    emitted: BTreeMap<u128, Time>,
    suppressed: u64,
    open: u64,
    /// Fingerprints of findings that can be emitted at most once.
    settled: BTreeSet<String>,
}

impl<'p> Watch<'p> {
    /// A watch that continues from the state of an earlier watch, or from an empty state.
    pub fn new(policy: &'p Policy, options: WatchOptions, state: WatchState) -> Self {
        let plan = Plan::new(&policy.rules, &policy.allowlist, policy).noting_reach();
        Self { policy, plan, options, state: state.under(&policy.hash), noted: BTreeSet::new() }
    }

    /// The current state.
    pub fn state(&self) -> &WatchState {
        &self.state
    }

    /// Makes the state of a check the current one. If it is not called, the next check starts from
    /// the same state and emits again the findings that could not be written.
    pub fn accept(&mut self, state: WatchState) {
        self.state = state;
    }

    /// Rules whose matches are retained for the whole watch, because they need the whole input.
    pub fn endless(&self) -> impl Iterator<Item = &Rule> {
        self.plan
            .rules
            .iter()
            .filter(|rule| matches!(OccurrenceKind::of(rule), OccurrenceKind::Whole { .. }))
    }

    /// Maps the new records of `inputs` and emits the occurrences that are now certain. With `end`,
    /// no further records are expected, so open occurrences are emitted too.
    ///
    /// # Errors
    ///
    /// Spilled rows cannot be read back. The state then stays as it was.
    pub fn check(
        &mut self,
        inputs: &dyn Inputs,
        clock: Time,
        end: bool,
        notes: Vec<Note>,
    ) -> io::Result<Check> {
        let run = self.run_options(clock);
        let mut mapped = engine::map(&self.plan, inputs, &run);
        let WatchState {
            policy,
            watermark,
            latest,
            latest_arrived,
            emitted,
            reaches,
            incidents,
            rows,
        } = &self.state;
        let mut state = WatchState {
            policy: policy.clone(),
            watermark: *watermark,
            latest: *latest,
            latest_arrived: *latest_arrived,
            emitted: emitted.clone(),
            reaches: reaches.clone(),
            incidents: incidents.clone(),
            rows: Vec::new(),
        };
        for (account, reach) in mapped.rows.reaches() {
            state.reaches.entry(account.to_owned()).or_default().widen(reach);
        }
        let times = advance(&mut state, clock, self.options.lateness, end);

        // Each of the two row sets gets half of the budget. It is not divided among threads,
        // because no rows of other threads are merged into them.
        let alone = RunOptions { jobs: NonZeroUsize::MIN, memory: run.memory / 2, ..run.clone() };
        let mut pending = StoredRows::new(&alone);
        let mut judged = StoredRows::new(&alone);
        let mut late: BTreeMap<String, Vec<Time>> = BTreeMap::new();
        let mut lately = 0;
        let mut new = std::mem::replace(&mut mapped.rows, StoredRows::new(&alone));
        let lineage = state.incidents.lineage(&new.take_lineage());
        let spill = new.drain(&mut |row| {
            self.take(row, times, &mut judged, &mut pending);
            if let (Some(before), Some(time)) = (times.before, row.time())
                && row.shown_last().is_none()
                && time < before
            {
                let rule = &self.plan.rules[row.rule()];
                let kind = OccurrenceKind::of(rule);
                // A report is read at every check and has the time at which it was made, so it is
                // never late.
                lately += u64::from(kind != OccurrenceKind::Report);
                if let OccurrenceKind::Window(_) = kind {
                    late.entry(fingerprint_of(rule, row.key())).or_default().push(time);
                }
            }
        })?;
        late.values_mut().for_each(|times| times.sort_unstable());
        for stored in rows {
            if let Some(row) = StoredRow::read(&stored.bytes, stored.sorts as usize) {
                self.take(&row, times, &mut judged, &mut pending);
            }
        }
        for (account, reach) in &state.reaches {
            // The time before the watermark is covered even if the account has no events in it.
            let last = if end { reach.last } else { reach.last.max(Some(times.watermark)) };
            judged.reach(account, Reach { last, ..*reach });
        }
        mapped.rows = judged;
        let mut result = engine::reduce(&self.plan, mapped, &run);
        let spans = std::mem::take(&mut result.spans);
        let mut sorted = self.sort(&mut result, times, &late, &state);
        state.emitted.append(&mut sorted.emitted);
        state.emitted.retain(|_, found| found.0.saturating_add(EMITTED_RETENTION.0) >= clock.0);

        let retained = match end {
            true => Retained::default(),
            false => self.retain(pending, &spans, &sorted.settled, times)?,
        };
        result.spill = result.spill.or(spill).or(retained.spill);
        result.lineage = lineage.clone();
        let mut report = self.report(result, sorted.findings, clock, notes);
        self.continue_incidents(&mut report, &lineage, &mut state);
        if retained.dropped > 0 {
            let of = retained.of.iter().map(|rule| self.plan.rules[*rule].id.as_str());
            report.incomplete.push(Note {
                id: "dropped-rows",
                text: format!(
                    "{} rows that are still needed exceed --memory and were dropped: occurrences of \
                     {} may be missed or emitted in part, or report values that are not new",
                    retained.dropped,
                    of.collect::<Vec<_>>().join(", ")
                ),
            });
        }
        state.rows = retained.rows;
        let rules = self.plan.rules;
        Ok(Check {
            ids: report.findings.iter().map(|of| occurrence_id(&rules[of.rule], of)).collect(),
            report,
            suppressed: sorted.suppressed,
            late: lately,
            open: sorted.open,
            watermark: state.watermark,
            state,
        })
    }

    /// Gives the incidents of this check the ids of those that they continue.
    fn continue_incidents(&self, report: &mut Report, lineage: &Lineage, state: &mut WatchState) {
        let rules = &self.policy.rules;
        let on_event = |of: &Finding| rules.get(of.rule).is_none_or(|r| r.on == RecordKind::Event);
        let of_check = (&mut report.findings[..], &mut report.incidents[..]);
        let (options, watermark) = (self.incident_options(), state.watermark);
        state.incidents.continue_with(of_check, &on_event, lineage, &options, watermark);
    }

    fn incident_options(&self) -> IncidentOptions {
        let settings = self.policy.incidents;
        IncidentOptions::new(settings.window, settings.shared_address)
    }

    /// The rows that a later check may need.
    fn retain(
        &self,
        rows: StoredRows,
        spans: &BTreeMap<Box<[u8]>, Vec<(Time, Time)>>,
        settled: &BTreeSet<String>,
        times: Times,
    ) -> io::Result<Retained> {
        let is_settled = |key: &[u8]| {
            let rule = rule_of(key).and_then(|rule| self.plan.rules.get(rule));
            rule.is_some_and(|rule| settled.contains(&fingerprint_of(rule, key)))
        };
        let retention = Retention {
            plan: &self.plan,
            watermark: times.watermark,
            open: &self.open(spans, times),
            settled: &spans.keys().filter(|key| is_settled(key)).cloned().collect(),
            memory: self.options.memory,
        };
        retention.retain(rows)
    }

    fn run_options(&self, clock: Time) -> RunOptions {
        RunOptions {
            clock,
            now: self.options.now,
            zone: self.policy.zone.clone(),
            jobs: self.options.jobs,
            redactor: Redactor { show_keys: self.options.show_keys },
            enricher: Enricher::new(self.policy),
            memory: self.options.memory,
            create: Temporary::create,
            emit: EmitMode::Occurrences,
            records: true,
            prefilter: None,
            lineage: true,
        }
    }

    /// Passes a row to the reduction, and retains it if a later check may need it.
    fn take(
        &self,
        row: &StoredRow<'_>,
        times: Times,
        judged: &mut StoredRows,
        pending: &mut StoredRows,
    ) {
        let Some(rule) = self.plan.rules.get(row.rule()) else { return };
        match OccurrenceKind::of(rule) {
            OccurrenceKind::Day | OccurrenceKind::Report => judged.push(row, &self.plan),
            OccurrenceKind::NewValue(_) | OccurrenceKind::SilenceEnd
                if row.shown_last().is_none() =>
            {
                // Until the watermark passes the row, a record may arrive that showed the value, or
                // the subject, earlier.
                let certain = times.end || row.time() <= Some(times.watermark);
                (if certain { judged } else { pending }).push(row, &self.plan);
            }
            OccurrenceKind::NewValue(_)
            | OccurrenceKind::SilenceEnd
            | OccurrenceKind::Window(_)
            | OccurrenceKind::Whole { .. } => {
                judged.push(row, &self.plan);
                pending.push(row, &self.plan);
            }
        }
    }

    /// Takes the findings out of a result and sorts them.
    fn sort(
        &self,
        result: &mut RunResult,
        times: Times,
        late: &BTreeMap<String, Vec<Time>>,
        state: &WatchState,
    ) -> Sorted {
        let mut sorted = Sorted::default();
        for finding in std::mem::take(&mut result.findings) {
            let rule = &self.plan.rules[finding.rule];
            let late = late.get(&finding.fingerprint).map_or(&[][..], Vec::as_slice);
            match emission(rule, &finding, times, late) {
                Emission::Open => sorted.open += 1,
                Emission::Past => {}
                Emission::Certain => {
                    let suppressed = finding.role == VerdictRole::Suppressed;
                    let name = occurrence_id(rule, &finding);
                    if suppressed && !self.options.show_suppressed {
                        sorted.suppressed += 1;
                        continue;
                    }
                    if let (OccurrenceKind::Whole { one: true, .. }, false) =
                        (OccurrenceKind::of(rule), suppressed)
                    {
                        sorted.settled.insert(finding.fingerprint.clone());
                    }
                    let already_emitted = state.emitted.contains_key(&name);
                    if sorted.emitted.insert(name, times.clock).is_none() && !already_emitted {
                        sorted.findings.push(finding);
                    }
                }
            }
        }
        sorted
    }

    /// The beginning of the first occurrence that may still grow, by rule and subject.
    fn open(
        &self,
        spans: &BTreeMap<Box<[u8]>, Vec<(Time, Time)>>,
        times: Times,
    ) -> BTreeMap<Box<[u8]>, Time> {
        let begins = |key: &[u8], spans: &[(Time, Time)]| {
            let rule = self.plan.rules.get(rule_of(key)?)?;
            let OccurrenceKind::Window(within) = OccurrenceKind::of(rule) else {
                return None;
            };
            let open = spans.iter().filter(|(_, last)| !passed(*last, within, times.watermark));
            open.map(|(first, _)| *first).min()
        };
        spans.iter().filter_map(|(key, of)| Some((key.clone(), begins(key, of)?))).collect()
    }

    fn report(
        &mut self,
        mut run: RunResult,
        findings: Vec<Finding>,
        clock: Time,
        notes: Vec<Note>,
    ) -> Report {
        run.findings = findings;
        let options = &self.options;
        let parts = ReportParts {
            facts: Facts {
                version: env!("CARGO_PKG_VERSION"),
                clock,
                clock_given: options.now.is_some(),
                zone: self.policy.zone.name().to_owned(),
                policy: self.policy.hash.clone(),
                policy_changes: self.policy.changes.clone(),
                fail_on: options.fail_on,
                fail_on_uncertain: false,
                fail_on_extended: self.policy.fail_on_extended,
                min_severity: options.min_severity,
                max_skipped: options.max_skipped,
                strict: false,
                // A check reads only what is new; an expected report may have been read before.
                expected: InputKinds::new(),
                show_keys: options.show_keys,
                masks: BTreeMap::new(),
                masked: false,
            },
            rules: &self.policy.rules,
            allowlist: &self.policy.allowlist,
            sources: &self.policy.sources,
            roots: Vec::new(),
            allow_empty: true,
            baseline: None,
            new_only: false,
            incidents: self.incident_options(),
            notes,
        };
        let mut report = Report::build(parts, run);
        let changes = self.policy.changes.sentences();
        if !changes.is_empty() {
            let text = format!("the policy differs from the built-in one: {}", changes.join("; "));
            report.notes.push(Note { id: "policy-changes", text });
            report.notes.sort();
        }
        // Each note is emitted once, not at every check.
        report.notes.retain(|note| self.noted.insert(note.clone()));
        report
    }
}
