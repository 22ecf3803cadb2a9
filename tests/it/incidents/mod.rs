//! Findings that belong together are one incident, and others are not.

mod joins;
mod records;
mod report;
mod timeline;
mod watched;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use self::records::{Call, Cloud, Event, Who};
use crate::run::Folder;

/// Every marked event is a finding of its own, named by its id.
const RULE: &str = r#"
rule:
  id: marked
  title: A marked event
  category: abuse
  severity: high
  status: stable
  on: event
  tags: [attack.t1078.004]
  by: [event.id]
  when: event.agent == "marked"
  message: "${event.id}"
"#;

const PROJECT: &str = "extends: []\nrule_paths: [marked.yaml]\n";

const IP: &str = "198.51.100.7";
const OTHER_IP: &str = "203.0.113.9";

fn event(id: &'static str, hour: u32, who: Who, call: Call) -> Event {
    Event { id, hour, who, ip: IP, call, marked: true }
}

fn unmarked(id: &'static str, hour: u32, who: Who, call: Call) -> Event {
    Event { marked: false, ..event(id, hour, who, call) }
}

fn from(ip: &'static str, event: Event) -> Event {
    Event { ip, ..event }
}

/// An empty folder that no other call uses.
fn folder(name: &str) -> Folder {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Folder::new(&format!("{name}-{}-{number}", std::process::id()))
}

/// The report of a scan of the events, with further files of the project.
fn report(cloud: Cloud, events: &[Event], more: &[(&str, &str)], arguments: &[&str]) -> Value {
    let log: String = events.iter().map(|event| cloud.line(event)).collect();
    let mut folder = folder("incidents").file("marked.yaml", RULE).file("log.ndjson", log);
    if !more.iter().any(|(name, _)| *name == "keytrail.yaml") {
        folder = folder.file("keytrail.yaml", PROJECT);
    }
    for (name, text) in more {
        folder = folder.file(name, text);
    }
    let all = ["scan", "log.ndjson", "-f", "json", "--exit-zero"];
    let ended = folder.keytrail(all.iter().chain(arguments)).output();
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{}", ended.stderr))
}

/// The messages of the findings of each incident.
fn incidents(report: &Value) -> BTreeSet<BTreeSet<String>> {
    let findings = report["findings"].as_array().unwrap();
    let message = |fingerprint: &Value| {
        let of = findings.iter().find(|finding| finding["fingerprint"] == *fingerprint).unwrap();
        of["message"].as_str().unwrap().to_owned()
    };
    let all = report["incidents"].as_array().unwrap();
    all.iter().map(|of| of["findings"].as_array().unwrap().iter().map(message).collect()).collect()
}

/// Asserts that the events form these incidents; each is named by the ids of its events.
#[track_caller]
fn check(cloud: Cloud, events: &[Event], expected: &[&[&str]]) {
    let report = report(cloud, events, &[], &[]);
    let read = events.len();
    assert_eq!(report["accounting"]["evaluated"], read, "{cloud:?} {report:#}");
    assert_eq!(incidents(&report), sets(expected), "{cloud:?} {events:#?}");
}

fn sets(of: &[&[&str]]) -> BTreeSet<BTreeSet<String>> {
    of.iter().map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()).collect()
}
