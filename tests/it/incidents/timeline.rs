//! `keytrail timeline`.

use serde_json::Value;

use super::records::{Call, Cloud, Event, Who};
use super::{OTHER_IP, event, from, unmarked};
use crate::run::Folder;

const ANN: Who = Who::User("ann", 'A');

/// Two calls of an attack that rules mark, one that none does, one by another user, and one by the
/// attacker a day later.
fn events() -> [Event; 5] {
    [
        event("a", 0, ANN, Call::Describe),
        from(OTHER_IP, unmarked("other", 0, Who::User("bob", 'B'), Call::Describe)),
        unmarked("quiet", 1, ANN, Call::CreateKey("eve", 'E')),
        event("b", 2, Who::User("eve", 'E'), Call::Trust("ops")),
        unmarked("later", 40, ANN, Call::Describe),
    ]
}

fn folder() -> Folder {
    let log: String = events().iter().map(|event| Cloud::Aws.line(event)).collect();
    let folder = super::folder("timeline")
        .file("marked.yaml", super::RULE)
        .file("keytrail.yaml", super::PROJECT)
        .file("log.ndjson", log);
    let scan = ["scan", "log.ndjson", "--format", "json:report.json", "--exit-zero"];
    assert_eq!(folder.keytrail(scan).output().code, Some(0));
    folder
}

fn id(folder: &Folder) -> String {
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    assert_eq!(report["incidents"].as_array().unwrap().len(), 1);
    report["incidents"][0]["id"].as_str().unwrap().to_owned()
}

/// The ids of the events, each with its rules.
fn shown(folder: &Folder, arguments: &[&str]) -> Vec<(String, usize)> {
    let all = ["timeline", "--format", "json"].iter().chain(arguments);
    let ended = folder.keytrail(all).output();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let lines = ended.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line.get("total").is_none())
        .map(|line| {
            let rules = line["rules"].as_array().unwrap().len();
            (line["id"].as_str().unwrap().to_owned(), rules)
        })
        .collect()
}

fn pairs(of: &[(&str, usize)]) -> Vec<(String, usize)> {
    of.iter().map(|(id, rules)| ((*id).to_owned(), *rules)).collect()
}

#[test]
fn an_incident_is_told_with_the_calls_that_no_rule_marks() {
    let folder = folder();
    let id = id(&folder);
    let all = shown(&folder, &["--incident", &id, "report.json", "log.ndjson"]);
    assert_eq!(all, pairs(&[("a", 1), ("quiet", 0), ("b", 1)]));
    let short = shown(&folder, &["--incident", &id[..8], "report.json", "log.ndjson"]);
    assert_eq!(short, all);
    let longer = ["--incident", &id, "report.json", "log.ndjson", "--until", "2026-03-09"];
    let expected = pairs(&[("a", 1), ("quiet", 0), ("b", 1), ("later", 0)]);
    assert_eq!(shown(&folder, &longer), expected);
}

#[test]
fn callers_are_named_by_key_user_or_address() {
    let folder = folder();
    let of_ann = pairs(&[("a", 0), ("quiet", 0), ("later", 0)]);
    for who in [["--user", "ann"], ["--ak", &Cloud::Aws.user_key('A')], ["--ak", "AKIAAE…0001"]] {
        assert_eq!(shown(&folder, &[who[0], who[1], "log.ndjson"]), of_ann, "{who:?}");
    }
    assert_eq!(shown(&folder, &["--ip", OTHER_IP, "log.ndjson"]), pairs(&[("other", 0)]));
    let since = ["--user", "ann", "--since", "2026-03-02", "log.ndjson"];
    assert_eq!(shown(&folder, &since), pairs(&[("later", 0)]));
    let hostile = ["--user", "a\" || true || event.user == \"", "log.ndjson"];
    assert_eq!(shown(&folder, &hostile), pairs(&[]));
}

#[test]
fn a_timeline_for_people_and_for_spreadsheets() {
    let folder = folder();
    let id = id(&folder);
    let run = |format: &str| {
        let arguments = ["timeline", "--incident", &id, "report.json", "log.ndjson", "-f", format];
        folder.keytrail(arguments).output().stdout
    };
    insta::assert_snapshot!("human", run("human"));
    insta::assert_snapshot!("csv", run("csv"));
}

#[test]
fn what_cannot_be_told_is_an_error() {
    let folder = folder();
    for (arguments, message) in [
        (["--incident", "abc", "report.json", "log.ndjson"], "is not the id of an incident"),
        (["--incident", "0000000", "report.json", "log.ndjson"], "no incident of report.json"),
        (["--incident", "0000000", "absent.json", "log.ndjson"], "cannot read the report"),
        (["--incident", "0000000", "marked.yaml", "log.ndjson"], "cannot read the report"),
        (["--user", "ann", "--since", "yesteryear"], "yesteryear"),
    ] {
        let ended = folder.keytrail(["timeline"].iter().chain(&arguments)).output();
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.stderr.contains(message), "{}", ended.stderr);
    }
    let ended = folder.keytrail(["timeline", "log.ndjson"]).output();
    assert_eq!(ended.code, Some(2));
    let ended = folder.keytrail(["timeline", "--incident", "0000000", "report.json"]).output();
    assert!(ended.stderr.contains("no input is named after the report"), "{}", ended.stderr);
}
