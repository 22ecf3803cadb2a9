//! The run: threads over files, one merge, one reduction.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::accounting::{Accounting, ErrorCounts, FileCounts, FileReport, ReadAs, RuleError};
use super::credentials::{Credentials, StoredReports};
use super::map::{Map, RecordOutcome};
use super::matches::{PartialMatches, Settled};
use super::options::{EmitMode, PolicyRun, RunOptions};
use super::reduce::{Coverage, SampleRequest};
use super::rows::{SpillError, SpillFile};
use super::sample_reload::{MissingSamples, ReloadFrom, reload_samples};
use super::schedule::{Schedule, Turn};
use super::stored_row::StoredRows;
use crate::finding::{ConfirmedUsers, Finding};
use crate::incident::Lineage;
use crate::plan::{Applicability, Plan, applicability};
use crate::record::{
    FieldSet, FileAccount, Format, InputKind, InputKinds, Inputs, Outcome, Provider, ReadOrder,
    Skip, SkipReason,
};
use crate::rule::Rule;
use crate::value::{Duration, RecordKind, Time};

/// Stack size of a worker in bytes. Nested expressions and JSON require a large stack.
pub(super) const STACK: usize = 16 * 1024 * 1024;

/// Panics whose positions are reported; the rest are only counted.
const PANICS_IN_DETAIL: usize = 20;

/// The result of a run. Reports are built from it.
#[derive(Debug)]
pub struct RunResult {
    /// One finding for each rule and subject with matches, by rule and then subject.
    pub findings: Vec<Finding>,
    /// The coverage of each allowlist entry, by its index.
    pub coverage: Vec<Coverage>,
    /// The report on every file, in the order of the inputs.
    pub files: Vec<FileReport>,
    /// The sums over all files.
    pub accounting: Accounting,
    /// Rules that cannot be fully evaluated on a format, by format and rule. Formats without an
    /// evaluated record are omitted.
    pub unapplied: Vec<Unapplied>,
    /// Rules that were evaluated on a format, at least in part, by index.
    pub applied: BTreeSet<usize>,
    /// The kinds of inputs from which a record was evaluated.
    pub given: InputKinds,
    /// Evaluations that failed, by rule.
    pub errors: Vec<RuleError>,
    /// The first caught panics, each with the file and line of its record, and the number of the
    /// others.
    pub panics: Vec<String>,
    /// Findings that show only the record that leads them, because there are many findings.
    pub unsampled: u64,
    /// Findings that show no record, because there are many findings.
    pub recordless: u64,
    /// What became of matches whose subject is the owner of a key that no report contains.
    pub settled: Settled,
    /// Records that findings could not show.
    pub missing_samples: MissingSamples,
    /// The error because of which matches could not be spilled and stayed in memory beyond the
    /// bound.
    pub spill: Option<SpillError>,
    /// The error because of which spilled matches could not be read back: findings are missing.
    pub lost: Option<SpillError>,
    /// Who made whom; empty unless the options ask for it.
    pub lineage: Lineage,
    /// Users whose names may be shown in failed sign-ins.
    pub confirmed_users: ConfirmedUsers,
    /// By key (rule and subject), the first and last time of each occurrence of a correlation rule,
    /// including occurrences that the allowlist hides. Empty unless [`EmitMode::Occurrences`] is
    /// set.
    ///
    /// [`EmitMode::Occurrences`]: super::EmitMode::Occurrences
    pub spans: BTreeMap<Box<[u8]>, Vec<(Time, Time)>>,
    /// The longest time between the first and the last event of an account; `None` if there is no
    /// event, no rule that needs it, or the inputs still grow.
    pub longest_log: Option<Duration>,
}

/// A rule that requires fields that a format does not carry. Reports note it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unapplied {
    /// The format's name.
    pub format: &'static str,
    /// The files by index, if files of the format carry different fields.
    pub files: Option<Vec<usize>>,
    /// Index of the rule.
    pub rule: usize,
    /// The extent to which it applies; never [`Applicability::Evaluated`].
    pub applicability: Applicability,
    /// The kind of input that the run lacks and that would make the rule apply.
    pub without: Option<InputKind>,
}

/// The result of one thread, or of several.
struct PartialRun<'p> {
    policy: PolicyRun<'p>,
    found: PartialMatches,
    counts: RunCounts,
}

