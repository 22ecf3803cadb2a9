//! Builds the report and the verdict from the results of a run.

use std::collections::{BTreeMap, BTreeSet};

use super::brief::BRIEF_CALLS;
use super::unapplied::{UnappliedRules, short_log, unapplied};
use super::{
    Baseline, Facts, GateCounts, LedgerEntry, LedgerState, Note, Report, RuleSummary, Standing,
    Verdict,
};
use crate::allow::{Allowlist, EntryState};
use crate::engine::{
    Coverage, LEADS_PER_RUN, MissingSamples, RunResult, SAMPLES_PER_RULE, SAMPLES_PER_RUN,
};
use crate::finding::{BaselineState, EnrichedKey, Finding, OpenFinding, VerdictRole};
use crate::incident::IncidentOptions;
use crate::record::{FileStatus, InputKind, shown_path};
use crate::rule::Rule;
use crate::source::Sources;
use crate::value::RecordKind;

/// The parts of a report besides the run itself.
#[derive(Debug)]
pub struct ReportParts<'p> {
    /// Facts of the run, including the thresholds.
    pub facts: Facts,
    /// Every rule in force.
    pub rules: &'p [Rule],
    /// The allowlist in force.
    pub allowlist: &'p Allowlist,
    /// The policy files that rules and entries come from.
    pub sources: &'p Sources,
    /// Input roots as they were named.
    pub roots: Vec<String>,
    /// Whether a run without any record or rule is acceptable.
    pub allow_empty: bool,
    /// The findings that are already known, if there is a baseline.
    pub baseline: Option<&'p Baseline>,
    /// Whether known findings are left out of the report.
    pub new_only: bool,
    /// What decides whether findings are joined to incidents.
    pub incidents: IncidentOptions,
    /// Notes from the input side.
    pub notes: Vec<Note>,
}

impl Report {
    /// Builds the report of a run.
    pub fn build(parts: ReportParts<'_>, run: RunResult) -> Report {
        let ReportParts {
            facts,
            rules,
            allowlist,
            sources,
            roots,
            allow_empty,
            baseline,
            new_only,
            incidents,
            mut notes,
        } = parts;
        let mut incomplete = incomplete(&run, rules, sources, &roots, allow_empty);
        let UnappliedRules { notes: notes_of_rules, blind, not_configured } =
            unapplied(&run, rules, &facts.expected);
        notes.extend(notes_of_rules);
        notes.extend(short_log(&run, rules));
        incomplete.extend(missing_inputs(&run, &facts));
        notes.extend(unshown(&run));
        notes.extend(unjoined(&run));
        notes.sort();
        let mut found = run.findings;
        let mut comparison = baseline.map(|baseline| baseline.compare(&mut found));
        if let Some(comparison) = comparison.as_mut().filter(|_| new_only) {
            comparison.new_only = true;
            found.retain(|finding| finding.baseline != Some(BaselineState::Unchanged));
        }
        let (mut findings, mut left_out) = (Vec::new(), BTreeMap::new());
        for finding in found {
            if finding.severity >= facts.min_severity {
                findings.push(finding);
            } else {
                let rule = &rules[finding.rule];
                let standing = Standing::of(&finding, rule.status, rule.pack);
                *left_out.entry(standing).or_default() += 1;
            }
        }
        link(&mut findings, rules);
        findings.sort_by(|a, b| {
            b.severity
                .cmp(&a.severity)
                .then_with(|| rules[a.rule].id.cmp(&rules[b.rule].id))
                .then_with(|| (&a.provider, &a.subject).cmp(&(&b.provider, &b.subject)))
                .then_with(|| a.fingerprint.cmp(&b.fingerprint))
        });
        let mut files = run.files;
        files.sort_by(|a, b| {
            (a.account.root, &a.account.path).cmp(&(b.account.root, &b.account.path))
        });
        let mut report = Report {
            rules: rules
                .iter()
                .enumerate()
                .map(|(index, rule)| summary(rule, not_configured.get(&index), sources))
                .collect(),
            ledger: ledger(allowlist, &run.coverage, rules, sources, &facts),
            accounting: run.accounting,
            baseline: comparison,
            left_out,
            blind,
            gate: GateCounts::default(),
            facts,
            roots,
            findings,
            incidents: Vec::new(),
            files,
            incomplete,
            notes,
            verdict: Verdict::Clean,
        };
        report.decide();
        report.redact(&run.confirmed_users);
        report.tell_keys_apart();
        report.join(&run.lineage, &incidents);
        report.shorten();
        report
    }
}

