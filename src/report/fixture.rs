//! A report that covers many cases, shared by the tests of all outputs.

use std::collections::BTreeMap;

use super::Verdict;
use super::fixture_policy::changes;
use super::{
    Accounting, Facts, FailOn, FileReport, GateCounts, LedgerEntry, LedgerState, Note, Report,
    RuleSummary,
};
use crate::finding::{
    Asset, CallRecord, Calls, EnrichedAccount, EnrichedKey, EnrichedSource, Finding, Identity,
    LeftOut, Location, Occurrence, OpenFinding, Sample, Suppression, VerdictRole,
};
use crate::record::{FileAccount, FileStatus, InputKinds, Skip, SkipReason};
use crate::rule::{Category, Severity, Status};
use crate::value::{RecordKind, Time};

/// Strings that an attacker who controls a user agent would want to be printed.
pub(crate) const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;pwned\u{7}",
    "\u{202e}gnp.exe\u{2066}",
    "::error file=a.rs::pwned",
    "\n::add-mask::x",
    "##[error]pwned",
    "%0A::stop-commands::x",
    "[x](javascript:1)",
    "<script>alert(1)</script>",
    "=HYPERLINK(\"http://x\")",
    "a\nb\r\nc\td",
    "]]>",
    "```\n@everyone #1",
    "\u{feff}\u{200b}\u{e0041}\u{9b}31m",
    "\u{2028}\u{2029}\u{0}",
];

/// An access key as long as those of AWS.
pub(crate) const SHORT_KEY: &str = "AKIAEXAMPLE000000001";
/// An access key as long as those of Tencent Cloud.
pub(crate) const LONG_KEY: &str = "AKIDexample0000000000000000000000001";

pub(crate) fn time(text: &str) -> Option<Time> {
    Some(Time::parse(text).expect("a time of the fixture"))
}

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|&item| item.to_owned()).collect()
}

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
        on: RecordKind::Event,
        construct: None,
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

fn location(path: &str, line: u64, ordinal: u64) -> Location {
    Location {
        root: 0,
        path: path.into(),
        line,
        column: 12 + 900 * ordinal,
        end_line: line,
        end_column: 12 + 900 * ordinal + 880,
        offset: 11 + 900 * ordinal,
        length: 880,
        pointer: format!("/Records/{ordinal}"),
    }
}

