//! The main job: a policy over inputs, in one call.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::config::{FAIL_ON, MAX_SKIPPED, MIN_SEVERITY, Policy};
use crate::engine::{EmitMode, MEMORY, NOT_PARSED, PolicyRun, RunOptions, RunResult};
use crate::finding::{Enricher, Redactor};
use crate::incident::IncidentOptions;
use crate::plan::{Plan, Prefilter};
use crate::record::{Format, Inputs};
use crate::report::{Baseline, Facts, Note, Report, ReportParts};
use crate::rule::{FailOn, Severity};
use crate::source::Temporary;
use crate::value::Time;

/// The options of a scan. `keytrail scan` sets them from its flags.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// The run clock: expiry, and `now` in expressions over events.
    pub clock: Time,
    /// Whether the clock was set by the user.
    pub clock_given: bool,
    /// The number of threads; it does not change the result.
    pub jobs: NonZeroUsize,
    /// The lowest severity that fails the run.
    pub fail_on: FailOn,
    /// Whether uncertain findings fail the run.
    pub fail_on_uncertain: bool,
    /// The lowest severity that is reported. Findings below it can still fail the run.
    pub min_severity: Severity,
    /// Records that may be skipped before the run counts as incomplete.
    pub max_skipped: u64,
    /// Whether conditions that otherwise cause a warning make the run incomplete.
    pub strict: bool,
    /// Whether a run without any record or rule is acceptable.
    pub allow_empty: bool,
    /// Whether access keys are shown unmasked.
    pub show_keys: bool,
    /// Bytes of matches to retain in memory; the rest spills to temporary files.
    pub memory: usize,
    /// Whether the report shows records, as those for programs do.
    pub records: bool,
    /// The findings that are already known, if there is a baseline.
    pub baseline: Option<Baseline>,
    /// Whether known findings are left out of the report.
    pub new_only: bool,
    /// The formats whose records are parsed only if they contain a text that a rule needs; empty if every
    /// record is parsed.
    pub prefilter: &'static [&'static dyn Format],
}

impl ScanOptions {
    /// The options of `keytrail scan` without flags and without a project file, on one thread and at
    /// this clock.
    pub fn at(clock: Time) -> Self {
        Self {
            clock,
            clock_given: true,
            jobs: NonZeroUsize::MIN,
            fail_on: FAIL_ON,
            fail_on_uncertain: false,
            min_severity: MIN_SEVERITY,
            max_skipped: MAX_SKIPPED,
            strict: false,
            allow_empty: false,
            show_keys: false,
            memory: MEMORY,
            records: true,
            baseline: None,
            new_only: false,
            prefilter: &[],
        }
    }
}

/// Evaluates a policy over inputs: the main job.
///
/// `roots` are the input arguments that the inputs' paths lie below; `notes` are the notes from
/// opening the inputs.
pub fn scan(
    policy: &Policy,
    inputs: &dyn Inputs,
    roots: Vec<String>,
    notes: Vec<Note>,
    options: &ScanOptions,
) -> Report {
    let [report] = scan_each([(policy, options)], inputs, roots, notes);
    report
}

/// Evaluates several policies over the same inputs, each with its options. The inputs are read once.
/// The threads and the clock are those of the first policy.
pub fn scan_each<const N: usize>(
    policies: [(&Policy, &ScanOptions); N],
    inputs: &dyn Inputs,
    roots: Vec<String>,
    notes: Vec<Note>,
) -> [Report; N] {
    let plans = policies.map(|(policy, _)| Plan::new(&policy.rules, &policy.allowlist, policy));
    let mut notes = notes;
    let options: [RunOptions; N] = std::array::from_fn(|at| {
        let (policy, options) = policies[at];
        let prefilter = prefilter(&plans[at], policy, options, &mut notes);
        run_options(policy, options, prefilter)
    });
    let runs = std::array::from_fn(|at| PolicyRun { plan: &plans[at], options: &options[at] });
    let mut at = 0;
    crate::engine::run_each(runs, inputs).map(|run| {
        let (policy, options) = policies[at];
        at += 1;
        report(policy, options, run, roots.clone(), notes.clone())
    })
}

/// Rules that a note names.
const NAMED: usize = 3;

/// The prefilter, if it is asked for and no rule prevents it.
fn prefilter(
    plan: &Plan<'_>,
    policy: &Policy,
    options: &ScanOptions,
    notes: &mut Vec<Note>,
) -> Option<Arc<Prefilter>> {
    if options.prefilter.is_empty() {
        return None;
    }
    let prevented = match plan.prefilter(options.prefilter) {
        Ok(prefilter) => return Some(Arc::new(prefilter)),
        Err(prevented) => prevented,
    };
    let rules: Vec<&str> =
        prevented.iter().filter_map(|rule| Some(policy.rules.get(*rule)?.id.as_str())).collect();
    let named = rules.iter().take(NAMED).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    let more = match rules.len().saturating_sub(NAMED) {
        0 => String::new(),
        count => format!(" and {}", counted(count, "other")),
    };
    let text = format!(
        "every record is parsed, because {} every record: {named}{more}; `keytrail rules --plan` says \
         what each rule needs",
        match rules.len() {
            1 => "1 rule needs".to_owned(),
            count => format!("{count} rules need"),
        }
    );
    notes.push(Note { id: "prefilter-unused", text });
    None
}

/// The note on records that were not parsed.
fn not_parsed(run: &RunResult) -> Option<Note> {
    let count = *run.accounting.formats.get(NOT_PARSED)?;
    let text = format!(
        "{} contain none of the texts that the rules need and were not parsed, so it is unknown \
         whether they are well formed, and incidents are joined without them",
        counted(count as usize, "record")
    );
    Some(Note { id: "not-parsed", text })
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn run_options(
    policy: &Policy,
    options: &ScanOptions,
    prefilter: Option<Arc<Prefilter>>,
) -> RunOptions {
    RunOptions {
        clock: options.clock,
        now: options.clock_given.then_some(options.clock),
        zone: policy.zone.clone(),
        jobs: options.jobs,
        redactor: Redactor { show_keys: options.show_keys },
        enricher: Enricher::new(policy),
        memory: options.memory,
        create: Temporary::create,
        emit: EmitMode::Findings,
        records: options.records,
        lineage: true,
        prefilter,
    }
}

fn report(
    policy: &Policy,
    options: &ScanOptions,
    run: RunResult,
    roots: Vec<String>,
    notes: Vec<Note>,
) -> Report {
    let mut notes = notes;
    notes.extend(not_parsed(&run));
    let facts = Facts {
        version: env!("CARGO_PKG_VERSION"),
        clock: options.clock,
        clock_given: options.clock_given,
        zone: policy.zone.name().to_owned(),
        policy: policy.hash.clone(),
        policy_changes: policy.changes.clone(),
        fail_on: options.fail_on,
        fail_on_uncertain: options.fail_on_uncertain,
        fail_on_extended: policy.fail_on_extended,
        min_severity: options.min_severity,
        max_skipped: options.max_skipped,
        strict: options.strict,
        expected: policy.expected.clone(),
        show_keys: options.show_keys,
        masks: BTreeMap::new(),
        masked: false,
    };
    let parts = ReportParts {
        facts,
        rules: &policy.rules,
        allowlist: &policy.allowlist,
        sources: &policy.sources,
        roots,
        allow_empty: options.allow_empty,
        baseline: options.baseline.as_ref(),
        new_only: options.new_only,
        incidents: IncidentOptions::new(policy.incidents.window, policy.incidents.shared_address),
        notes,
    };
    Report::build(parts, run)
}