/// Adds the open findings of credential reports to the keys of events that they are about.
fn link(findings: &mut [Finding], rules: &[Rule]) {
    /// Keys of a finding that are looked up.
    const KEYS: usize = 20;
    let mut open: BTreeMap<String, BTreeSet<OpenFinding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.role != VerdictRole::Suppressed) {
        let rule = &rules[finding.rule];
        if rule.on != RecordKind::Key {
            continue;
        }
        for ak in finding.calls.iter().filter_map(|calls| calls.call.ak.as_ref()) {
            let (rule, fingerprint) = (rule.id.clone(), finding.fingerprint.clone());
            open.entry(ak.clone()).or_default().insert(OpenFinding { rule, fingerprint });
        }
    }
    if open.is_empty() {
        return;
    }
    for finding in findings.iter_mut().filter(|of| rules[of.rule].on == RecordKind::Event) {
        let keys: BTreeSet<&String> =
            finding.calls.iter().filter_map(|calls| calls.call.ak.as_ref()).collect();
        for ak in keys.into_iter().take(KEYS) {
            let Some(open) = open.get(ak) else { continue };
            let open = open.iter().cloned();
            match finding.keys.iter_mut().find(|enriched| enriched.ak == *ak) {
                Some(enriched) => enriched.open.extend(open),
                None => finding.keys.push(EnrichedKey::with_findings(ak, open.collect())),
            }
        }
    }
}

/// A note on identities whose makers were not retained.
fn unjoined(run: &RunResult) -> Option<Note> {
    run.lineage.is_full().then(|| Note {
        id: "lineage-limited",
        text: "the events make more identities than are retained, so an incident may be shown in \
               parts"
            .to_owned(),
    })
}

/// Notes on findings whose records could not be shown, and on memory that was exceeded.
fn unshown(run: &RunResult) -> Vec<Note> {
    let findings = |count: u64| match count {
        1 => "a record of 1 finding is".to_owned(),
        count => format!("records of {count} findings are"),
    };
    let MissingSamples { once, changed } = run.missing_samples;
    let mut notes = Vec::new();
    if run.unsampled > 0 {
        let text = match run.unsampled {
            1 => "1 finding shows".to_owned(),
            count => format!("{count} findings show"),
        };
        let text = format!(
            "{text} only the first record, because all findings of a rule together show at most \
             {SAMPLES_PER_RULE} more, and those of a run {SAMPLES_PER_RUN}; `keytrail query` lists \
             the records of a key, user or address"
        );
        notes.push(Note { id: "samples-limited", text });
    }
    if run.recordless > 0 {
        let text = match run.recordless {
            1 => "1 finding shows".to_owned(),
            count => format!("{count} findings show"),
        };
        let text = format!(
            "{text} no record and at most {BRIEF_CALLS} call records, because at most {LEADS_PER_RUN} \
             findings of a run show more; `keytrail query` lists the records of a key, user or address"
        );
        notes.push(Note { id: "records-limited", text });
    }
    let calls = |count: u64| match count {
        1 => "1 call that names an access key is".to_owned(),
        count => format!("{count} calls that name an access key are"),
    };
    if run.settled.ambiguous > 0 {
        let text = format!(
            "{} not joined with the user of the key, because events of the run name several users \
             of it",
            calls(run.settled.ambiguous)
        );
        notes.push(Note { id: "ambiguous-owner", text });
    }
    if run.settled.left_out > 0 {
        let text = format!(
            "{} not joined with the user of the key: the events of the run name the users of more \
             keys than are retained; a credential report would name all of them",
            calls(run.settled.left_out)
        );
        notes.push(Note { id: "owners-limited", text });
    }
    if once > 0 {
        let text = format!(
            "{} not shown: the matches of a correlation rule that a finding shows are known only \
             at the end, and standard input and pipes are read once",
            findings(once)
        );
        notes.push(Note { id: "records-not-shown", text });
    }
    if changed > 0 {
        let text =
            format!("{} not shown: the file was changed after it was read", findings(changed));
        notes.push(Note { id: "records-changed", text });
    }
    if let Some(error) = &run.spill {
        let text = format!(
            "matches beyond --memory stayed in memory, because they could not be written to a \
             temporary file: {error}"
        );
        notes.push(Note { id: "memory-exceeded", text });
    }
    notes
}

/// Why the run is incomplete if a kind of input that the project expects was not read.
fn missing_inputs(run: &RunResult, facts: &Facts) -> Vec<Note> {
    let missing = facts.expected.difference(&run.given);
    let note = |kind: &InputKind| Note {
        id: "expected-input",
        text: format!(
            "the project expects {} (`expect` in the project file), but no record of such an input was read",
            kind.noun()
        ),
    };
    missing.map(note).collect()
}

