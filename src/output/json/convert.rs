//! Converts a report to version 1 of its format and masks access keys.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::known::known_finding;
use super::values::{at, location, texts};
use super::word::Word;
use super::{incidents, policy, v1};
use crate::finding;
use crate::record::{FieldGap, FileStatus};
use crate::report::{self, Facts, Verdict};

pub(super) fn report(report: &report::Report) -> v1::Report<'_> {
    v1::Report {
        findings: report.findings.iter().map(|finding| self::finding(report, finding)).collect(),
        incidents: report
            .incidents
            .iter()
            .map(|incident| incidents::incident(report, incident))
            .collect(),
        ..frame(report)
    }
}

/// The report without findings and incidents.
pub(super) fn frame(report: &report::Report) -> v1::Report<'_> {
    let facts = &report.facts;
    v1::Report {
        schema: borrowed(v1::SCHEMA),
        tool: tool(facts),
        run: run(facts),
        verdict: verdict(report),
        rules: report.rules.iter().map(|rule| self::rule(facts, rule)).collect(),
        roots: report.roots.iter().map(|text| borrowed(text)).collect(),
        findings: Vec::new(),
        baseline: report.baseline.as_ref().map(|of| v1::Comparison {
            new: of.new,
            unchanged: of.unchanged,
            new_only: of.new_only,
            absent: of.absent.iter().map(known_finding).collect(),
        }),
        incidents: Vec::new(),
        ledger: report.ledger.iter().map(|entry| ledger_entry(facts, entry)).collect(),
        files: report.files.iter().map(|file| self::file(facts, file)).collect(),
        accounting: accounting(&report.accounting),
        incomplete: notes(facts, &report.incomplete),
        notes: notes(facts, &report.notes),
    }
}

pub(super) fn tool(facts: &Facts) -> v1::Tool<'_> {
    v1::Tool { name: borrowed("keytrail"), version: borrowed(facts.version) }
}

fn borrowed(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn maybe<'a>(facts: &Facts, text: Option<&'a String>) -> Option<Cow<'a, str>> {
    text.map(|text| facts.text(text))
}

fn counts<K: AsRef<str>>(counts: &BTreeMap<K, u64>) -> BTreeMap<Cow<'_, str>, u64> {
    counts.iter().map(|(name, count)| (borrowed(name.as_ref()), *count)).collect()
}

pub(super) fn run(facts: &Facts) -> v1::Run<'_> {
    v1::Run {
        clock: facts.clock.to_string(),
        clock_given: facts.clock_given,
        zone: borrowed(&facts.zone),
        policy: borrowed(&facts.policy),
        policy_changes: policy::changes(facts),
        fail_on: Word(facts.fail_on),
        fail_on_uncertain: facts.fail_on_uncertain,
        fail_on_extended: facts.fail_on_extended,
        min_severity: Word(facts.min_severity),
        max_skipped: facts.max_skipped,
        strict: facts.strict,
        expected: facts.expected.iter().map(|kind| Word(*kind)).collect(),
        show_keys: facts.show_keys,
    }
}

pub(super) fn verdict(report: &report::Report) -> v1::Verdict<'_> {
    v1::Verdict {
        outcome: borrowed(report.verdict.name()),
        exit_code: report.exit_code(),
        complete: report.verdict != Verdict::Incomplete,
        gating: report.gate.gating,
        uncertain: report.gate.uncertain,
        experimental: report.gate.experimental,
        extended: report.gate.extended,
        unchanged: report.gate.unchanged,
        suppressed: report.suppressed_findings().count() as u64,
        below_min_severity: report.below_min_severity(),
        left_out: report.left_out.iter().map(|(of, count)| left_out(of, *count)).collect(),
        blind_rules: report.blind,
        by_severity: report
            .by_severity()
            .into_iter()
            .map(|(s, n)| (borrowed(s.name()), n))
            .collect(),
    }
}