fn sample(at: &str, ordinal: u64, text: &str) -> Sample {
    let id = format!("00000000-0000-4000-8000-{ordinal:012}");
    Sample {
        time: time(at),
        name: format!("aws/cloudtrail/123456789012/us-east-1/{id}"),
        id: Some(id),
        request_id: None,
        text: text.into(),
        request: Some(r#"{"userName":"mallory"}"#.into()),
        location: location("2024/08/01/trail one.json.gz", 1, ordinal),
    }
}

fn known_account(account: &str, name: &str, owner: &str) -> EnrichedAccount {
    EnrichedAccount {
        account: account.into(),
        name: Some(name.into()),
        env: Some("prod".into()),
        owner: Some(owner.into()),
    }
}

fn identity(user: &str, account: &str) -> Identity {
    Identity {
        user_type: Some("user".into()),
        user: Some(user.into()),
        account: Some(account.into()),
    }
}

fn known_source(source: &str, remark: &str, asset: &str) -> EnrichedSource {
    EnrichedSource {
        source: source.into(),
        ip_type: Some("account_noted"),
        remark: Some(remark.into()),
        asset: Some(Asset { id: Some(asset.into()), name: None }),
        locations: strings(&[remark]),
    }
}

fn known_key(ak: &str, remark: &str, policy: &str) -> EnrichedKey {
    let of = |rule: &str| OpenFinding { rule: rule.into(), fingerprint: "0123456789abcdef".into() };
    EnrichedKey {
        ak: ak.into(),
        remark: Some(remark.into()),
        policies: strings(&["ReadOnlyAccess", policy]),
        policy_count: Some(7),
        document: Some(format!(r#"{{"action":{policy:?}}}"#)),
        open: vec![of("old-key-in-use"), of("two-active-keys")],
    }
}

struct Row<'a>(u64, &'a str, &'a str, &'a str, &'a str, bool, &'a str);

fn calls(row: &Row<'_>, ak: &str, ordinal: u64) -> Calls {
    let &Row(count, source, method, service_api, user, ok, day) = row;
    let (service, api) = service_api.split_once('.').expect("service.api");
    let at = format!("{day}T09:00:{ordinal:02}Z");
    Calls {
        call: CallRecord {
            sign_in: false,
            user_type: Some("user".into()),
            account: Some("123456789012".into()),
            caller_account: None,
            location: None,
            ak: Some(ak.into()),
            source: Some(source.into()),
            method: Some(method.into()),
            service: Some(service.into()),
            api: Some(api.into()),
            user: Some(user.into()),
            ok: Some(ok),
        },
        count,
        suppressed: 0,
        day: Some(day.into()),
        days: 1,
        first: time(&at),
        last: time(&format!("{day}T17:30:00.25Z")),
        samples: vec![sample(
            &at,
            ordinal,
            &format!(r#"{{"eventName":"{api}","sourceIPAddress":"{source}"}}"#),
        )],
    }
}

/// A finding with these rows of evidence; its counts are computed from them.
fn finding(rule: usize, severity: Severity, ak: &str, message: &str, rows: &[Row<'_>]) -> Finding {
    let calls: Vec<Calls> =
        rows.iter().enumerate().map(|(i, row)| calls(row, ak, 17 + i as u64)).collect();
    let sum = |wanted: Option<bool>| {
        calls.iter().filter(|c| wanted.is_none() || c.call.ok == wanted).map(|c| c.count).sum()
    };
    let mut days: BTreeMap<Option<String>, u64> = BTreeMap::new();
    for call in &calls {
        *days.entry(call.day.clone()).or_default() += call.count;
    }
    let (first, last) = (calls[0].first, calls.iter().map(|c| c.last).max().flatten());
    Finding {
        rule,
        severity,
        provider: "aws".into(),
        subject: vec![
            ("event.account".into(), Some("123456789012".into())),
            ("event.actor".into(), Some(crate::value::mask(ak))),
        ],
        message: message.into(),
        fingerprint: format!(
            "{:016x}",
            0x4f3a_9c0d_1122_3344_u64 + rule as u64 * 7919 + rows.len() as u64
        ),
        count: sum(None),
        ok: sum(Some(true)),
        failed: sum(Some(false)),
        suppressed: 0,
        first,
        last,
        occurrences: days
            .into_iter()
            .map(|(day, count)| Occurrence { day, count, first, last, ..Occurrence::default() })
            .collect(),
        others: None,
        identities: Vec::new(),
        accounts: Vec::new(),
        sources: Vec::new(),
        keys: Vec::new(),
        sample: calls[0].samples[0].clone(),
        calls,
        uncertain: false,
        suppression: None,
        role: VerdictRole::Gates,
    }
}

fn findings() -> Vec<Finding> {
    let root = finding(
        3,
        Severity::Critical,
        SHORT_KEY,
        "root key AKIA…0001 called iam.CreateUser from 203.0.113.7",
        &[
            Row(9, "203.0.113.7", "cli", "iam.CreateUser", "root", true, "2024-08-01"),
            Row(1, "203.0.113.7", "cli", "iam.AttachUserPolicy", "root", true, "2024-08-01"),
            Row(
                2,
                "2001:db8:85a3::8a2e:370:7334",
                "sdk",
                "iam.CreateUser",
                "root",
                false,
                "2024-08-02",
            ),
            Row(1200, "203.0.113.7", "cli", "iam.ListUsers", "root", true, "2024-08-02"),
            Row(
                1,
                "cloudformation.amazonaws.com",
                "service",
                "iam.CreateRole",
                "root",
                true,
                "2024-08-02",
            ),
            Row(1, "203.0.113.9", "cli", "iam.CreateUser", "root", true, "2024-08-02"),
            Row(1, "203.0.113.10", "cli", "iam.CreateUser", "root", true, "2024-08-02"),
        ],
    );
    let mut created = finding(
        0,
        Severity::High,
        LONG_KEY,
        "a key for deploy was created by arn:aws:sts::123456789012:assumed-role/administrator/alice \
         from 198.51.100.4, which no other call of that account ever used",
        &[Row(
            1,
            "198.51.100.4",
            "console",
            "iam.CreateAccessKey",
            "arn:aws:sts::123456789012:assumed-role/administrator/alice@example.com",
            true,
            "2024-08-01",
        )],
    );
    created.suppressed = 3;
    let operations =
        vec![("ec2.DescribeInstances".to_owned(), 30), ("s3.ListBuckets".to_owned(), 10)];
    created.others = Some(LeftOut { rows: 12, count: 40, operations });
    created.accounts = vec![known_account("123456789012", "Production", "platform")];
    created.identities = vec![identity("alice@example.com", "123456789012")];
    created.sources = vec![known_source("198.51.100.4", "partner gateway", "i-0a1b2c3d")];
    created.keys = vec![known_key(LONG_KEY, "deploys the shop", "AdministratorAccess")];
    let mut hostile = finding(
        0,
        Severity::High,
        "TMP.short",
        &format!("agent {} {}", HOSTILE.join(" "), "A".repeat(1 << 12)),
        &[Row(3, HOSTILE[0], "unknown", "iam.CreateAccessKey", HOSTILE[1], false, "2024-08-01")],
    );
    hostile.accounts = vec![known_account(HOSTILE[0], HOSTILE[1], HOSTILE[2])];
    hostile.identities = vec![identity(HOSTILE[3], HOSTILE[0])];
    hostile.sources = vec![known_source(HOSTILE[0], HOSTILE[1], HOSTILE[2])];
    hostile.keys = vec![known_key("TMP.short", HOSTILE[3], HOSTILE[4])];
    let mut trial = finding(
        1,
        Severity::High,
        SHORT_KEY,
        "first call in ap-east-1",
        &[Row(1, "198.51.100.4", "cli", "sts.GetCallerIdentity", "bob", true, "2024-08-01")],
    );
    trial.role = VerdictRole::Experimental;
    let mut medium = finding(
        2,
        Severity::Medium,
        SHORT_KEY,
        "bob called ec2.RunInstances with cli",
        &[Row(1, "198.51.100.4", "cli", "ec2.RunInstances", "bob", true, "2024-08-01")],
    );
    medium.role = VerdictRole::BelowThreshold;
    medium.sample.location.root = 1;
    medium.sample.location.path = "audit log #1.ndjson".into();
    medium.sample.location.pointer = "line 3".into();
    medium.sample.location.line = 3;
    let mut covered = finding(
        2,
        Severity::Low,
        SHORT_KEY,
        "ci called iam.PassRole with sdk",
        &[Row(4, "192.0.2.10", "sdk", "iam.PassRole", "ci", true, "2024-08-01")],
    );
    covered.count = 0;
    covered.ok = 0;
    covered.suppressed = 4;
    covered.calls[0].suppressed = 4;
    covered.subject[1].1 = None;
    covered.fingerprint = "00000000000000aa".into();
    covered.role = VerdictRole::Suppressed;
    covered.suppression = Some(Suppression {
        entry: "ci-runner-egress".into(),
        entries: strings(&["ci-runner-egress", "platform"]),
        reason: "CI provisions preview environments".into(),
    });
    vec![root, created, hostile, trial, medium, covered]
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
            FileStatus::NotAnInput { reason: "text, no format claims it".into() },
            0,
        ),
        file(0, "digest.json", FileStatus::Declined { reason: "a CloudTrail digest".into() }, 0),
        cut_off,
    ]
}

/// A report with several severities, suppressed and hostile findings, and an incomplete run.
pub(crate) fn fixture() -> Report {
    Report {
        facts: Facts {
            version: "0.1.0",
            clock: Time::parse("2024-08-05T00:00:00Z").expect("a time of the fixture"),
            clock_given: true,
            zone: "UTC".into(),
            policy: "cd".repeat(32),
            policy_changes: changes(LONG_KEY, HOSTILE[0]),
            fail_on: FailOn::High,
            fail_on_uncertain: false,
            min_severity: Severity::Info,
            max_skipped: 0,
            strict: false,
            expected: InputKinds::new(),
            show_keys: false,
        },
        rules: rules(),
        roots: strings(&["logs", "logs-2"]),
        findings: findings(),
        below_min_severity: 0,
        gating_below_min_severity: 0,
        gate: GateCounts { gating: 3, uncertain: 0, experimental: 1 },
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
            text: format!("3 records of `{}` say no zone", HOSTILE[2]),
        }],
        verdict: Verdict::Incomplete,
    }
}

