//! `keytrail watch` names the incident of each occurrence.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use serde_json::Value;

use super::records::{Call, Cloud, Event, Who};
use super::{OTHER_IP, event, from, unmarked};
use crate::run::Folder;

/// The incident of each message that a check emits after these events were appended.
fn check(folder: &Folder, events: &[Event]) -> BTreeMap<String, String> {
    let mut file =
        fs::OpenOptions::new().append(true).create(true).open(folder.path("log.ndjson")).unwrap();
    events.iter().for_each(|event| file.write_all(Cloud::Aws.line(event).as_bytes()).unwrap());
    let ended = folder.keytrail(["watch", "log.ndjson", "--once"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    let lines = ended.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    lines
        .filter(|line| line["type"] == "finding")
        .map(|line| (text(&line["message"]), text(&line["incident"])))
        .collect()
}

#[test]
fn the_incident_keeps_its_id_from_check_to_check() {
    let folder = Folder::new("incident-watch")
        .file("marked.yaml", super::RULE)
        .file("keytrail.yaml", super::PROJECT);
    let ann = Who::User("ann", 'A');
    let first = check(&folder, &[event("a", 0, ann, Call::Describe)]);
    let id = &first["a"];
    assert_eq!(id.len(), 32);
    // The user is made in one check and calls in the next. Each check is a process of its own.
    assert!(check(&folder, &[unmarked("x", 1, ann, Call::CreateUser("eve"))]).is_empty());
    let eve = Who::User("eve", 'E');
    let bob = Who::User("bob", 'B');
    let later = [
        from(OTHER_IP, event("b", 2, eve, Call::Trust("ops"))),
        from("203.0.113.44", event("c", 2, bob, Call::Describe)),
    ];
    let second = check(&folder, &later);
    assert_eq!(second["b"], *id);
    assert_ne!(second["c"], *id);
    // Beyond the window another incident begins.
    let third = check(&folder, &[event("d", 40, ann, Call::Describe)]);
    assert_ne!(third["d"], *id);
}