/// The reasons why "0 findings" does not mean clean, except those that thresholds decide.
fn incomplete(
    run: &RunResult,
    rules: &[Rule],
    sources: &Sources,
    roots: &[String],
    allow_empty: bool,
) -> Vec<Note> {
    let mut reasons = Vec::new();
    let mut because = |id, text| reasons.push(Note { id, text });
    for file in &run.files {
        let path = shown_path(roots, file.account.root, &file.account.path);
        match &file.account.status {
            FileStatus::Unclaimed { reason } => because(
                "unclaimed-input",
                format!(
                    "{path} is not read by any format: {reason} (`keytrail inspect` shows how \
                     files are recognised; `inputs` in the project file can set their format)"
                ),
            ),
            FileStatus::Unreadable { reason } => {
                because("unreadable-input", format!("{path} cannot be read: {reason}"));
            }
            FileStatus::Read | FileStatus::NotAnInput { .. } | FileStatus::Declined { .. } => {}
        }
        for fault in &file.account.faults {
            because("unread-values", format!("{path}: {fault}"));
        }
    }
    for error in &run.errors {
        let rule = rules.get(error.rule).map_or("?", |rule| rule.id.as_str());
        let example = error.examples.first().map(|(span, message, place)| {
            let file = sources.file(span.file);
            let (line, column) = file.line_col(span.start);
            format!(": {message} at {}:{line}:{column}, {place}", file.name)
        });
        let times = if error.count == 1 { "once".into() } else { format!("{} times", error.count) };
        because("rule-error", format!("rule {rule} failed {times}{}", example.unwrap_or_default()));
    }
    for (rule, count) in &run.accounting.unplaced {
        let matches = if *count == 1 { "1 match".into() } else { format!("{count} matches") };
        because(
            "unplaced-matches",
            format!("{matches} of rule {rule} have no time, so they are in no window"),
        );
    }
    if let Some(error) = &run.lost {
        let text = format!("matches in a temporary file could not be read back: {error}");
        because("lost-matches", text);
    }
    if !run.panics.is_empty() {
        because(
            "internal-error",
            format!(
                "evaluation failed inside Keytrail on the records at {}",
                run.panics.join(", ")
            ),
        );
    }
    if !allow_empty {
        if run.accounting.read == 0 {
            let text = "no record was found in any input; pass --allow-empty to accept this";
            because("no-records", text.into());
        }
        if rules.is_empty() {
            let text = "no rule is in force; pass --allow-empty to accept this";
            because("no-rules", text.into());
        }
    }
    reasons
}

fn summary(rule: &Rule, not_configured: Option<&String>, sources: &Sources) -> RuleSummary {
    let file = sources.file(rule.id_span.file);
    RuleSummary {
        id: rule.id.clone(),
        title: rule.title.clone(),
        description: rule.description.clone(),
        remediation: rule.remediation.clone(),
        false_positives: rule.false_positives.clone(),
        category: rule.category,
        severity: rule.severity,
        status: rule.status,
        pack: rule.pack,
        confidence: rule.confidence,
        on: rule.on,
        construct: rule.construct.kind(),
        measures: rule.construct.measures().iter().map(|of| of.name.clone()).collect(),
        tags: rule.tags.clone(),
        controls: rule.controls.clone(),
        references: rule.references.clone(),
        file: file.name.clone(),
        line: file.line_col(rule.id_span.start).0,
        builtin: rule.builtin,
        not_configured: rule.not_configured.as_ref().or(not_configured).cloned(),
    }
}

fn ledger(
    allowlist: &Allowlist,
    coverage: &[Coverage],
    rules: &[Rule],
    sources: &Sources,
    facts: &Facts,
) -> Vec<LedgerEntry> {
    let none = Coverage::default();
    let mut ledger: Vec<LedgerEntry> = allowlist
        .entries
        .iter()
        .enumerate()
        .map(|(index, entry)| {
            let covered = coverage.get(index).unwrap_or(&none);
            let names: BTreeSet<&str> =
                covered.rules.iter().map(|&rule| rules[rule].id.as_str()).collect();
            let file = sources.file(entry.span.file);
            LedgerEntry {
                id: entry.id.clone(),
                file: file.name.clone(),
                line: file.line_col(entry.span.start).0,
                reason: entry.reason.clone(),
                owner: entry.owner.clone(),
                ticket: entry.ticket.clone(),
                expires: entry.expires.clone(),
                state: match entry.state(facts.clock) {
                    EntryState::InForce => LedgerState::InForce,
                    EntryState::Expiring => LedgerState::Expiring,
                    EntryState::Expired => LedgerState::Expired,
                },
                matches: covered.matches,
                first_credit: covered.first_credit,
                rules: names.into_iter().map(str::to_owned).collect(),
                severities: covered.severities.clone(),
                first: covered.first,
                last: covered.last,
            }
        })
        .collect();
    ledger.sort_by(|a, b| a.id.cmp(&b.id));
    ledger
}