fn left_out(of: &report::Standing, count: u64) -> v1::LeftOut {
    v1::LeftOut {
        severity: Word(of.severity),
        status: Word(of.status),
        pack: Word(of.pack),
        uncertain: of.uncertain,
        suppressed: of.suppressed,
        unchanged: of.unchanged,
        count,
    }
}

fn rule<'a>(facts: &Facts, rule: &'a report::RuleSummary) -> v1::Rule<'a> {
    v1::Rule {
        id: borrowed(&rule.id),
        title: facts.text(&rule.title),
        description: facts.text(&rule.description),
        remediation: facts.text(&rule.remediation),
        false_positives: texts(facts, &rule.false_positives),
        category: Word(rule.category),
        severity: Word(rule.severity),
        status: Word(rule.status),
        pack: Word(rule.pack),
        confidence: Word(rule.confidence),
        on: borrowed(rule.on.name()),
        construct: rule.construct.map(Word),
        measures: rule.measures.iter().map(|name| borrowed(name)).collect(),
        tags: texts(facts, &rule.tags),
        controls: texts(facts, &rule.controls),
        references: texts(facts, &rule.references),
        file: borrowed(&rule.file),
        line: rule.line,
        builtin: rule.builtin,
        not_configured: maybe(facts, rule.not_configured.as_ref()),
    }
}

pub(super) fn finding<'a>(
    report: &'a report::Report,
    finding: &'a finding::Finding,
) -> v1::Finding<'a> {
    let facts = &report.facts;
    v1::Finding {
        fingerprint: borrowed(&finding.fingerprint),
        rule: report.rule_of(finding).map_or(Cow::Borrowed(""), |rule| borrowed(&rule.id)),
        severity: Word(finding.severity),
        role: Word(finding.role),
        baseline: finding.baseline.map(Word),
        brief: finding.brief,
        incident: borrowed(&finding.incident),
        message: facts.text(&finding.message),
        provider: facts.text(&finding.provider),
        subject: finding
            .subject
            .iter()
            .map(|(by, value)| v1::SubjectPart {
                by: borrowed(by),
                value: maybe(facts, value.as_ref()),
            })
            .collect(),
        count: finding.count,
        ok: finding.ok,
        failed: finding.failed,
        suppressed: finding.suppressed,
        first: at(finding.first),
        last: at(finding.last),
        sample: sample(facts, &finding.sample),
        occurrences: finding
            .occurrences
            .iter()
            .map(|occurrence| v1::Occurrence {
                day: occurrence.day.as_ref().map(|text| borrowed(text)),
                count: occurrence.count,
                first: at(occurrence.first),
                last: at(occurrence.last),
                measures: occurrence
                    .measures
                    .iter()
                    .map(|(name, value)| (borrowed(name), maybe(facts, value.as_ref())))
                    .collect(),
                uncertain: occurrence.uncertain,
            })
            .collect(),
        uncertain: finding.uncertain,
        calls: finding.calls.iter().map(|row| calls(facts, row)).collect(),
        identities: finding.identities.iter().map(|of| identity(facts, of)).collect(),
        accounts: finding.accounts.iter().map(|enriched| account(facts, enriched)).collect(),
        sources: finding.sources.iter().map(|enriched| source(facts, enriched)).collect(),
        keys: finding.keys.iter().map(|enriched| key(facts, enriched)).collect(),
        others: finding.others.as_ref().map(|of| others(facts, of)),
        suppression: finding.suppression.as_ref().map(|suppression| v1::Suppression {
            entry: borrowed(&suppression.entry),
            entries: suppression.entries.iter().map(|text| borrowed(text)).collect(),
            reason: facts.text(&suppression.reason),
        }),
    }
}

fn sample<'a>(facts: &Facts, sample: &'a finding::Sample) -> v1::Sample<'a> {
    v1::Sample {
        time: at(sample.time),
        id: maybe(facts, sample.id.as_ref()),
        request_id: maybe(facts, sample.request_id.as_ref()),
        name: facts.text(&sample.name),
        text: facts.text(&sample.text),
        request: maybe(facts, sample.request.as_ref()),
        location: location(facts, &sample.location),
    }
}

