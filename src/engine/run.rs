//! The run: threads over files, one merge, one reduction.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::account::{Accounting, ErrorCounts, FileCounts, FileReport, RuleError};
use super::map::{Map, Mapped};
use super::matches::Partial;
use super::options::RunOptions;
use super::reduce::{Coverage, reduce};
use super::schedule::{Schedule, Turn};
use crate::finding::Finding;
use crate::plan::{Applicability, Plan, applicability};
use crate::record::{
    FieldSet, FileAccount, FileStatus, Format, Inputs, Outcome, Phase, RawRecord, Skip, SkipReason,
};

/// Stack of a worker: expressions and JSON nest.
const STACK: usize = 16 * 1024 * 1024;

/// What a run comes to.
#[derive(Debug)]
pub struct RunResult {
    /// One finding for each rule and subject with matches, by rule and then subject.
    pub findings: Vec<Finding>,
    /// For each allowlist entry, by its index.
    pub coverage: Vec<Coverage>,
    /// Every file, in the order of the inputs.
    pub files: Vec<FileReport>,
    /// The sums.
    pub accounting: Accounting,
    /// Rules that records of a format leave nothing or little of, by format and rule; formats of
    /// which no record was evaluated are left out.
    pub unapplied: Vec<Unapplied>,
    /// Evaluations that failed, by rule.
    pub errors: Vec<RuleError>,
    /// Panics that were caught, each with the file and line of its record.
    pub panics: Vec<String>,
}

/// A rule that a format does not give all it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unapplied {
    /// The format's name.
    pub format: &'static str,
    /// Index of the rule.
    pub rule: usize,
    /// What the format leaves of it; never [`Applicability::Evaluated`].
    pub applicability: Applicability,
}

/// What one thread, or several together, found.
#[derive(Default)]
struct Work {
    found: Partial,
    errors: ErrorCounts,
    matches: u64,
    files: Vec<FileCounts>,
    panics: Vec<(usize, u64)>,
    /// What its records were read as, with what that carries.
    formats: BTreeMap<(&'static str, FieldSet), &'static dyn Format>,
    /// Threads that ended in a panic outside any record; what they found is lost.
    died: usize,
}

impl Work {
    fn new(files: usize) -> Self {
        let mut work = Self::default();
        work.files.resize_with(files, FileCounts::default);
        work
    }

