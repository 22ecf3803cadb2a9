//! Records that lack fields that their format promises: they are counted and noted, and the run is
//! never clean.

use serde_json::{Value, json};

use crate::project::{project, record, scan};
use crate::run::Folder;

/// A log of two calls, one complete and one with a part replaced.
fn log(from: &str, to: &str) -> String {
    let (whole, broken) = (record(1, "ListUsers"), record(2, "ListUsers"));
    assert!(broken.contains(from), "{from}");
    format!("{whole}\n{}\n", broken.replace(from, to))
}

fn folder(name: &str) -> Folder {
    project(name)
        .file("name.json", log(r#""eventName":"ListUsers""#, r#""eventName":null"#))
        .file("time.json", log("2026-03-01T10:00:02Z", "1.3.2026 10:00"))
        .file("caller.json", log(r#""userName":"ann""#, r#""userName":42"#))
}

#[test]
fn a_gap_makes_the_run_incomplete_until_it_is_tolerated() {
    let folder = folder("gaps-exit");
    for log in ["name.json", "time.json", "caller.json"] {
        assert_eq!(scan(&folder, &[log]).output().code, Some(3), "{log}");
        assert_eq!(scan(&folder, &[log, "--max-skipped", "1"]).output().code, Some(0), "{log}");
        let query = folder.keytrail(["query", "--on", "event", "true", log]).output();
        assert_eq!(query.code, Some(3), "{log}: {}", query.stderr);
        assert_eq!(folder.keytrail(["inspect", log]).output().code, Some(3), "{log}");
    }
    let all = ["name.json", "time.json", "caller.json"];
    assert_eq!(scan(&folder, &[&all[..], &["--max-skipped", "2"]].concat()).output().code, Some(3));
    assert_eq!(scan(&folder, &[&all[..], &["--max-skipped", "3"]].concat()).output().code, Some(0));
}

#[test]
fn a_gap_is_named_and_counted_in_every_format() {
    let folder = folder("gaps-formats");
    let human = scan(&folder, &["name.json", "time.json"]).output().stdout;
    insta::assert_snapshot!(human.split("\n\n").last().unwrap(), @r"
    note: name.json: `eventName` is missing; records: 1
    note: time.json: `eventTime` cannot be read; records: 1
    incomplete: 2 records lack fields that their format promises (`eventTime` cannot be read in 1,
        `eventName` is missing in 1); --max-skipped is 0
    incomplete: not everything was evaluated, see above (exit 3)
    ");

    let json = scan(&folder, &["name.json", "time.json", "--format", "json"]).output().stdout;
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["accounting"]["gapped"], 2);
    assert_eq!(report["accounting"]["skipped"], 0);
    let gap = |field, source, defect| json!({ "field": field, "source": source, "defect": defect, "records": 1 });
    let time = gap("event.time", "eventTime", "unreadable");
    let name = gap("event.api", "eventName", "missing");
    assert_eq!(report["accounting"]["gaps"], json!([time, name]));
    assert_eq!(report["files"][0]["gaps"], json!([name]));
    assert_eq!(report["incomplete"][0]["id"], "field-gaps");

    let sarif = scan(&folder, &["time.json", "--format", "sarif"]).output().stdout;
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let expected: Vec<&Value> = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|notification| notification["level"] == "error")
        .map(|notification| &notification["message"]["text"])
        .collect();
    insta::assert_snapshot!(expected[0].as_str().unwrap(), @"1 record lacks fields that its format promises (`eventTime` cannot be read in 1); --max-skipped is 0.");
}
