#![allow(clippy::unwrap_used)]

use super::*;
use crate::record::FileAccount;
use crate::report::fixture::{clean, fixture};
use crate::report::{FileReport, GateCounts, Verdict};
use crate::rule::FailOn;

fn shown(report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    (HUMAN.write)(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn last_line(report: &Report, style: &Style) -> String {
    shown(report, style).lines().last().unwrap().to_owned()
}

#[test]
fn the_whole_report() {
    insta::assert_snapshot!(shown(&fixture(), &Style::default()), @r###"
    ── critical: 1 finding ─────────────────────────────────────────────────────────────────────────────

    critical[root-key-high-risk-api]: root key AKIA…0001 called iam.CreateUser from 203.0.113.7
      --> logs/2024/08/01/trail one.json.gz:1:15312 (/Records/17)
       | aws, account 123456789012, actor AKIA…0001
       | 1,215 calls (1,213 ok, 2 failed) on 2 days, 2024-08-01 09:00:17 to 2024-08-02 17:30:00 UTC
       |
       |  calls  result  source                        method   api                   user
       |      9  ok      203.0.113.7                   cli      iam.CreateUser        root
       |      1  ok      203.0.113.7                   cli      iam.AttachUserPolicy  root
       |      2  failed  2001:db8:85a3::8a2e:370:7334  sdk      iam.CreateUser        root
       |  1,200  ok      203.0.113.7                   cli      iam.ListUsers         root
       |      1  ok      cloudformation.amazonaws.com  service  iam.CreateRole        root
       | … 2 more rows with 2 calls: iam.CreateUser 2
       |
       = help: Disable the key and move the workload to a role that carries only what it needs; a root
         key can be neither restricted by policy nor tied to an address. Then look at what it did.
       = fingerprint 4f3a9c0d11229018

    ── high: 3 findings ────────────────────────────────────────────────────────────────────────────────

    high[create-access-key]: a key for deploy was created by
        arn:aws:sts::123456789012:assumed-role/administrator/alice from 198.51.100.4, which no other
        call of that account ever used
      --> logs/2024/08/01/trail one.json.gz:1:15312 (/Records/17)
       | aws, account 123456789012, actor AKIDex…00000000001
       | 1 call, ok, 2024-08-01 09:00:17 to 17:30:00 UTC; 3 more covered by the allowlist
       |
       |  calls  result  source        method   api                  user
       |      1  ok      198.51.100.4  console  iam.CreateAccessKey  arn:aws:sts:…ator/alice@example.com
       | … 12 more rows with 40 calls: ec2.DescribeInstances 30, s3.ListBuckets 10
       |
       = account: 123456789012 Production, env prod, owner platform
       = identity: user alice@example.com of 123456789012 Production
       = source: 198.51.100.4 is account_noted, remark partner gateway, asset i-0a1b2c3d, location
         partner gateway
       = key: AKIDex…00000000001, remark deploys the shop, 7 policies (ReadOnlyAccess,
         AdministratorAccess, …), also in old-key-in-use, two-active-keys
       = policy document: {"action":"AdministratorAccess"}
       = help: Ask the owner of the key. Disable it if nobody answers.
       = fingerprint 4f3a9c0d11223345

    high[create-access-key]: agent \u{1b}[2J\u{1b}]0;pwned\u{7} \u{202e}gnp.exe\u{2066} :\u{3a}error
        file=a.rs::pwned \n:\u{3a}add-mask::x ##\u{5b}error]pwned %0A::stop-commands::x
        [x](javascript:1) <script>alert(1)</script> =HYPERLINK("http://x") a\nb\r\nc\td ]]>
        ```\n@everyone #1 \u{feff}\u{200b}\u{e0041}\u{9b}31m \u{2028}\u{2029}\u{0}
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…
        (3913 bytes more)
      --> logs/2024/08/01/trail one.json.gz:1:15312 (/Records/17)
       | aws, account 123456789012, actor TMP.…hort
       | 3 calls, failed, 2024-08-01 09:00:17 to 17:30:00 UTC
       | iam.CreateAccessKey by \u{202e}gnp.exe\u{2066} from \u{1b}[2J\u{1b}]0;pwned\u{7}, method
       | unknown
       = account: \u{1b}[2J\u{1b}]0;pwned\u{7} \u{202e}gnp.exe\u{2066}, env prod, owner :\u{3a}error
         file=a.rs::pwned
       = identity: user \n:\u{3a}add-mask::x of \u{1b}[2J\u{1b}]0;pwned\u{7} \u{202e}gnp.exe\u{2066}
       = source: \u{1b}[2J\u{1b}]0;pwned\u{7} is account_noted, remark \u{202e}gnp.exe\u{2066}, asset
         :\u{3a}error file=a.rs::pwned, location \u{202e}gnp.exe\u{2066}
       = key: TMP.…hort, remark \n:\u{3a}add-mask::x, 7 policies (ReadOnlyAccess, ##\u{5b}error]pwned,
         …), also in old-key-in-use, two-active-keys
       = policy document: {"action":"##\u{5b}error]pwned"}
       = fingerprint 4f3a9c0d11223345

    high[new-region]: first call in ap-east-1
      --> logs/2024/08/01/trail one.json.gz:1:15312 (/Records/17)
       | aws, account 123456789012, actor AKIA…0001
       | 1 call, ok, 2024-08-01 09:00:17 to 17:30:00 UTC
       | sts.GetCallerIdentity by bob from 198.51.100.4, method cli
       = note: the rule is experimental and does not fail the run
       = help: Ask the owner of the key. Disable it if nobody answers.
       = fingerprint 4f3a9c0d11225234

    ── medium: 1 finding ───────────────────────────────────────────────────────────────────────────────

    medium[non-console-high-risk-api]: bob called ec2.RunInstances with cli
      --> logs-2/audit log #1.ndjson:3:15312
       | aws, account 123456789012, actor AKIA…0001
       | 1 call, ok, 2024-08-01 09:00:17 to 17:30:00 UTC
       | ec2.RunInstances by bob from 198.51.100.4, method cli
       = help: Ask the owner of the key. Disable it if nobody answers.
       = fingerprint 4f3a9c0d11227123

    ── allowlist: 5 entries ────────────────────────────────────────────────────────────────────────────

    expired: `old-laptop` ended with 2024-07-31 and covers nothing (platform-team,
        policy/allowlists/platform.yaml:4)
    expiring: `contractor` ends with 2024-08-12 (platform-team, policy/allowlists/platform.yaml:4)
    unused: `contractor` covered nothing in this run (platform-team, policy/allowlists/platform.yaml:4)
    unused: `visitor` covered nothing in this run (platform-team, policy/allowlists/platform.yaml:4)
    2 entries covered 7 matches, among them every match of 1 finding; --show-suppressed shows them

    ── run ─────────────────────────────────────────────────────────────────────────────────────────────

    records   1,238 read = 1,236 evaluated + 2 skipped (1 syntax, 1 truncated)
    formats   1,236 cloudtrail
    files     2 read, 2.0 KiB (39.1 KiB decompressed)
              1 without records: logs/digest.json
              1 not an input: logs/LICENSE
    policy    cdcdcdcdcdcd, evaluated at 2024-08-05 00:00:00 UTC, by --now
    project   keytrail.yaml; the policy differs from the built-in one:
              1 rule is off: enumeration
              1 rule is left out by --only or --disable: old-password
              1 setting is changed: fail_on from high to critical
              1 severity is changed: create-access-key from high to low
              1 parameter is changed: old-key-in-use.days from 90 to 400
              1 list is changed: watched_keys +2 -1
              1 table has rows: accounts (3)
              1 rule is the project's own: mine
    rules     5 in force
              not configured: tool-high-risk-api (list `automation_agents` is empty)
              new-region failed on 2 records
    matches   1,228, 2 of them repeat an event already counted, 7 covered by the allowlist
    findings  1 critical, 3 high, 1 medium; 1 suppressed

    note: 3 records of `:\u{3a}error file=a.rs::pwned` have no zone
    skipped: logs-2/audit log #1.ndjson:12 (byte 4021): syntax: expected `,`, but found
        `\u{1b}[2J\u{1b}]0;pwned\u{7}`
    skipped: logs-2/audit log #1.ndjson:22 (byte 9000): truncated: the file ends inside the record
    incomplete: 2 records were skipped, more than the 0 that --max-skipped allows
    incomplete: rule `new-region` failed on 2 records
    incomplete: not everything was evaluated, see above; 4 findings at or above high: 3 gate, 1 experimental (exit 3)
    "###);
}

#[test]
fn a_clean_report_is_short() {
    insta::assert_snapshot!(shown(&clean(), &Style::default()), @"
    ── run ─────────────────────────────────────────────────────────────────────────────────────────────

    records   1,216 read = 1,216 evaluated + 0 skipped
    formats   1,216 cloudtrail
    files     1 read, 1,000 bytes (19.5 KiB decompressed)
    policy    cdcdcdcdcdcd, evaluated at 2024-08-05 00:00:00 UTC, by --now
    project   keytrail.yaml; the policy differs from the built-in one:
              1 rule is off: enumeration
              1 rule is left out by --only or --disable: old-password
              1 setting is changed: fail_on from high to critical
              1 severity is changed: create-access-key from high to low
              1 parameter is changed: old-key-in-use.days from 90 to 400
              1 list is changed: watched_keys +2 -1
              1 table has rows: accounts (3)
              1 rule is the project's own: mine
    rules     5 in force
              not configured: tool-high-risk-api (list `automation_agents` is empty)
    matches   0
    findings  none

    clean: no finding in 1,216 records (exit 0)
    ");
}

#[test]
fn suppressed_findings_are_shown_on_demand() {
    let style = Style { show_suppressed: true, ..Style::default() };
    let all = shown(&fixture(), &style);
    let (_, suppressed) = all.split_once("── suppressed").unwrap();
    let (suppressed, _) = suppressed.split_once("── allowlist").unwrap();
    insta::assert_snapshot!(suppressed, @r#"
: 1 finding ───────────────────────────────────────────────────────────────────────────

low[non-console-high-risk-api]: ci called iam.PassRole with sdk
  --> logs/2024/08/01/trail one.json.gz:1:15312 (/Records/17)
   | aws, account 123456789012, actor -
   | 4 calls, 2024-08-01 09:00:17 to 17:30:00 UTC
   | iam.PassRole by ci from 192.0.2.10, method sdk, key AKIA…0001
   = suppressed: by `ci-runner-egress`, `platform`: CI provisions preview environments
   = fingerprint 00000000000000aa
"#);
    assert!(!shown(&fixture(), &Style::default()).contains("── suppressed"));
}

#[test]
fn the_last_line_states_the_verdict_and_its_reason() {
    let plain = Style::default();
    let lenient = Style { exit_zero: true, ..Style::default() };
    let failed = Report { verdict: Verdict::Findings, ..fixture() };
    let gate = |gating, uncertain, experimental| GateCounts {
        gating,
        uncertain,
        experimental,
        extended: 0,
    };
    let lesser = |gate| {
        let mut report = Report { verdict: Verdict::Passed, gate, ..fixture() };
        report.findings.drain(..4);
        report
    };
    let mut never = lesser(gate(0, 0, 0));
    never.facts.fail_on = FailOn::Never;
    let sure = Report { gate: gate(3, 0, 0), ..failed.clone() };
    let mut unread = Report { verdict: Verdict::Incomplete, ..clean() };
    unread.findings.clear();
    for (report, style, line) in [
        (clean(), &plain, "clean: no finding in 1,216 records (exit 0)"),
        (lesser(gate(0, 0, 0)), &plain, "passed: 1 finding, none gates at --fail-on high (exit 0)"),
        (never, &plain, "passed: 1 finding, none gates at --fail-on never (exit 0)"),
        (
            lesser(gate(0, 1, 0)),
            &plain,
            "passed: 1 finding at or above high: 0 gate, 1 uncertain (exit 0)",
        ),
        (
            Report { gate: gate(1, 3, 2), ..failed.clone() },
            &plain,
            "failed: 6 findings at or above high: 1 gates, 3 uncertain, 2 experimental (exit 1)",
        ),
        (
            lesser(GateCounts { extended: 4, ..gate(0, 0, 0) }),
            &plain,
            "passed: 4 findings at or above high: 0 gate, 4 extended (exit 0)",
        ),
        (sure.clone(), &plain, "failed: 3 findings at or above high (exit 1)"),
        (
            sure,
            &lenient,
            "failed: 3 findings at or above high (exit 0 by --exit-zero, 1 without it)",
        ),
        (unread, &lenient, "incomplete: not everything was evaluated, see above (exit 3)"),
        (
            fixture(),
            &lenient,
            "incomplete: not everything was evaluated, see above; 4 findings at or above high: 3 gate, \
             1 experimental (exit 3)",
        ),
    ] {
        assert_eq!(last_line(&report, style), line);
    }
}

#[test]
fn many_findings_of_a_rule_are_summarised() {
    let mut report = fixture();
    let one = report.findings[4].clone();
    report.findings = vec![one; 23];
    let text = shown(&report, &Style::default());
    assert!(text.contains("… 3 more findings of non-console-high-risk-api; -v shows all"));
    assert!(
        text.contains("medium    non-console-high-risk-api  23 findings, 23 matches"),
        "{text}"
    );
    let all = shown(&report, &Style { verbose: true, ..Style::default() });
    assert_eq!(all.matches("medium[non-console-high-risk-api]:").count(), 23);
}

#[test]
fn colour_changes_only_the_escape_sequences() {
    let plain = shown(&fixture(), &Style::default());
    let coloured = shown(&fixture(), &Style { color: true, ..Style::default() });
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains("\u{1b}[1;31mhigh[create-access-key]:\u{1b}[0m"));
    let ansi = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert_eq!(ansi.replace_all(&coloured, ""), plain);
}

#[test]
fn lines_fit_the_width() {
    for width in [60, 80, 100, 160] {
        let text = shown(&clean(), &Style { width, ..Style::default() });
        assert!(text.lines().all(|line| text::columns(line) <= width), "{text}");
    }
}

/// If files have different formats, each format names its files.
#[test]
fn files_are_listed_by_format_if_there_are_several() {
    let mut report = clean();
    let lines = |report: &Report| -> Vec<String> {
        let text = shown(report, &Style::default());
        text.lines().filter(|line| line.contains(" as ")).map(|line| line.trim().into()).collect()
    };
    assert_eq!(lines(&report), [""; 0]);
    report.accounting.formats = [("cloudtrail", 3), ("rows", 2)].into();
    let file = |path: &str, format| {
        let account = FileAccount { path: path.to_owned(), ..FileAccount::default() };
        FileReport { account, formats: [(format, 1)].into(), ..FileReport::default() }
    };
    report.roots = Vec::new();
    report.files = vec![
        file("a", "cloudtrail"),
        file("b\u{1b}", "rows"),
        file("c", "rows"),
        file("d", "rows"),
        file("e", "rows"),
    ];
    let expected = ["1 as cloudtrail: a", "4 as rows: b\\u{1b}, c, d and 1 more"];
    assert_eq!(lines(&report), expected);
}
