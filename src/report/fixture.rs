//! A report that covers many cases, shared by the tests of all outputs.

mod findings;
mod planted;
mod policy_changes;
mod text;

use std::collections::BTreeMap;

use self::findings::findings;
use self::policy_changes::changes;
use self::text::{strings, time};
use super::{
    Accounting, Facts, FileReport, GateCounts, LedgerEntry, LedgerState, Note, Report, RuleSummary,
    Verdict,
};
use crate::incident::{IncidentOptions, Lineage};
use crate::record::{FileAccount, FileStatus, InputKinds, Skip, SkipReason};
use crate::rule::{Category, Confidence, FailOn, Pack, Severity, Status};
use crate::value::{Period, RecordKind, Time};

pub(crate) use self::planted::{planted, planted_paths};
pub(crate) use self::text::{HOSTILE, LONG_KEY, SHORT_KEY};

fn rule(id: &str, title: &str, severity: Severity) -> RuleSummary {
    RuleSummary {
        id: id.into(),
        title: title.into(),
        description: format!("{title}. Such calls are rare in normal use.\n"),
        remediation: "Ask the owner of the key.\nDisable it if nobody answers.\n".into(),
        false_positives: Vec::new(),
        category: Category::Abuse,
        severity,
        status: Status::Stable,
        pack: Pack::Core,
        confidence: Confidence::High,
        on: RecordKind::Event,
        construct: None,
        measures: Vec::new(),
        tags: Vec::new(),
        controls: Vec::new(),
        references: Vec::new(),
        file: format!("builtin:rules/detections/{id}.yaml"),
        line: 3,
        builtin: true,
        not_configured: None,
    }
}

fn rules() -> Vec<RuleSummary> {
    vec![
        RuleSummary {
            category: Category::Lifecycle,
            controls: strings(&["cis-aws-1.13"]),
            false_positives: strings(&["Key rotation that your platform team announced"]),
            ..rule("create-access-key", "An access key was created", Severity::High)
        },
        RuleSummary {
            file: "policy/rules/new-region.yaml".into(),
            builtin: false,
            status: Status::Experimental,
            ..rule("new-region", "Calls from an unusual region", Severity::High)
        },
        rule(
            "non-console-high-risk-api",
            "High-risk API called outside the console",
            Severity::Medium,
        ),
        RuleSummary {
            tags: strings(&["attack.t1078.004", "attack.privilege-escalation", "cloud"]),
            controls: strings(&["cis-aws-1.4"]),
            references: strings(&[
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html",
            ]),
            remediation: "Disable the key and move the workload to a role that carries only what \
                it needs; a root key can be neither restricted by policy nor tied to an address.\n\
                Then look at what it did.\n"
                .into(),
            ..rule("root-key-high-risk-api", "Root key calls a high-risk API", Severity::Critical)
        },
        RuleSummary {
            not_configured: Some("list `automation_agents` is empty".into()),
            ..rule("tool-high-risk-api", "High-risk API in an automation tool", Severity::Info)
        },
    ]
}

fn entry(id: &str, state: LedgerState, matches: u64) -> LedgerEntry {
    LedgerEntry {
        id: id.into(),
        file: "policy/allowlists/platform.yaml".into(),
        line: 4,
        reason: "CI provisions preview environments".into(),
        owner: "platform-team".into(),
        ticket: Some("SEC-123".into()),
        expires: "2027-03-31".into(),
        state,
        matches,
        first_credit: matches,
        rules: if matches > 0 { strings(&["non-console-high-risk-api"]) } else { Vec::new() },
        severities: if matches > 0 { [(Severity::Low, matches)].into() } else { BTreeMap::new() },
        first: if matches > 0 { time("2024-08-01T09:00:17Z") } else { None },
        last: if matches > 0 { time("2024-08-01T17:30:00.25Z") } else { None },
    }
}

fn ledger() -> Vec<LedgerEntry> {
    vec![
        entry("ci-runner-egress", LedgerState::InForce, 4),
        LedgerEntry {
            expires: "2024-08-12".into(),
            ..entry("contractor", LedgerState::Expiring, 0)
        },
        LedgerEntry {
            expires: "2024-07-31".into(),
            ..entry("old-laptop", LedgerState::Expired, 0)
        },
        entry("platform", LedgerState::InForce, 1),
        entry("visitor", LedgerState::InForce, 0),
    ]
}