/// Counts of records by outcome. Counts of disjoint parts of the inputs merge in any order.
#[derive(Debug, Default)]
struct RunCounts {
    errors: ErrorCounts,
    matches: u64,
    unplaced: BTreeMap<u32, u64>,
    files: Vec<FileCounts>,
    panics: BTreeSet<(usize, u64)>,
    panicked: usize,
    formats: ReadAs,
    /// Threads that panicked outside any record; their results are lost.
    died: usize,
}

impl<'p> PartialRun<'p> {
    fn new(policy: PolicyRun<'p>, files: usize, spill: &Arc<SpillFile>) -> Self {
        let found = PartialMatches::new(policy.options, spill);
        let mut work = Self { policy, found, counts: RunCounts::default() };
        work.counts.files.resize_with(files, FileCounts::default);
        work
    }

    fn merge(&mut self, other: Self) {
        self.found.merge(other.found);
        self.counts.merge(other.counts);
    }
}

impl RunCounts {
    fn panicked(&mut self, file: usize, line: u64) {
        self.panicked += 1;
        self.add_panic((file, line));
    }

    fn add_panic(&mut self, place: (usize, u64)) {
        self.panics.insert(place);
        if self.panics.len() > PANICS_IN_DETAIL {
            self.panics.pop_last();
        }
    }

    fn merge(&mut self, other: RunCounts) {
        self.errors.merge(other.errors);
        self.matches += other.matches;
        for (rule, count) in other.unplaced {
            *self.unplaced.entry(rule).or_default() += count;
        }
        for (mine, theirs) in self.files.iter_mut().zip(other.files) {
            mine.merge(theirs);
        }
        other.panics.into_iter().for_each(|place| self.add_panic(place));
        self.panicked += other.panicked;
        for (key, (format, files)) in other.formats {
            self.formats.entry(key).or_insert((format, BTreeSet::new())).1.extend(files);
        }
        self.died += other.died;
    }
}

/// The result of mapping inputs: rows, and the accounting of every record. A watch filters the rows
/// before it reduces them.
#[derive(Debug)]
pub struct Mapped {
    /// The rows of every match.
    pub rows: StoredRows,
    counts: RunCounts,
    /// The reader's account of each file; `None` for files of other parts.
    accounts: Vec<Option<FileAccount>>,
}

impl Mapped {
    /// Adds the result of another part of the same inputs, mapped with the same plan.
    pub fn merge(&mut self, other: Mapped) {
        self.rows.0.merge(other.rows.0);
        self.counts.merge(other.counts);
        for (mine, theirs) in self.accounts.iter_mut().zip(other.accounts) {
            *mine = mine.take().or(theirs);
        }
    }
}

/// Evaluates every record of the inputs against the plan.
pub fn run(plan: &Plan<'_>, inputs: &dyn Inputs, options: &RunOptions) -> RunResult {
    let [result] = run_each([PolicyRun { plan, options }], inputs);
    result
}

