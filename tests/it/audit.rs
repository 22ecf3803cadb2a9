//! `keytrail allowlist audit`.

use std::fs;

use insta::assert_snapshot;
use keytrail::allow::Selector;
use keytrail::config::{LoadOptions, Policy};
use keytrail::expr::Bindings;
use keytrail::record::Record;
use keytrail::record::field::event;
use keytrail::value::{RecordKind, Time, Value};
use serde_json::Value as Json;

use crate::readme::{copy, root};
use crate::run::{Ended, Folder};

const RULE: &str = r#"rule:
  id: permissions-granted
  title: Permissions were granted
  category: abuse
  severity: high
  on: event
  when: |
    event.ok == true && event.api.like_any(["Attach*", "Put*Policy"])
  raise:
    - { to: critical, when: event.api.starts_with("Attach") }
  by: [event.account, event.user]
  tests:
    - { name: a, event: { provider: aws, account: "1", api: AttachUserPolicy, ok: true }, expect: match }
    - { name: b, event: { provider: aws, account: "1", api: AttachUserPolicy, ok: false }, expect: none }
"#;

/// One entry of each kind of problem, and one without.
const ENTRIES: &str = r#"entries:
  - id: pipeline
    rules: [permissions-granted]
    match:
      user: [terraform-deploy] # The role of the pipeline.
      ip: [203.0.113.0/24]
    reason: The pipeline deploys after a review.
    owner: platform-team
    expires: 2030-12-31
  - id: pipeline-iam
    rules: [permissions-granted]
    match: { user: [terraform-deploy], ip: [203.0.113.77], api: ["aws:iam.*"] }
    reason: The pipeline deploys after a review.
    owner: platform-team
    expires: 2030-11-30
  - { id: misspelt, rules: [permission-granted], match: { user: [a] }, reason: r, owner: o, expires: never }
  - { id: over, rules: [permissions-granted], match: { user: [b] }, reason: r, owner: o, expires: 2026-09-30 }
  - { id: ending, rules: [permissions-granted], match: { user: [backup-sync] }, reason: r, owner: o, expires: 2026-10-15 }
  - { id: contradiction, rules: [permissions-granted], match: { user: [c], code: [failed] }, reason: r, owner: o, expires: never }
  - { id: whole-rule, rules: [permissions-granted], match: { code: [success] }, reason: r, owner: o, expires: never }
  - { id: any-caller, rules: [permissions-granted], match: { agent: [Terraform], region: [eu-west-1] }, reason: r, owner: o, expires: never }
  - { id: nobody, rules: [permissions-granted], match: { user: [nobody] }, reason: r, owner: o, expires: never }
"#;

fn folder(name: &str, entries: &str) -> Folder {
    let folder = Folder::new(&format!("audit-{name}"))
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\nallowlists: [allowlists]\n")
        .file("rules/permissions-granted.yaml", RULE)
        .file("allowlists/all.yaml", entries);
    copy(&root().join("examples/cloudtrail"), &folder.path("logs"));
    folder
}

fn audit(folder: &Folder, arguments: &[&str]) -> Ended {
    let all = [&["allowlist", "audit", "--now", "2026-10-08T00:00:00Z"], arguments].concat();
    folder.keytrail(all).output()
}

/// The problems of an audit: entries with the kinds, in order.
fn problems(audit: &Json) -> Vec<String> {
    let mut found = Vec::new();
    for entry in audit["entries"].as_array().unwrap() {
        for problem in entry["problems"].as_array().unwrap() {
            found.push(format!(
                "{} {}",
                entry["id"].as_str().unwrap(),
                problem["kind"].as_str().unwrap()
            ));
        }
    }
    found
}

fn json(ended: &Ended) -> Json {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"))
}

const EACH: [&str; 8] = [
    "any-caller caller-chosen",
    "contradiction never-matches",
    "ending expiring",
    "misspelt unknown-rule",
    "nobody unused",
    "over expired",
    "pipeline-iam shadowed",
    "whole-rule broad",
];

