//! A small policy in two folders or revisions.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::run::{Ended, Folder};

/// The files of the base.
pub(crate) const FILES: [(&str, &str); 11] = [
    (
        "keytrail.yaml",
        "extends: []\nrule_paths: [rules, data]\nallowlists: [allow.yaml]\nfail_on: high\nmax_skipped: 2\n\
         expect: [audit-log]\nlints:\n  unused-list: error\ntables:\n  partners: partners.csv\n\
         guards:\n  - { rules: [\"key-*\"], when: event.user_type == \"root\", reason: root is never accepted }\n",
    ),
    (
        "rules/key-created.yaml",
        r#"rule:
  id: key-created
  title: A key was created
  category: abuse
  severity: high
  status: stable
  on: event
  params:
    services: { type: list, default: [iam, sts] }
  when: |
    event.service in params.services && event.api in lists.apis
      && event.method in ["api", "console"]
      && !office_hours
  raise:
    - { to: critical, when: event.user_type == "root" || event.api == "CreateUser" }
  message: "${event.user} called ${event.api}"
  by: [event.account, event.user]
  tests:
    - { name: at night, event: { provider: aws, service: iam, api: CreateUser, method: api, time: 2026-01-01T23:00:00Z }, expect: match }
    - { name: at noon, event: { provider: aws, service: iam, api: CreateUser, method: api, time: 2026-01-01T12:00:00Z }, expect: none }
"#,
    ),
    (
        "rules/many-denied.yaml",
        r#"rule:
  id: many-denied
  title: Many denied calls
  category: abuse
  severity: medium
  on: event
  params:
    least: { type: int, default: 3 }
  when: event.ok == false
  message: "${denied} calls were denied"
  by: [event.account, event.user]
  correlate:
    within: 10m
    measures:
      denied: { count: 'event.code.contains("Denied")' }
    having: denied >= params.least
"#,
    ),
    (
        "rules/created-then-used.yaml",
        r#"rule:
  id: created-then-used
  title: Created, then used
  category: abuse
  severity: medium
  on: event
  message: created and used
  sequence:
    within: 1h
    steps:
      - { id: created, by: [event.account], when: event.api == "CreateAccessKey" && event.ok == true }
      - { id: approved, absent: true, by: [event.account], when: event.api == "TagUser" }
      - { id: used, count: 2, by: [event.account], when: event.api == "ListUsers" }
"#,
    ),
    (
        "rules/new-address.yaml",
        r#"rule:
  id: new-address
  title: A new address
  category: abuse
  severity: medium
  on: event
  when: event.api == "ListUsers"
  message: "a new address ${event.source}"
  by: [event.account, event.user]
  first_seen:
    of: [event.ip]
    history: 30d
    among: event.ok == true
"#,
    ),
    (
        "rules/dormant.yaml",
        r#"rule:
  id: dormant
  title: A dormant key is used
  category: abuse
  severity: medium
  on: event
  when: event.method == "api"
  message: "${event.ak} is used"
  by: [event.account, event.ak]
  params:
    silent: { type: duration, default: 30d }
  after_silence:
    for: params.silent
"#,
    ),
    (
        "rules/partner.yaml",
        r#"rule:
  id: partner
  title: A partner called
  category: abuse
  severity: low
  on: event
  when: has(lookup("partners", event.account))
  message: a partner called
"#,
    ),
    (
        "data/apis.yaml",
        "list:\n  id: apis\n  of: event.api\n  values: [CreateAccessKey, CreateUser]\n",
    ),
    (
        "data/definitions.yaml",
        "definitions:\n  office_hours:\n    on: event\n    expr: event.time.hour() >= 8 && event.time.hour() < 18\n\
         \x20 unused:\n    on: event\n    expr: event.ok == true\n",
    ),
    (
        "data/partners.yaml",
        "table:\n  id: partners\n  key: { column: account, match: exact }\n  columns: { account: str, name: str }\n",
    ),
    (
        "allow.yaml",
        r#"entries:
  - id: office
    rules: [key-created]
    match: { ip: [203.0.113.0/24], user: ["ci-*"], method: [api] }
    when: event.region == "us-east-1"
    reason: The office.
    owner: platform
    expires: 2027-01-01
  - id: scanner
    rules: [many-denied]
    match: { api: ["aws:iam.List*", "aws:sts.Get*"] }
    reason: The scanner.
    owner: platform
    expires: 2027-01-01
"#,
    ),
];

pub(crate) const PARTNERS: &str = "account,name\n111122223333,partner\n";

/// Writes the base into a folder below this one.
pub(crate) fn write(folder: &Folder, below: &str) {
    let files = FILES.into_iter().chain([("partners.csv", PARTNERS)]);
    for (name, text) in files {
        put(folder, &format!("{below}/{name}"), text);
    }
}

/// Writes a file of a folder.
pub(crate) fn put(folder: &Folder, name: &str, text: &str) {
    let path = folder.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Replaces a text that occurs once in a file. An empty text is the whole file, and without a new one
/// the file is deleted.
pub(crate) fn edit(folder: &Folder, name: &str, from: &str, to: Option<&str>) {
    let text = folder.read(name);
    match to {
        None => fs::remove_file(folder.path(name)).unwrap(),
        Some(to) if from.is_empty() => fs::write(folder.path(name), to).unwrap(),
        Some(to) => {
            assert_eq!(text.matches(from).count(), 1, "{name}: {from}");
            fs::write(folder.path(name), text.replace(from, to)).unwrap();
        }
    }
}

/// A comparison at a fixed time.
pub(crate) fn diff(folder: &Folder, arguments: &[&str]) -> Ended {
    let all = ["diff", "--now", "2026-06-01T00:00:00Z"].iter().chain(arguments);
    folder.keytrail(all).output()
}

/// The changes in JSON, one line each: effect, kind, place, message and example.
pub(crate) fn lines(ended: &Ended) -> Vec<String> {
    let json: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"));
    let line = |change: &Value| {
        let text = |key: &str| change[key].as_str().unwrap().to_owned();
        let place = |of: &Value| {
            of["path"]
                .as_str()
                .map_or_else(|| "-".to_owned(), |path| format!("{path}:{}", of["line"]))
        };
        let record = change["record"].as_object().map(|record| {
            let values =
                record.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap()));
            format!(" [{}]", values.collect::<Vec<_>>().join(" "))
        });
        format!(
            "{} {} {} > {}: {}{}",
            text("effect"),
            text("kind"),
            place(&change["base"]),
            place(&change["head"]),
            text("message"),
            record.unwrap_or_default()
        )
    };
    json["changes"].as_array().unwrap().iter().map(line).collect()
}

/// Runs git in a folder, without the configuration of the machine.
pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let identity =
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(identity)
        .args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