/// Evaluates every record of the inputs against each policy. A record is read once, with the fields
/// that any policy needs; each result is that of a [`run`] with its policy alone. The only
/// difference is a panic, which loses the record for every policy. Threads, clock, `now` and
/// temporary files are those of the first policy; each policy retains matches up to its own memory
/// bound.
pub fn run_each<const N: usize>(
    policies: [PolicyRun<'_>; N],
    inputs: &dyn Inputs,
) -> [RunResult; N] {
    const { assert!(N > 0, "a run has a policy") };
    inputs.peek_all(policies[0].options.jobs);
    let stored = StoredReports::read(inputs);
    let joined = policies.iter().any(|policy| !policy.plan.joined_fields().is_empty());
    let credentials = Credentials::new(&stored, joined);
    let mapped = map_stored(&policies, inputs, &stored, &credentials, &|_| true, true);
    mapped.map(|(policy, mapped)| {
        let Concluded { mut result, wanted, mut errors } =
            conclude(policy.plan, mapped, policy.options);
        let files = &result.files;
        let again =
            ReloadFrom { policy, inputs, stored: &stored, credentials: &credentials, files };
        let (missing, failed) = reload_samples(wanted, &mut result.findings, &again);
        result.missing_samples = missing;
        errors.merge(failed);
        result.put_errors(errors, policy.plan);
        result
    })
}

/// The first half of [`run`]: every record becomes the rows of its matches.
pub fn map(plan: &Plan<'_>, inputs: &dyn Inputs, options: &RunOptions) -> Mapped {
    map_part(plan, inputs, options, &|_| true)
}

/// The first half of [`run`] over some of the files. Parts may be mapped anywhere, and
/// [`Mapped::merge`] combines them into the result of [`map`]. Each part reads all reports, because
/// events of any file are joined with them.
pub fn map_part(
    plan: &Plan<'_>,
    inputs: &dyn Inputs,
    options: &RunOptions,
    part: &dyn Fn(usize) -> bool,
) -> Mapped {
    inputs.peek_all(options.jobs);
    let stored = StoredReports::read(inputs);
    let credentials = Credentials::new(&stored, !plan.joined_fields().is_empty());
    let policies = [PolicyRun { plan, options }];
    let [(_, mapped)] = map_stored(&policies, inputs, &stored, &credentials, part, false);
    mapped
}

/// The second half of [`run`]: reduces the rows of each rule and subject to findings. No record is
/// read again, so a record that no row contains is not shown.
pub fn reduce(plan: &Plan<'_>, mapped: Mapped, options: &RunOptions) -> RunResult {
    let Concluded { mut result, errors, .. } = conclude(plan, mapped, options);
    result.put_errors(errors, plan);
    result
}

/// Reduces rows that a caller grouped by [`StoredRow::key`](super::StoredRow::key), so that keys
/// can be reduced anywhere and in any order. The rows of each key, with the reach of every account,
/// produce the same findings as in [`reduce`]. The caller first removes the versions of events that
/// do not count, see [`StoredRow::event`](super::StoredRow::event). The result has no accounting of
/// files.
pub fn reduce_keys(plan: &Plan<'_>, rows: StoredRows, options: &RunOptions) -> RunResult {
    let mapped = Mapped { rows, counts: RunCounts::default(), accounts: Vec::new() };
    reduce(plan, mapped, options)
}

/// Maps the records of a part for each policy.
fn map_stored<'p, const N: usize>(
    policies: &[PolicyRun<'p>; N],
    inputs: &dyn Inputs,
    stored: &StoredReports,
    credentials: &Credentials<'_>,
    part: &dyn Fn(usize) -> bool,
    reloads: bool,
) -> [(PolicyRun<'p>, Mapped); N] {
    let spill = SpillFile::new(policies[0].options.create);
    let job = Job { policies, credentials, files: inputs.count(), spill: &spill, reloads };
    let mut all = job.begin();
    let mut accounts = vec![None; job.files];
    for (read_order, inputs) in
        [(ReadOrder::Reports, stored as &dyn Inputs), (ReadOrder::Events, inputs)]
    {
        let schedule = Schedule::new(inputs, read_order, part);
        merge(&mut all, job.read(&schedule));
        schedule.put_accounts(&mut accounts);
    }
    all.map(|PartialRun { policy, found, counts }| {
        (policy, Mapped { rows: StoredRows(found), counts, accounts: accounts.clone() })
    })
}

impl RunResult {
    /// Adds the failed evaluations.
    fn put_errors(&mut self, errors: ErrorCounts, plan: &Plan<'_>) {
        self.errors = errors.finish(&self.files);
        self.accounting.rule_errors =
            self.errors.iter().map(|e| (plan.rules[e.rule].id.clone(), e.count)).collect();
    }
}

/// The result of reducing rows.
struct Concluded {
    /// The result, without failed evaluations.
    result: RunResult,
    /// Requests for the records to read again.
    wanted: Vec<SampleRequest>,
    /// Failed evaluations.
    errors: ErrorCounts,
}

/// Reduces rows to findings.
fn conclude(plan: &Plan<'_>, mapped: Mapped, options: &RunOptions) -> Concluded {
    let Mapped { rows: StoredRows(mut found), mut counts, accounts } = mapped;
    let mut accounting = Accounting { matches: counts.matches, ..Accounting::default() };
    let files: Vec<FileReport> = std::mem::take(&mut counts.files)
        .into_iter()
        .zip(accounts)
        .map(|(of_file, account)| {
            let account = account.unwrap_or_default();
            accounting.add(&of_file, &account);
            of_file.report(account)
        })
        .collect();
    for file in &files {
        accounting.add_sums(file);
    }
    accounting.unplaced = counts
        .unplaced
        .iter()
        .map(|(rule, count)| (plan.rules[*rule as usize].id.clone(), *count))
        .collect();
    let place = |(file, line): &(usize, u64)| format!("{}:{line}", files[*file].account.path);
    let mut panics: Vec<String> = counts.panics.iter().map(place).collect();
    if counts.panicked > panics.len() {
        panics.push(format!("{} more places", counts.panicked - panics.len()));
    }
    if counts.died > 0 {
        panics.push(format!("records whose positions {} failed threads lost", counts.died));
    }
    let (unapplied, applied) = unapplied(plan, &counts.formats);
    let given = given(&counts.formats);
    let mut errors = counts.errors;
    let spill = found.not_spilled();
    let confirmed_users = std::mem::take(&mut found.confirmed_users);
    let lineage = std::mem::take(&mut found.lineage);
    let longest_log = match options.emit {
        EmitMode::Findings => found.reaches.values().filter_map(|reach| reach.length()).max(),
        EmitMode::Occurrences => None,
    };
    let reduced = super::reduce::reduce(found, plan, &files, options);
    let late = reduced.errors.into_iter();
    late.for_each(|(rule, error)| errors.add_late(rule, error));
    accounting.matches += reduced.matches;
    accounting.duplicates = reduced.duplicates;
    accounting.suppressed = reduced.suppressed;
    let result = RunResult {
        lineage,
        confirmed_users,
        findings: reduced.findings,
        coverage: reduced.coverage,
        panics,
        unsampled: reduced.unsampled,
        recordless: reduced.recordless,
        settled: reduced.settled,
        missing_samples: MissingSamples::default(),
        spill,
        lost: reduced.lost,
        files,
        unapplied,
        applied,
        given,
        accounting,
        errors: Vec::new(),
        spans: reduced.spans,
        longest_log,
    };
    Concluded { result, wanted: reduced.wanted, errors }
}

/// The kinds of inputs that were read.
fn given(formats: &ReadAs) -> InputKinds {
    let kinds = formats.values().flat_map(|(format, _)| format.kinds());
    kinds.map(|kind| InputKind::of(*kind)).collect()
}

/// The rules that do not fully apply to a format, and the rules that apply to some format.
fn unapplied(plan: &Plan<'_>, formats: &ReadAs) -> (Vec<Unapplied>, BTreeSet<usize>) {
    // The fields that reports of a provider add to its events.
    let joined = |provider: Provider| {
        let reports = formats.iter().filter(|(_, (format, _))| {
            format.provider() == provider && format.kinds().contains(&RecordKind::Cred)
        });
        reports.fold(FieldSet::EMPTY, |fields, ((_, carries), _)| fields.union(*carries))
    };
    let (mut unapplied, mut applied) = (Vec::new(), BTreeSet::new());
    for (&(name, own), (format, files)) in formats {
        let events = format.kinds().contains(&RecordKind::Event);
        let joined = if events { joined(format.provider()) } else { FieldSet::EMPTY };
        let carries = own.union(joined);
        // Events without a report of their provider.
        let alone = events && joined.is_empty();
        let several = formats.keys().filter(|(other, _)| *other == name).count() > 1;
        for (rule, definition) in plan.rules.iter().enumerate() {
            let (applicability, without) = match applicability(definition, *format, carries) {
                Applicability::Evaluated => {
                    applied.insert(rule);
                    continue;
                }
                lacking @ (Applicability::Blind(_) | Applicability::PartlyBlind(_)) if alone => {
                    without_report(definition, *format, carries, lacking)
                }
                other => (other, None),
            };
            if matches!(applicability, Applicability::PartlyBlind(_)) {
                applied.insert(rule);
            }
            let files = several.then(|| files.iter().map(|file| *file as usize).collect());
            unapplied.push(Unapplied { format: name, files, rule, applicability, without });
        }
    }
    (unapplied, applied)
}

/// The extent to which a rule applies to events without a credential report. If a report with every
/// field would make the rule apply, the run lacks the report. Otherwise the rule lacks the fields
/// that even such a report would not add.
fn without_report(
    rule: &Rule,
    format: &dyn Format,
    carries: FieldSet,
    lacking: Applicability,
) -> (Applicability, Option<InputKind>) {
    let report = FieldSet::all(RecordKind::Cred).union(FieldSet::all(RecordKind::Key));
    match applicability(rule, format, carries.union(report)) {
        blind @ Applicability::Blind(_) => (blind, None),
        partly @ Applicability::PartlyBlind(_)
            if matches!(lacking, Applicability::PartlyBlind(_)) =>
        {
            (partly, None)
        }
        _ => (lacking, Some(InputKind::CredentialReport)),
    }
}

/// The shared inputs of every thread of a run.
#[derive(Clone, Copy)]
struct Job<'j, 'p, const N: usize> {
    policies: &'j [PolicyRun<'p>; N],
    credentials: &'j Credentials<'j>,
    files: usize,
    /// The file that all threads spill to.
    spill: &'j Arc<SpillFile>,
    /// Whether records that findings show are read again at the end.
    reloads: bool,
}

impl<'p, const N: usize> Job<'_, 'p, N> {
    /// An empty result for each policy.
    fn begin(&self) -> [PartialRun<'p>; N] {
        self.policies.map(|policy| PartialRun::new(policy, self.files, self.spill))
    }

    /// Reads the files of one phase on several threads.
    fn read(&self, schedule: &Schedule<'_>) -> [PartialRun<'p>; N] {
        let mut all = self.begin();
        if schedule.is_empty() {
            return all;
        }
        std::thread::scope(|scope| {
            let spawn = |_| {
                let builder = std::thread::Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, || work(self, schedule))
            };
            // If a thread cannot start, the other threads read its files.
            let workers: Vec<_> =
                (0..self.policies[0].options.jobs.get()).filter_map(|n| spawn(n).ok()).collect();
            if workers.is_empty() {
                merge(&mut all, work(self, schedule));
            }
            for worker in workers {
                match worker.join() {
                    Ok(work) => merge(&mut all, work),
                    Err(_) => all.iter_mut().for_each(|all| all.counts.died += 1),
                }
            }
        });
        all
    }
}