fn file(root: usize, path: &str, status: FileStatus, evaluated: u64) -> FileReport {
    let read = status == FileStatus::Read;
    FileReport {
        gaps: BTreeMap::new(),
        account: FileAccount {
            root,
            path: path.into(),
            status,
            container: if read { "records-object" } else { "" },
            compression: path.ends_with(".gz").then_some("gzip"),
            bytes: 1_000,
            decompressed: if read { 20_000 } else { 0 },
            sha256: read.then_some([0xab; 32]),
            ..FileAccount::default()
        },
        formats: if evaluated > 0 { [("cloudtrail", evaluated)].into() } else { BTreeMap::new() },
        skipped: BTreeMap::new(),
        skips: Vec::new(),
    }
}

fn files() -> Vec<FileReport> {
    let mut cut_off = file(1, "audit log #1.ndjson", FileStatus::Read, 20);
    cut_off.skipped = [("truncated", 1), ("syntax", 1)].into();
    cut_off.skips = vec![
        Skip {
            offset: 4_021,
            line: 12,
            ordinal: 11,
            reason: SkipReason::Syntax,
            detail: format!("expected `,`, but found `{}`", HOSTILE[0]),
        },
        Skip {
            offset: 9_000,
            line: 22,
            ordinal: 21,
            reason: SkipReason::Truncated,
            detail: "the file ends inside the record".into(),
        },
    ];
    vec![
        file(0, "2024/08/01/trail one.json.gz", FileStatus::Read, 1_216),
        file(
            0,
            "LICENSE",
            FileStatus::NotAnInput { reason: "text that no format claims".into() },
            0,
        ),
        file(0, "digest.json", FileStatus::Declined { reason: "a CloudTrail digest".into() }, 0),
        cut_off,
    ]
}

/// A report with several severities, suppressed and hostile findings, and an incomplete run.
pub(crate) fn fixture() -> Report {
    let mut report = Report {
        facts: Facts {
            version: "0.1.0",
            clock: Time::parse("2024-08-05T00:00:00Z").expect("a time of the fixture"),
            clock_given: true,
            period: Period { since: None, until: Time::parse("2024-08-05T00:00:00Z") },
            zone: "UTC".into(),
            policy: "cd".repeat(32),
            policy_changes: changes(LONG_KEY, HOSTILE[0]),
            fail_on: FailOn::High,
            fail_on_uncertain: false,
            fail_on_extended: false,
            min_severity: Severity::Info,
            max_skipped: 0,
            strict: false,
            expected: InputKinds::new(),
            show_keys: false,
            masks: BTreeMap::new(),
            masked: false,
        },
        rules: rules(),
        roots: strings(&["logs", "logs-2"]),
        findings: findings(),
        incidents: Vec::new(),
        baseline: None,
        left_out: BTreeMap::new(),
        blind: 0,
        gate: GateCounts { gating: 3, experimental: 1, ..GateCounts::default() },
        ledger: ledger(),
        files: files(),
        accounting: Accounting {
            gapped: 0,
            gaps: BTreeMap::new(),
            unplaced: BTreeMap::new(),
            files_read: 2,
            files_other: 2,
            bytes: 2_000,
            decompressed: 40_000,
            read: 1_238,
            evaluated: 1_236,
            skipped: 2,
            creds: 0,
            keys: 0,
            formats: [("cloudtrail", 1_236)].into(),
            skipped_by_reason: [("truncated", 1), ("syntax", 1)].into(),
            matches: 1_228,
            duplicates: 2,
            suppressed: 7,
            rule_errors: [("new-region".to_owned(), 2)].into(),
        },
        incomplete: vec![
            Note {
                id: "skipped-records",
                text: "2 records were skipped, more than the 0 that --max-skipped allows".into(),
            },
            Note { id: "rule-error", text: "rule `new-region` failed on 2 records".into() },
        ],
        notes: vec![Note {
            id: "ambiguous-time",
            text: format!("3 records of `{}` have no zone", HOSTILE[2]),
        }],
        verdict: Verdict::Incomplete,
    };
    report.join(&Lineage::default(), &IncidentOptions::default());
    report
}

/// The report of a run that found nothing in one file.
pub(crate) fn clean() -> Report {
    let report = fixture();
    let file = report.files[0].clone();
    Report {
        roots: vec!["logs".into()],
        findings: Vec::new(),
        incidents: Vec::new(),
        ledger: Vec::new(),
        accounting: Accounting {
            files_read: 1,
            files_other: 0,
            bytes: 1_000,
            decompressed: 20_000,
            read: 1_216,
            evaluated: 1_216,
            formats: [("cloudtrail", 1_216)].into(),
            ..Accounting::default()
        },
        files: vec![file],
        incomplete: Vec::new(),
        notes: Vec::new(),
        gate: GateCounts::default(),
        verdict: Verdict::Clean,
        ..report
    }
}