    fn merge(&mut self, other: Work) {
        self.found.merge(other.found);
        self.errors.merge(other.errors);
        self.matches += other.matches;
        for (mine, theirs) in self.files.iter_mut().zip(other.files) {
            mine.merge(theirs);
        }
        self.panics.extend(other.panics);
        self.formats.extend(other.formats);
        self.died += other.died;
    }
}

/// Evaluates every record of the inputs against the plan.
pub fn run(plan: &Plan<'_>, inputs: &dyn Inputs, options: &RunOptions) -> RunResult {
    let mut schedule = Schedule::new(inputs);
    let mut all = Work::new(inputs.count());
    for phase in [Phase::Reports, Phase::Events] {
        schedule.begin(phase);
        all.merge(read(plan, &schedule, inputs.count(), options));
    }

    let accounts = schedule.into_accounts();
    let mut accounting = Accounting { matches: all.matches, ..Accounting::default() };
    let files: Vec<FileReport> = std::mem::take(&mut all.files)
        .into_iter()
        .zip(accounts)
        .map(|(counts, account)| {
            accounting.add(&counts, &account);
            counts.report(account)
        })
        .collect();
    for file in &files {
        accounting.add_sums(file);
    }
    let errors = all.errors.finish(&files);
    accounting.rule_errors =
        errors.iter().map(|e| (plan.rules[e.rule].id.clone(), e.count)).collect();
    let (groups, covers) = all.found.into_groups();
    let reduced = reduce(groups, &covers, plan, &files);
    accounting.duplicates = reduced.duplicates;
    accounting.suppressed = reduced.suppressed;
    all.panics.sort_unstable();
    let place = |(file, line): &(usize, u64)| format!("{}:{line}", files[*file].account.path);
    let mut panics: Vec<String> = all.panics.iter().map(place).collect();
    if all.died > 0 {
        panics.push(format!("places that {} of the threads took along", all.died));
    }
    RunResult {
        findings: reduced.findings,
        coverage: reduced.coverage,
        panics,
        files,
        unapplied: unapplied(plan, &all.formats, &accounting),
        accounting,
        errors,
    }
}

fn unapplied(
    plan: &Plan<'_>,
    formats: &BTreeMap<(&'static str, FieldSet), &'static dyn Format>,
    accounting: &Accounting,
) -> Vec<Unapplied> {
    let read = formats.iter().filter(|((name, _), _)| accounting.formats.contains_key(*name));
    read.flat_map(|((name, carries), format)| {
        plan.rules.iter().enumerate().filter_map(|(rule, definition)| {
            let applicability = applicability(definition, *format, *carries);
            (applicability != Applicability::Evaluated).then_some(Unapplied {
                format: name,
                rule,
                applicability,
            })
        })
    })
    .collect()
}

/// Reads the files of one phase on several threads.
fn read(plan: &Plan<'_>, schedule: &Schedule<'_>, files: usize, options: &RunOptions) -> Work {
    let mut all = Work::new(files);
    std::thread::scope(|scope| {
        let spawn = |_| {
            let work = || work(plan, schedule, files, options);
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)
        };
        // A thread that cannot start leaves its files to the others.
        let workers: Vec<_> = (0..options.jobs.get()).filter_map(|n| spawn(n).ok()).collect();
        if workers.is_empty() {
            all.merge(work(plan, schedule, files, options));
        }
        for worker in workers {
            match worker.join() {
                Ok(work) => all.merge(work),
                Err(_) => all.died += 1,
            }
        }
    });
    all
}

/// What one thread does: batches until there are none.
fn work(plan: &Plan<'_>, schedule: &Schedule<'_>, files: usize, options: &RunOptions) -> Work {
    let mut work = Work::new(files);
    let mut map = Map::new(plan, options);
    let (mut turn, mut file) = (Turn::default(), None);
    while let Some(at) = schedule.next(&mut file, &mut turn) {
        let Turn { batch, formats, origin } = &mut turn;
        map.begin(origin);
        for skip in batch.skipped.drain(..) {
            work.files[at].skip(skip, 1);
        }
        // The whole batch is nearly always UTF-8; only when it is not, each record is looked at.
        let whole = std::str::from_utf8(&batch.bytes).ok();
        for placed in &batch.records {
            let bytes = placed.start..placed.end;
            let text = match whole {
                Some(text) => text.get(bytes),
                None => batch.bytes.get(bytes).and_then(|bytes| std::str::from_utf8(bytes).ok()),
            };
            let skip = |reason, detail: String| Skip {
                offset: placed.offset,
                line: placed.line,
                ordinal: placed.ordinal,
                reason,
                detail,
            };
            let Some(text) = text else {
                let skip = skip(SkipReason::Encoding, "it is not UTF-8".into());
                work.files[at].skip(skip, placed.rows);
                continue;
            };
            let raw = RawRecord {
                text,
                offset: placed.offset,
                line: placed.line,
                column: placed.column,
                ordinal: placed.ordinal,
                rows: placed.rows,
            };
            // A panic is a bug of ours; it must cost one record, not the run.
            match catch_unwind(AssertUnwindSafe(|| map.record(at as u32, formats, &raw))) {
                Ok(Mapped::Evaluated(format)) => {
                    work.files[at].evaluated(format, placed.rows);
                    map.note.into_iter().for_each(|note| work.files[at].note(note));
                }
                Ok(Mapped::Not(Outcome::Skipped(reason, detail))) => {
                    work.files[at].skip(skip(reason, detail), placed.rows);
                }
                Ok(Mapped::Not(_)) => {
                    let detail = "it is of no format that Keytrail reads".into();
                    work.files[at].skip(skip(SkipReason::Foreign, detail), placed.rows);
                }
                Err(_) => {
                    work.panics.push((at, placed.line));
                    let detail = "evaluating it failed inside Keytrail".into();
                    work.files[at].skip(skip(SkipReason::Internal, detail), placed.rows);
                }
            }
        }
    }
    work.formats = map.formats;
    work.found = map.found;
    work.errors = map.errors;
    work.matches = map.matches;
    work
}

impl Accounting {
    fn add(&mut self, counts: &FileCounts, account: &FileAccount) {
        match account.status {
            FileStatus::Read => self.files_read += 1,
            _ => self.files_other += 1,
        }
        self.bytes += account.bytes;
        self.decompressed += account.decompressed;
        self.read += counts.read;
        self.evaluated += counts.evaluated;
    }

    fn add_sums(&mut self, file: &FileReport) {
        for (format, count) in &file.formats {
            *self.formats.entry(format).or_default() += count;
        }
        for (reason, count) in &file.skipped {
            self.skipped += count;
            *self.skipped_by_reason.entry(reason).or_default() += count;
        }
        debug_assert!(self.read >= self.skipped);
    }
}
