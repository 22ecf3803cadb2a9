//! Restores a report from version 1 of its format: the inverse of `convert`.
//!
//! Every output of a restored report has the same bytes as the output of the report that was
//! written. What the format does not contain, no output shows.

mod files;
mod findings;
mod incidents;
mod policy;
mod values;

use std::collections::BTreeMap;

use self::values::{Restored, all, instant, maybe, name, texts, time, word};
use super::known::known;
use super::v1;
use super::word::Word;
use crate::report::{
    Comparison, Facts, GateCounts, LedgerEntry, LedgerState, Note, Report, RuleSummary, Standing,
    Verdict,
};
use crate::rule::Severity;
use crate::value::{Period, RecordKind};

/// Restores a report.
pub(super) fn report(report: v1::Report<'_>) -> Restored<Report> {
    let facts = facts(report.run, &report.tool)?;
    let rules: Vec<RuleSummary> = all(report.rules, rule)?;
    let by_id: BTreeMap<&str, usize> = rules.iter().map(|of| of.id.as_str()).zip(0..).collect();
    let findings = all(report.findings, |of| findings::finding(of, &rules, &by_id))?;
    let by_fingerprint: BTreeMap<&str, usize> =
        findings.iter().map(|of| of.fingerprint.as_str()).zip(0..).collect();
    let incidents = all(report.incidents, |of| incidents::incident(of, &by_fingerprint, &by_id))?;
    let verdict = report.verdict;
    let left_out: BTreeMap<Standing, u64> = verdict.left_out.into_iter().map(standing).collect();
    if left_out.values().sum::<u64>() != verdict.below_min_severity {
        return Err("`verdict.left_out` does not describe the findings that `below_min_severity` \
                    counts; an earlier release wrote it, so scan again"
            .to_owned());
    }
    Ok(Report {
        gate: GateCounts {
            gating: verdict.gating,
            uncertain: verdict.uncertain,
            experimental: verdict.experimental,
            extended: verdict.extended,
            processed: verdict.processed,
            ignored: verdict.ignored,
            unchanged: verdict.unchanged,
        },
        verdict: word::<Verdict>(&verdict.outcome, "verdict.outcome")?,
        baseline: report.baseline.map(|of| Comparison {
            new: of.new,
            unchanged: of.unchanged,
            new_only: of.new_only,
            absent: of.absent.into_iter().map(known).collect(),
        }),
        left_out,
        blind: verdict.blind_rules,
        incidents,
        ledger: all(report.ledger, ledger_entry)?,
        files: all(report.files, files::file)?,
        accounting: files::accounting(report.accounting)?,
        incomplete: all(report.incomplete, note)?,
        notes: all(report.notes, note)?,
        roots: texts(report.roots),
        facts,
        findings,
        rules,
    })
}

fn facts(run: v1::Run<'_>, tool: &v1::Tool<'_>) -> Restored<Facts> {
    Ok(Facts {
        version: name(&tool.version)?,
        clock: instant(&run.clock)?,
        clock_given: run.clock_given,
        period: Period { since: time(run.since)?, until: time(run.until)? },
        zone: run.zone.into_owned(),
        policy: run.policy.into_owned(),
        policy_changes: policy::changes(run.policy_changes)?,
        fail_on: run.fail_on.0,
        fail_on_uncertain: run.fail_on_uncertain,
        fail_on_extended: run.fail_on_extended,
        min_severity: run.min_severity.0,
        max_skipped: run.max_skipped,
        strict: run.strict,
        expected: run.expected.into_iter().map(|Word(kind)| kind).collect(),
        show_keys: run.show_keys,
        masks: BTreeMap::new(),
        masked: !run.show_keys,
    })
}

fn rule(of: v1::Rule<'_>) -> Restored<RuleSummary> {
    Ok(RuleSummary {
        on: RecordKind::parse(&of.on).ok_or_else(|| {
            format!("rule {} is on `{}`, which is no kind of record", of.id, of.on)
        })?,
        id: of.id.into_owned(),
        title: of.title.into_owned(),
        description: of.description.into_owned(),
        remediation: of.remediation.into_owned(),
        false_positives: texts(of.false_positives),
        category: of.category.0,
        severity: of.severity.0,
        status: of.status.0,
        pack: of.pack.0,
        confidence: of.confidence.0,
        construct: of.construct.map(|Word(kind)| kind),
        measures: texts(of.measures),
        tags: texts(of.tags),
        controls: texts(of.controls),
        references: texts(of.references),
        file: of.file.into_owned(),
        line: of.line,
        builtin: of.builtin,
        not_configured: maybe(of.not_configured),
    })
}

fn standing(of: v1::LeftOut) -> (Standing, u64) {
    let standing = Standing {
        severity: of.severity.0,
        status: of.status.0,
        pack: of.pack.0,
        uncertain: of.uncertain,
        suppressed: of.suppressed,
        unchanged: of.unchanged,
        triage: of.triage.map(|Word(state)| state),
    };
    (standing, of.count)
}

fn ledger_entry(of: v1::LedgerEntry<'_>) -> Restored<LedgerEntry> {
    let severities = of.severities.into_iter();
    Ok(LedgerEntry {
        id: of.id.into_owned(),
        file: of.file.into_owned(),
        line: of.line,
        reason: of.reason.into_owned(),
        owner: of.owner.into_owned(),
        ticket: maybe(of.ticket),
        expires: of.expires.into_owned(),
        state: word::<LedgerState>(&of.state, "ledger.state")?,
        matches: of.matches,
        first_credit: of.first_credit,
        rules: texts(of.rules),
        severities: severities
            .map(|(severity, count)| Ok((word::<Severity>(&severity, "ledger.severities")?, count)))
            .collect::<Restored<_>>()?,
        first: time(of.first)?,
        last: time(of.last)?,
    })
}

fn note(of: v1::Note<'_>) -> Restored<Note> {
    Ok(Note { id: name(&of.id)?, text: of.text.into_owned() })
}