#[test]
fn each_bad_entry_is_named_and_nothing_else() {
    let folder = folder("each", ENTRIES);
    let ended = audit(&folder, &["logs", "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{ended}");
    let found = json(&ended);
    // The caller that any entry describes is also nobody in these logs.
    let mut expected: Vec<&str> = EACH.into();
    expected.insert(1, "any-caller unused");
    assert_eq!(problems(&found), expected, "{ended}");
    let schema: Json =
        serde_json::from_str(&folder.keytrail(["schema", "audit"]).output().stdout).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&found));
    // What depends on inputs is not said without them.
    let without = audit(&folder, &["--format", "json"]);
    let expected: Vec<&str> = EACH.into_iter().filter(|of| *of != "nobody unused").collect();
    assert_eq!(problems(&json(&without)), expected, "{without}");
    assert!(json(&without)["entries"][0].get("coverage").is_none());
}

#[test]
fn people_read_what_each_entry_covers() {
    let first = ENTRIES.split("  - { id: misspelt").next().unwrap();
    let folder = folder("people", first);
    assert_snapshot!(audit(&folder, &["logs"]), @r#"
    exit: 1
    ----- stdout
    pipeline  allowlists/all.yaml:2  platform-team, until 2030-12-31
      covers 4 matches of 1 identity, 2 of them alone: 4 high
      of permissions-granted (4)
      from 2026-10-05T09:14:06Z to 2026-10-05T16:42:09Z
      the tightest entry that covers the same:
        rules: [permissions-granted]
        match:
          user: [terraform-deploy]
          ip: ["203.0.113.77"]
          ak: [temporary]
          api: ["aws:iam.PutRolePolicy", "aws:s3.PutBucketPolicy"]
          account: ["111122223333"]
          region: [eu-west-1, us-east-1]
          code: [success]
          method: [api]

    pipeline-iam  allowlists/all.yaml:10  platform-team, until 2030-11-30
      covers 2 matches of 1 identity, 0 of them alone: 2 high
      of permissions-granted (2)
      from 2026-10-05T09:14:06Z to 2026-10-05T16:42:06Z
      shadowed: the entry `pipeline` covers everything that this entry covers
        = help: delete this entry, or tighten `pipeline`
      the tightest entry that covers the same:
        rules: [permissions-granted]
        match:
          user: [terraform-deploy]
          ip: ["203.0.113.77"]
          api: ["aws:iam.PutRolePolicy"]
          ak: [temporary]
          account: ["111122223333"]
          region: [us-east-1]
          code: [success]
          method: [api]

    2 entries: 1 problem in 1 entry
    evaluated 442 records; rules that entries name match 5 times
    "#);
    assert_snapshot!(audit(&folder, &[]), @r"
    exit: 1
    ----- stdout
    pipeline  allowlists/all.yaml:2  platform-team, until 2030-12-31

    pipeline-iam  allowlists/all.yaml:10  platform-team, until 2030-11-30
      shadowed: the entry `pipeline` covers everything that this entry covers
        = help: delete this entry, or tighten `pipeline`

    2 entries: 1 problem in 1 entry
    without inputs, no entry is known to be unused or wider than needed
    ");
}

/// The patch leaves the rest of the file as it is, and the new entries cover the same.
#[test]
fn the_patch_covers_the_same() {
    let folder = folder("patch", ENTRIES);
    let patch = audit(&folder, &["logs", "--format", "patch"]);
    assert_snapshot!(patch.stdout, @r#"
    --- a/allowlists/all.yaml
    +++ b/allowlists/all.yaml
    @@ -1,22 +1,36 @@
     entries:
       - id: pipeline
         rules: [permissions-granted]
    -    match:
    -      user: [terraform-deploy] # The role of the pipeline.
    -      ip: [203.0.113.0/24]
    +    match:
    +      user: [terraform-deploy]
    +      ip: ["203.0.113.77"]
    +      ak: [temporary]
    +      api: ["aws:iam.PutRolePolicy", "aws:s3.PutBucketPolicy"]
    +      account: ["111122223333"]
    +      region: [eu-west-1, us-east-1]
    +      code: [success]
    +      method: [api]
         reason: The pipeline deploys after a review.
         owner: platform-team
         expires: 2030-12-31
       - id: pipeline-iam
         rules: [permissions-granted]
    -    match: { user: [terraform-deploy], ip: [203.0.113.77], api: ["aws:iam.*"] }
    +    match:
    +      user: [terraform-deploy]
    +      ip: ["203.0.113.77"]
    +      api: ["aws:iam.PutRolePolicy"]
    +      ak: [temporary]
    +      account: ["111122223333"]
    +      region: [us-east-1]
    +      code: [success]
    +      method: [api]
         reason: The pipeline deploys after a review.
         owner: platform-team
         expires: 2030-11-30
       - { id: misspelt, rules: [permission-granted], match: { user: [a] }, reason: r, owner: o, expires: never }
       - { id: over, rules: [permissions-granted], match: { user: [b] }, reason: r, owner: o, expires: 2026-09-30 }
    -  - { id: ending, rules: [permissions-granted], match: { user: [backup-sync] }, reason: r, owner: o, expires: 2026-10-15 }
    +  - { id: ending, rules: [permissions-granted], match: { user: [backup-sync], ip: ["198.51.100.23"], api: ["aws:iam.AttachUserPolicy"], account: ["111122223333"], region: [us-east-1], code: [success], method: [api] }, reason: r, owner: o, expires: 2026-10-15 }
       - { id: contradiction, rules: [permissions-granted], match: { user: [c], code: [failed] }, reason: r, owner: o, expires: never }
    -  - { id: whole-rule, rules: [permissions-granted], match: { code: [success] }, reason: r, owner: o, expires: never }
    +  - { id: whole-rule, rules: [permissions-granted], match: { code: [success], ip: ["198.51.100.23", "203.0.113.77"], user: [backup-sync, terraform-deploy], api: ["aws:iam.AttachUserPolicy", "aws:iam.PutRolePolicy", "aws:s3.PutBucketPolicy"], account: ["111122223333"], region: [eu-west-1, us-east-1], method: [api] }, reason: r, owner: o, expires: never }
       - { id: any-caller, rules: [permissions-granted], match: { agent: [Terraform], region: [eu-west-1] }, reason: r, owner: o, expires: never }
       - { id: nobody, rules: [permissions-granted], match: { user: [nobody] }, reason: r, owner: o, expires: never }
    "#);
    let patched = apply(ENTRIES, &patch.stdout);
    assert_ne!(patched, ENTRIES);
    let before = json(&audit(&folder, &["logs", "--format", "json"]));
    let folder = folder.file("allowlists/all.yaml", &patched);
    let after = json(&audit(&folder, &["logs", "--format", "json"]));
    for (before, after) in
        before["entries"].as_array().unwrap().iter().zip(after["entries"].as_array().unwrap())
    {
        assert_eq!(before["coverage"], after["coverage"], "{before} {after}");
        assert!(after.get("tightened").is_none(), "{after}");
    }
    assert_eq!(after["patch"], "");
}

/// Applies a unified diff of one file.
fn apply(text: &str, patch: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut out, mut at) = (String::new(), 0);
    for line in patch.split_inclusive('\n').skip(2) {
        match line.split_at(1) {
            ("@", rest) => {
                let start = rest.split(['-', ',']).nth(1).unwrap().parse::<usize>().unwrap() - 1;
                out.extend(lines[at..start].iter().copied());
                at = start;
            }
            ("+", new) => out.push_str(new),
            ("-", old) => {
                assert_eq!(old, lines[at]);
                at += 1;
            }
            (_, same) => {
                assert_eq!(same, lines[at]);
                out.push_str(same);
                at += 1;
            }
        }
    }
    out.extend(lines[at..].iter().copied());
    out
}

#[test]
fn an_audit_that_cannot_be_complete_says_so() {
    let good = ENTRIES.split("  - id: pipeline-iam").next().unwrap();
    let clean = folder("clean", good);
    assert_eq!(audit(&clean, &["logs"]).code, Some(0));
    fs::write(clean.path("logs/broken.json"), "{\"Records\":[{\"eventVersion\":").unwrap();
    let incomplete = audit(&clean, &["logs"]);
    assert_eq!(incomplete.code, Some(3), "{incomplete}");
    let empty = folder("empty", good).file("none/README", "no log");
    assert_eq!(audit(&empty, &["none"]).code, Some(3));
    assert_eq!(audit(&empty, &["missing"]).code, Some(2));
    let patch = audit(&empty, &["--format", "patch"]);
    assert_eq!(patch.code, Some(2), "{patch}");
    let none = empty.file("keytrail.yaml", "rule_paths: [rules]\n");
    let none = audit(&none, &[]);
    assert_eq!((none.code, none.stdout.lines().next()), (Some(0), Some("0 entries: no problem")));
}

/// The condition that stands for an entry is true for the records that the entry covers.
#[test]
fn an_entry_equals_its_expression() {
    let folder = Folder::new("audit-expressions");
    let options = |entry: &str| {
        fs::write(folder.path("allow.yaml"), format!("entries:\n  - {entry}\n")).unwrap();
        fs::write(folder.path("permissions-granted.yaml"), RULE).unwrap();
        let policy = Policy::load(&LoadOptions {
            directory: folder.path(""),
            no_config: true,
            rules: vec!["permissions-granted.yaml".to_owned()],
            allowlists: vec!["allow.yaml".to_owned()],
            functions: keytrail::stdlib::FUNCTIONS,
            formats: keytrail::input::FORMATS,
            ..LoadOptions::default()
        });
        policy.unwrap_or_else(|(_, problems)| panic!("{entry}: {problems:#?}"))
    };
    let values: [(Selector, &[&str]); 14] = [
        (Selector::Ip, &["203.0.113.0/24", "2001:db8::1"]),
        (Selector::Ip, &["lan", "198.51.100.7"]),
        (Selector::User, &["ann", "ci-*"]),
        (Selector::User, &["a?*", "\"q\\"]),
        (Selector::Ak, &["AKIAIOSFODNN7EXAMPLE", "temporary"]),
        (Selector::Ak, &["long_term"]),
        (Selector::Api, &["AWS:iam.*", "*:s3.putbucketpolicy"]),
        (Selector::Api, &["aws:IAM.createuser"]),
        (Selector::Code, &["success", "AccessDenied*"]),
        (Selector::Code, &["failed"]),
        (Selector::Account, &["111122223333"]),
        (Selector::Region, &["eu-west-1"]),
        (Selector::Agent, &["Terraform/1.5"]),
        (Selector::Method, &["api", "console"]),
    ];
    let records: Vec<Record<'static>> = records();
    for (selector, values) in values {
        let list = serde_json::to_string(values).unwrap();
        let policy = options(&format!(
            "{{ id: one, rules: [permissions-granted], match: {{ {}: {list} }}, reason: r, owner: o, \
             expires: never, broad: true }}",
            selector.name()
        ));
        let entry = &policy.allowlist.entries[0];
        let expr = entry.condition(RecordKind::Event, &policy).unwrap();
        let mut covered = 0;
        for record in &records {
            let bindings = Bindings::of(record, Time(0));
            let covers = entry.unmet(RecordKind::Event, &bindings, Time(0)).is_empty();
            assert_eq!(expr.test(&bindings), Ok(covers), "{list}\n{record:?}");
            covered += usize::from(covers);
        }
        assert!(covered > 0 && covered < records.len(), "{list} covers {covered}");
    }
}

/// Records that differ in one field from each other, with values of every selector.
fn records() -> Vec<Record<'static>> {
    let text = |field, values: &[&'static str]| -> Vec<Record<'static>> {
        let of = |value: &&'static str| {
            let mut record = Record::new(RecordKind::Event);
            record.set(field, Value::str(value));
            record
        };
        values.iter().map(of).collect()
    };
    let ok = [true, false].map(|ok| {
        let mut record = Record::new(RecordKind::Event);
        record.set(event::OK, Value::Bool(ok));
        record
    });
    let mut private = Record::new(RecordKind::Event);
    private.set(event::IP, Value::str("10.0.0.1"));
    private.set(event::IP_SCOPE, Value::str("private"));
    let all = [
        text(event::IP, &["203.0.113.9", "2001:db8::1", "2001:db8::2", "198.51.100.7", "-"]),
        text(event::IP_SCOPE, &["private", "public"]),
        text(event::USER, &["ann", "ANN", "ci-1", "a?b", "abc", "\"q\\", ""]),
        text(event::AK, &["AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF"]),
        text(event::AK_TYPE, &["long_term", "temporary"]),
        text(
            event::OPERATION,
            &["aws:iam.CreateUser", "aws:s3.PutBucketPolicy", "x:s3.putBucketPolicy"],
        ),
        text(event::CODE, &["AccessDenied", "AccessDeniedException", "Throttling"]),
        text(event::ACCOUNT, &["111122223333", "1"]),
        text(event::REGION, &["eu-west-1", "us-east-1"]),
        text(event::AGENT, &["Terraform/1.5", "Terraform/1.6"]),
        text(event::METHOD, &["api", "console", "service"]),
        ok.into(),
        vec![private],
        vec![Record::new(RecordKind::Event)],
    ];
    all.concat()
}
