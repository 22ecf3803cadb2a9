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
    ── summary ─────────────────────────────────────────────────────────────────────────────────────────

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
    findings  1 critical, 3 high, 1 medium; 1 incident and 2 findings that stand alone; 1 suppressed
    incomplete for 2 reasons, see the end

    ── incident 1 of 1: critical ───────────────────────────────────────────────────────────────────────

    critical: key AKIAEX…0001 of user bob from 198.51.100.4: initial access within 32 hours
       | 3 findings (critical, 1 tactic, 1215 calls succeeded), 2024-08-01 09:00:17 to 2024-08-02
       | 17:30:00 UTC
       | user bob, account 123456789012, key AKIAEX…0001, from 198.51.100.4
       | root user, account 123456789012, key AKIAEX…0001, from 203.0.113.7,
       |     2001:db8:85a3::8a2e:370:7334, cloudformation.amazonaws.com and 2 more
       | 2024-08-01
       |  09:00:17 bob: ec2.RunInstances on user bob :\u{3a}error file=a.rs::pwned
       |            [non-console-high-risk-api]
       |  09:00:17 bob: sts.GetCallerIdentity on user bob :\u{3a}error file=a.rs::pwned [new-region]
       |  09:00:17 root user: iam.CreateUser on user root :\u{3a}error file=a.rs::pwned (9 calls)
       |            [root-key-high-risk-api]
       |  09:00:18 root user: iam.AttachUserPolicy on user root :\u{3a}error file=a.rs::pwned
       |            [root-key-high-risk-api]
       | 2024-08-02
       |  09:00:19 root user: iam.CreateUser on user root :\u{3a}error file=a.rs::pwned (2 refused)
       |            [root-key-high-risk-api]
       |  09:00:20 root user: iam.ListUsers on user root :\u{3a}error file=a.rs::pwned (1,200 calls)
       |            [root-key-high-risk-api]
       |  09:00:21 root user: iam.CreateRole on user root :\u{3a}error file=a.rs::pwned
       |            [root-key-high-risk-api]
       |  09:00:22 root user: iam.CreateUser on user root :\u{3a}error file=a.rs::pwned
       |            [root-key-high-risk-api]
       |  09:00:23 root user: iam.CreateUser on user root :\u{3a}error file=a.rs::pwned
       |            [root-key-high-risk-api]
       = touched: user bob :\u{3a}error file=a.rs::pwned, user root :\u{3a}error file=a.rs::pwned
       = 1. Disable access key AKIAEX…0001 of user bob.
           $ aws iam update-access-key --status Inactive --user-name bob \
               --access-key-id 'AKIAEX…0001'
       = 2. Delete access key AKIAEX…0001 of the root user in the console.
       = 3. Change the password of the root user, and check its second factor, e-mail address and phone
          number.
       = … 1 more action; -v shows all
       = incident 6f403ce52b47bca5dd01f895dc69ce40

    ── high: 2 other findings ──────────────────────────────────────────────────────────────────────────

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
       = triage: processed by ann at 2024-07-01T00:00:00Z, reopened by a later match:
         \u{1b}[2J\u{1b}]0;pwned\u{7}
       = account: \u{1b}[2J\u{1b}]0;pwned\u{7} \u{202e}gnp.exe\u{2066}, env prod, owner :\u{3a}error
         file=a.rs::pwned
       = identity: user \n:\u{3a}add-mask::x of \u{1b}[2J\u{1b}]0;pwned\u{7} \u{202e}gnp.exe\u{2066}
       = source: \u{1b}[2J\u{1b}]0;pwned\u{7} is account_noted, remark \u{202e}gnp.exe\u{2066}, asset
         :\u{3a}error file=a.rs::pwned, location \u{202e}gnp.exe\u{2066}
       = key: TMP.…hort, remark \n:\u{3a}add-mask::x, 7 policies (ReadOnlyAccess, ##\u{5b}error]pwned,
         …), also in old-key-in-use, two-active-keys
       = policy document: {"action":"##\u{5b}error]pwned"}
       = fingerprint 00000000000000bb

    ── allowlist: 5 entries ────────────────────────────────────────────────────────────────────────────

    expired: `old-laptop` ended with 2024-07-31 and covers nothing (platform-team,
        policy/allowlists/platform.yaml:4)
    expiring: `contractor` ends with 2024-08-12 (platform-team, policy/allowlists/platform.yaml:4)
    unused: `contractor` covered nothing in this run (platform-team, policy/allowlists/platform.yaml:4)
    unused: `visitor` covered nothing in this run (platform-team, policy/allowlists/platform.yaml:4)
    2 entries covered 7 matches, among them every match of 1 finding; --show-suppressed shows them

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
    insta::assert_snapshot!(shown(&clean(), &Style::default()), @r"
    ── summary ─────────────────────────────────────────────────────────────────────────────────────────

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
   | iam.PassRole by ci from 192.0.2.10, method sdk, key AKIAEX…0001
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
        ..GateCounts::default()
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
    report.incidents = Vec::new();
    let text = shown(&report, &Style::default());
    assert!(text.contains("… 3 more findings of non-console-high-risk-api; -v shows all"));
    let all = shown(&report, &Style { verbose: true, ..Style::default() });
    assert!(all.contains("medium    non-console-high-risk-api  23 findings, 23 matches"), "{all}");
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