/// The report of a run that found nothing in one file.
pub(crate) fn clean() -> Report {
    let report = fixture();
    let file = report.files[0].clone();
    Report {
        roots: vec!["logs".into()],
        findings: Vec::new(),
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

/// The fixture with `text` in every field that a record, a file name or a policy file can fill.
pub(crate) fn planted(text: &str) -> Report {
    let mut report = fixture();
    let put = |place: &mut String| *place = text.to_owned();
    let put_some = |place: &mut Option<String>| *place = Some(text.to_owned());
    let put_sample = |sample: &mut Sample| {
        put_some(&mut sample.id);
        put_some(&mut sample.request_id);
        put(&mut sample.name);
        put(&mut sample.text);
        put(&mut sample.location.pointer);
    };
    for finding in &mut report.findings {
        finding.subject.iter_mut().for_each(|(_, value)| put_some(value));
        put(&mut finding.message);
        put(&mut finding.provider);
        put_sample(&mut finding.sample);
        for calls in &mut finding.calls {
            put_some(&mut calls.call.ak);
            put_some(&mut calls.call.source);
            put_some(&mut calls.call.method);
            put_some(&mut calls.call.service);
            put_some(&mut calls.call.api);
            put_some(&mut calls.call.user);
            put_some(&mut calls.call.user_type);
            put_some(&mut calls.call.account);
            put_some(&mut calls.call.caller_account);
            put_some(&mut calls.call.location);
            calls.samples.iter_mut().for_each(put_sample);
        }
        for Identity { user_type, user, account } in &mut finding.identities {
            [user_type, user, account].into_iter().for_each(put_some);
        }
        for EnrichedAccount { account, name, env, owner } in &mut finding.accounts {
            put(account);
            [name, env, owner].into_iter().for_each(put_some);
        }
        for source in &mut finding.sources {
            put(&mut source.source);
            put_some(&mut source.remark);
            source.locations.iter_mut().for_each(put);
        }
        for key in &mut finding.keys {
            put(&mut key.ak);
            put_some(&mut key.remark);
            put_some(&mut key.document);
            key.policies.iter_mut().for_each(put);
        }
        if let Some(suppression) = &mut finding.suppression {
            put(&mut suppression.reason);
        }
    }
    for entry in &mut report.ledger {
        put(&mut entry.reason);
        put(&mut entry.owner);
        put_some(&mut entry.ticket);
    }
    for rule in &mut report.rules {
        put(&mut rule.title);
        put(&mut rule.description);
        put(&mut rule.remediation);
        rule.tags.push(text.to_owned());
        rule.references.push(text.to_owned());
        rule.false_positives.push(text.to_owned());
    }
    for file in &mut report.files {
        file.skips.iter_mut().for_each(|skip| put(&mut skip.detail));
        file.account.notes.push(text.to_owned());
        if let FileStatus::NotAnInput { reason } | FileStatus::Declined { reason } =
            &mut file.account.status
        {
            put(reason);
        }
    }
    report.incomplete.iter_mut().chain(&mut report.notes).for_each(|note| put(&mut note.text));
    report
}

/// [`planted`], with `text` in every file name and root too.
pub(crate) fn planted_paths(text: &str) -> Report {
    let mut report = planted(text);
    report.roots.iter_mut().for_each(|root| *root = text.to_owned());
    report.files.iter_mut().for_each(|file| file.account.path = text.to_owned());
    report.rules.iter_mut().for_each(|rule| rule.file = text.to_owned());
    report.ledger.iter_mut().for_each(|entry| entry.file = text.to_owned());
    for finding in &mut report.findings {
        finding.sample.location.path = text.to_owned();
        let samples = finding.calls.iter_mut().flat_map(|calls| &mut calls.samples);
        samples.for_each(|sample| sample.location.path = text.to_owned());
    }
    report
}