/// A remark, or `-` if there is none.
fn remark<'a>(facts: &Facts, remark: Option<&'a String>) -> Cow<'a, str> {
    remark.map_or(Cow::Borrowed("-"), |remark| facts.text(remark))
}

fn identity<'a>(facts: &Facts, of: &'a finding::Identity) -> v1::Identity<'a> {
    v1::Identity {
        user_type: maybe(facts, of.user_type.as_ref()),
        user: maybe(facts, of.user.as_ref()),
        account: maybe(facts, of.account.as_ref()),
    }
}

fn account<'a>(facts: &Facts, enriched: &'a finding::EnrichedAccount) -> v1::Account<'a> {
    v1::Account {
        account: facts.text(&enriched.account),
        name: maybe(facts, enriched.name.as_ref()),
        env: maybe(facts, enriched.env.as_ref()),
        owner: maybe(facts, enriched.owner.as_ref()),
    }
}

fn source<'a>(facts: &Facts, enriched: &'a finding::EnrichedSource) -> v1::Source<'a> {
    v1::Source {
        source: facts.text(&enriched.source),
        ip_type: enriched.ip_type.map(borrowed),
        remark: remark(facts, enriched.remark.as_ref()),
        asset: enriched.asset.as_ref().map(|asset| v1::Asset {
            id: maybe(facts, asset.id.as_ref()),
            name: maybe(facts, asset.name.as_ref()),
        }),
        locations: texts(facts, &enriched.locations),
    }
}

fn key<'a>(facts: &Facts, enriched: &'a finding::EnrichedKey) -> v1::Key<'a> {
    let open = enriched.open.iter().map(|of| v1::OpenFinding {
        rule: borrowed(&of.rule),
        fingerprint: borrowed(&of.fingerprint),
    });
    v1::Key {
        ak: facts.key(&enriched.ak),
        remark: remark(facts, enriched.remark.as_ref()),
        policies: enriched.policies.iter().map(|policy| facts.text(policy)).collect(),
        policy_count: enriched.policy_count,
        document: maybe(facts, enriched.document.as_ref()),
        open: open.collect(),
    }
}

fn others<'a>(facts: &Facts, left: &'a finding::LeftOut) -> v1::Others<'a> {
    let operations = left.operations.iter();
    v1::Others {
        rows: left.rows,
        count: left.count,
        operations: operations
            .map(|(name, count)| v1::OperationCount { name: facts.text(name), count: *count })
            .collect(),
    }
}

fn calls<'a>(facts: &Facts, calls: &'a finding::Calls) -> v1::Calls<'a> {
    let call = &calls.call;
    v1::Calls {
        ak: call.ak.as_ref().map(|ak| facts.key(ak)),
        source: maybe(facts, call.source.as_ref()),
        method: maybe(facts, call.method.as_ref()),
        service: maybe(facts, call.service.as_ref()),
        api: maybe(facts, call.api.as_ref()),
        user: maybe(facts, call.user.as_ref()),
        user_type: maybe(facts, call.user_type.as_ref()),
        account: maybe(facts, call.account.as_ref()),
        caller_account: maybe(facts, call.caller_account.as_ref()),
        location: maybe(facts, call.location.as_ref()),
        ok: call.ok,
        day: calls.day.as_ref().map(|text| borrowed(text)),
        days: calls.days,
        count: calls.count,
        suppressed: calls.suppressed,
        first: at(calls.first),
        last: at(calls.last),
        targets: calls.targets.iter().map(|of| incidents::target(facts, of)).collect(),
        samples: calls.samples.iter().map(|shown| sample(facts, shown)).collect(),
    }
}