/// The work of one thread: batches until there are none.
fn work<'p, const N: usize>(job: &Job<'_, 'p, N>, schedule: &Schedule<'_>) -> [PartialRun<'p>; N] {
    let mut works = job.begin();
    let mut map = Map::new(job.policies, job.credentials, job.spill);
    let (mut turn, mut file) = (Turn::default(), None);
    while let Some(at) = schedule.next(&mut file, &mut turn) {
        let Turn { batch, formats, origin, once, compressed } = &mut turn;
        map.begin(origin, formats, *once, !job.reloads || *once || *compressed);
        for skip in batch.skipped.drain(..) {
            skip_record(&mut works, at, &skip, 1);
        }
        // The whole batch is nearly always UTF-8. If it is not, each record is checked.
        let whole = std::str::from_utf8(&batch.bytes).ok();
        for placed in &batch.records {
            let skip = |reason, detail: String| Skip {
                offset: placed.offset,
                line: placed.line,
                ordinal: placed.ordinal,
                reason,
                detail,
            };
            let raw = match whole.and_then(|text| placed.within(text)) {
                Some(raw) => raw,
                None => match batch.raw(placed) {
                    Ok(raw) => raw,
                    Err(skip) => {
                        skip_record(&mut works, at, &skip, placed.rows);
                        continue;
                    }
                },
            };
            // A panic is a bug of ours; it must cost one record, not the run.
            match catch_unwind(AssertUnwindSafe(|| map.record(at as u32, formats, &raw))) {
                Ok(RecordOutcome::Evaluated(format)) => {
                    for (work, judge) in works.iter_mut().zip(&map.judges) {
                        let counts = &mut work.counts.files[at];
                        counts.evaluated(format, placed.rows, map.derived);
                        map.notes.iter().chain(&judge.notes).for_each(|note| counts.note(note));
                        counts.gaps(map.gaps());
                    }
                }
                Ok(RecordOutcome::Not(Outcome::Skipped(reason, detail))) => {
                    skip_record(&mut works, at, &skip(reason, detail), placed.rows);
                }
                Ok(RecordOutcome::Not(_)) => {
                    let detail = "it does not have a format that Keytrail reads".into();
                    skip_record(&mut works, at, &skip(SkipReason::Foreign, detail), placed.rows);
                }
                Err(_) => {
                    works.iter_mut().for_each(|work| work.counts.panicked(at, placed.line));
                    let detail = "evaluating it failed inside Keytrail".into();
                    skip_record(&mut works, at, &skip(SkipReason::Internal, detail), placed.rows);
                }
            }
        }
    }
    for (work, judge) in works.iter_mut().zip(map.judges) {
        work.counts.formats = judge.formats;
        work.found = judge.recorder.found;
        work.counts.errors = judge.recorder.errors;
        work.counts.matches = judge.recorder.matches;
        work.counts.unplaced = judge.recorder.unplaced;
    }
    works
}

/// Adds what was found for each policy.
fn merge<'p, const N: usize>(all: &mut [PartialRun<'p>; N], other: [PartialRun<'p>; N]) {
    all.iter_mut().zip(other).for_each(|(all, other)| all.merge(other));
}

/// Counts a record that no policy evaluates.
fn skip_record(works: &mut [PartialRun<'_>], file: usize, skip: &Skip, rows: u64) {
    works.iter_mut().for_each(|work| work.counts.files[file].skip(skip, rows));
}
