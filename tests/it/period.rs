//! `scan --since` and `--until` limit what is reported; earlier records still count for windows and
//! histories.

use serde_json::Value;

use crate::project::{RULE, record};
use crate::run::{Ended, Folder};

const BURST: &str = r#"
rule:
  id: key-burst
  title: Many keys are created
  category: abuse
  severity: high
  status: stable
  on: event
  description: Several keys within minutes.
  remediation: Ask who needs them.
  when: event.api == "CreateAccessKey"
  by: [event.account, event.user]
  correlate:
    within: 5m
    measures:
      calls: { count: "true" }
    having: calls >= 3
  message: "${event.user} created ${calls} keys"
"#;

const NEW_ADDRESS: &str = r#"
rule:
  id: new-address
  title: A key is created from a new address
  category: abuse
  severity: high
  status: stable
  on: event
  description: The address is new.
  remediation: Ask who called.
  when: event.api == "CreateAccessKey"
  by: [event.account, event.user]
  first_seen:
    of: [event.ip]
    history: 30d
  message: "${event.user} from ${event.ip}"
"#;

/// Three calls within two minutes around 10:01:30, and one an hour later.
fn folder(name: &str, rule: &str) -> Folder {
    let times = ["10:00:31", "10:01:02", "10:02:03", "11:00:04"];
    let records: Vec<String> = times
        .iter()
        .zip(1..)
        .map(|(time, id)| {
            let old = format!("2026-03-01T10:00:0{id}Z");
            record(id, "CreateAccessKey").replace(&old, &format!("2026-03-01T{time}Z"))
        })
        .collect();
    let text = records.join("\n") + "\n";
    Folder::new(name).file("rules/of.yaml", rule).file("log.json", text)
}

fn scan(folder: &Folder, period: &[&str]) -> (Ended, Value) {
    let base = ["scan", "log.json", "--no-builtin", "-r", "rules", "--now", "2026-03-02T00:00:00Z"];
    let formats = ["-f", "human", "-f", "json:report.json"];
    let ended = folder.keytrail([&base[..], &formats, period].concat()).output();
    let report = match ended.code {
        Some(2) => Value::Null,
        _ => serde_json::from_str(&folder.read("report.json")).unwrap(),
    };
    (ended, report)
}

/// The numbers of matches of the findings.
fn counts(report: &Value) -> Vec<u64> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|of| of["count"].as_u64().unwrap()).collect()
}

#[test]
fn a_plain_rule_reports_the_matches_of_the_period() {
    let folder = folder("period-plain", &RULE.replace("create-key", "of"));
    for (period, expected, outside) in [
        (&["--since", "2026-03-01T10:01:02Z"][..], &[3][..], 1),
        (&["--since", "2026-03-01T10:01:02Z", "--until", "2026-03-01T11:00:04Z"], &[2], 2),
        (&["--until", "2026-03-01T10:00:31Z"], &[], 4),
        (&["--since", "13h"], &[1], 3),
        (&[], &[4], 0),
    ] {
        let (ended, report) = scan(&folder, period);
        assert_eq!(counts(&report), expected, "{period:?} {ended}");
        let (read, evaluated) = (&report["accounting"]["read"], &report["accounting"]["evaluated"]);
        assert_eq!((read, evaluated), (&4.into(), &4.into()), "every record is accounted for");
        let note = format!("{outside} match");
        let text = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let named = text.contains(&note) && text.contains("(--since, --until)");
        assert_eq!(named, !period.is_empty(), "{period:?} {ended}");
    }
}

#[test]
fn records_before_the_period_count_for_a_window() {
    let folder = folder("period-window", &BURST.replace("key-burst", "of"));
    let (ended, report) = scan(&folder, &["--since", "2026-03-01T10:02:00Z"]);
    assert_eq!((ended.code, counts(&report)), (Some(1), vec![3]), "{ended}");
    assert_eq!(report["run"]["since"], "2026-03-01T10:02:00Z");
    let (ended, report) = scan(&folder, &["--since", "2026-03-01T10:03:00Z"]);
    assert_eq!((ended.code, counts(&report)), (Some(0), vec![]), "{ended}");
    let text = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("1 occurrence of a correlation rule"), "{ended}");
}

#[test]
fn records_before_the_period_count_for_a_history() {
    let folder = folder("period-history", &NEW_ADDRESS.replace("new-address", "of"));
    let (_, report) = scan(&folder, &[]);
    assert_eq!(counts(&report), [1]);
    let (ended, report) = scan(&folder, &["--since", "2026-03-01T10:30:00Z"]);
    assert_eq!(counts(&report), [0; 0], "the address was seen before: {ended}");
}

#[test]
fn a_period_is_restored_and_an_empty_one_is_refused() {
    let folder = folder("period-report", &RULE.replace("create-key", "of"));
    scan(&folder, &["--since", "2026-03-01T10:01:02Z", "-f", "markdown:one.md"]);
    let report = ["report", "report.json", "-f", "markdown:again.md", "-f", "json:again.json"];
    folder.keytrail(report).output();
    assert_eq!(folder.read("one.md"), folder.read("again.md"));
    assert_eq!(folder.read("report.json"), folder.read("again.json"));
    let (ended, _) = scan(&folder, &["--since", "2026-03-02", "--until", "2026-03-01"]);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("--since must be earlier than --until"), "{ended}");
}