fn ledger_entry<'a>(facts: &Facts, entry: &'a report::LedgerEntry) -> v1::LedgerEntry<'a> {
    v1::LedgerEntry {
        id: borrowed(&entry.id),
        file: borrowed(&entry.file),
        line: entry.line,
        reason: facts.text(&entry.reason),
        owner: facts.text(&entry.owner),
        ticket: maybe(facts, entry.ticket.as_ref()),
        expires: borrowed(&entry.expires),
        state: borrowed(entry.state.name()),
        matches: entry.matches,
        first_credit: entry.first_credit,
        rules: entry.rules.iter().map(|text| borrowed(text)).collect(),
        severities: entry.severities.iter().map(|(s, n)| (borrowed(s.name()), *n)).collect(),
        first: at(entry.first),
        last: at(entry.last),
    }
}

fn file<'a>(facts: &Facts, file: &'a report::FileReport) -> v1::File<'a> {
    let account = &file.account;
    let (status, reason) = match &account.status {
        FileStatus::Read => ("read", None),
        FileStatus::NotAnInput { reason } => ("not-an-input", Some(reason)),
        FileStatus::Declined { reason } => ("declined", Some(reason)),
        FileStatus::Unclaimed { reason } => ("unclaimed", Some(reason)),
        FileStatus::Unreadable { reason } => ("unreadable", Some(reason)),
    };
    v1::File {
        root: account.root,
        path: borrowed(&account.path),
        status: borrowed(status),
        reason: maybe(facts, reason),
        container: borrowed(account.container),
        compression: account.compression.map(borrowed),
        bytes: account.bytes,
        decompressed: account.decompressed,
        sha256: account.sha256.as_ref().map(|hash| hex(hash)),
        formats: counts(&file.formats),
        skipped: counts(&file.skipped),
        skips: file
            .skips
            .iter()
            .map(|skip| v1::Skip {
                offset: skip.offset,
                line: skip.line,
                ordinal: skip.ordinal,
                reason: borrowed(skip.reason.name()),
                detail: facts.text(&skip.detail),
            })
            .collect(),
        gaps: gaps(&file.gaps),
        notes: texts(facts, &account.notes),
    }
}

fn gaps(gaps: &BTreeMap<FieldGap, u64>) -> Vec<v1::Gap<'static>> {
    let gap = |(gap, records): (&FieldGap, &u64)| v1::Gap {
        field: Cow::Owned(gap.field.field().path()),
        source: borrowed(gap.source),
        defect: borrowed(gap.defect.name()),
        records: *records,
    };
    gaps.iter().map(gap).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

// The engine and the schema both list these fields. Neither list is derived from the other, because
// the schema is a published version with its own types and descriptions, which a change of the engine
// must not change. A counter that is added to the engine is a compile error here until the schema has
// a field for it.
pub(super) fn accounting(accounting: &report::Accounting) -> v1::Accounting<'_> {
    let report::Accounting {
        files_read,
        files_other,
        bytes,
        decompressed,
        read,
        evaluated,
        skipped,
        gapped,
        creds,
        keys,
        formats,
        skipped_by_reason,
        gaps: by_gap,
        matches,
        duplicates,
        suppressed,
        unplaced,
        rule_errors,
    } = accounting;
    v1::Accounting {
        files_read: *files_read,
        files_other: *files_other,
        bytes: *bytes,
        decompressed: *decompressed,
        read: *read,
        evaluated: *evaluated,
        skipped: *skipped,
        gapped: *gapped,
        creds: *creds,
        keys: *keys,
        formats: counts(formats),
        skipped_by_reason: counts(skipped_by_reason),
        gaps: gaps(by_gap),
        matches: *matches,
        duplicates: *duplicates,
        suppressed: *suppressed,
        unplaced: counts(unplaced),
        rule_errors: counts(rule_errors),
    }
}

pub(super) fn notes<'a>(facts: &Facts, notes: &'a [report::Note]) -> Vec<v1::Note<'a>> {
    notes
        .iter()
        .map(|note| v1::Note { id: borrowed(note.id), text: facts.text(&note.text) })
        .collect()
}
