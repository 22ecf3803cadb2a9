//! Properties: threads, order, splits, repeats and other rules do not change the findings, and an
//! allowlist entry never adds one.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use keytrail::config::{LoadOptions, Policy};
use keytrail::input::InputSet;
use keytrail::report::Report;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::Time;
use keytrail::{ScanOptions, scan};
use proptest::prelude::*;

use crate::run::Folder;

const RULE: &str = r#"
rule:
  id: denied-or-written
  title: Something was written or denied
  category: abuse
  severity: medium
  status: stable
  on: event
  description: Enough matches to be worth reducing.
  remediation: None.
  when: |
    event.action == "write" || event.code == "AccessDenied"
  raise: [{ to: high, when: 'event.user_type == "root"' }]
  message: "${event.user} called ${event.name} from ${event.source}"
  by: [event.account, event.user]
"#;

const OTHER: &str = r#"
rule:
  id: reads
  title: Something was read
  category: abuse
  severity: low
  status: stable
  on: event
  description: A rule that has nothing to do with the first.
  remediation: None.
  when: event.action == "read"
  message: "${event.name}"
"#;

/// One event. Events with equal ids are versions of the same event; a later version can have more.
#[derive(Debug, Clone)]
struct Event {
    id: u8,
    user: u8,
    api: u8,
    hour: u8,
    denied: bool,
    updated: bool,
}

fn event() -> impl Strategy<Value = Event> {
    (0u8..40, 0u8..4, 0u8..4, 0u8..24, any::<bool>(), prop::bool::weighted(0.2)).prop_map(
        |(id, user, api, hour, denied, updated)| Event { id, user, api, hour, denied, updated },
    )
}

impl Event {
    fn json(&self) -> String {
        let Event { id, user, api, hour, .. } = self;
        let (name, read) =
            [("CreateUser", false), ("DeleteUser", false), ("ListUsers", true), ("GetUser", true)]
                [*api as usize];
        let kind = if *user == 0 { "Root" } else { "IAMUser" };
        let error = if self.denied { r#""errorCode":"AccessDenied","# } else { "" };
        let addendum = if self.updated { r#","addendum":{"reason":"UPDATED_DATA"}"# } else { "" };
        format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"{kind}","accountId":"111122223333","userName":"user-{user}","accessKeyId":"AKIAEXAMPLE00000000{user}"}},"eventTime":"2026-03-02T{hour:02}:00:00Z","eventSource":"iam.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.{user}","userAgent":"aws-cli",{error}"readOnly":{read},"eventID":"event-{id}","eventType":"AwsApiCall","recipientAccountId":"111122223333"{addendum}}}"#
        )
    }
}

fn policy(folder: &Folder, rules: &[&str], allowlist: Option<&str>) -> Policy {
    let options = LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: rules.iter().map(|rule| folder.path(rule).display().to_string()).collect(),
        allowlists: allowlist.iter().map(|a| folder.path(a).display().to_string()).collect(),
        functions: FUNCTIONS,
        ..LoadOptions::default()
    };
    Policy::load(&options).unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"))
}

fn run(policy: &Policy, files: &[PathBuf], jobs: usize) -> Report {
    let args: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let inputs = InputSet::new(&args).unwrap();
    let options = ScanOptions {
        jobs: NonZeroUsize::new(jobs).unwrap(),
        allow_empty: true,
        ..ScanOptions::at(Time::parse("2026-03-03T00:00:00Z").unwrap())
    };
    let report = scan(policy, &inputs, inputs.roots().to_vec(), Vec::new(), &options);
    let accounting = &report.accounting;
    assert_eq!(accounting.read, accounting.evaluated + accounting.skipped);
    report
}

/// The findings, without their locations, and without their incidents, which depend on other findings.
fn found(report: &Report) -> Vec<String> {
    report
        .findings
        .iter()
        .map(|finding| {
            let mut finding = finding.clone();
            finding.rule = 0;
            finding.incident.clear();
            finding.sample.location = Default::default();
            for calls in &mut finding.calls {
                calls.samples.iter_mut().for_each(|sample| sample.location = Default::default());
            }
            format!("{finding:#?}")
        })
        .collect()
}

fn lines(events: &[Event]) -> String {
    events.iter().map(|event| event.json() + "\n").collect()
}

fn array(events: &[Event]) -> String {
    let records: Vec<String> = events.iter().map(Event::json).collect();
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn findings_do_not_depend_on_threads_order_or_splits(
        events in prop::collection::vec(event(), 0..80),
        cut in 0usize..80,
        turn in 0usize..80,
    ) {
        let cut = cut.min(events.len());
        let mut turned = events.clone();
        turned.rotate_left(turn % events.len().max(1));
        let folder = Folder::new("laws-order")
            .file("denied-or-written.yaml", RULE)
            .file("reads.yaml", OTHER)
            .file("all.ndjson", lines(&events))
            .file("turned.ndjson", lines(&turned))
            .file("left.json", array(&events[..cut]))
            .file("right.ndjson", lines(&events[cut..]));
        let policy = policy(&folder, &["denied-or-written.yaml", "reads.yaml"], None);
        let path = |name: &str| folder.path(name);
        let one = run(&policy, &[path("all.ndjson")], 1);
        prop_assert_eq!(&one, &run(&policy, &[path("all.ndjson")], 5));
        let expected = found(&one);
        prop_assert_eq!(&expected, &found(&run(&policy, &[path("turned.ndjson")], 2)));
        let split = run(&policy, &[path("left.json"), path("right.ndjson")], 2);
        prop_assert_eq!(&expected, &found(&split));
        prop_assert_eq!(&split, &run(&policy, &[path("right.ndjson"), path("left.json")], 1));
        // A file that is read twice adds nothing, because each of its events has an id.
        let folder = folder.file("again.ndjson", lines(&events));
        let twice = run(&policy, &[folder.path("all.ndjson"), folder.path("again.ndjson")], 2);
        prop_assert_eq!(&expected, &found(&twice));
    }

    #[test]
    fn an_entry_never_adds_a_finding_and_rules_are_independent(
        events in prop::collection::vec(event(), 0..60),
        user in 0u8..4,
        denied in any::<bool>(),
    ) {
        let code = if denied { "AccessDenied" } else { "success" };
        let entry = format!(
            "entries:\n  - id: accepted\n    rules: [denied-or-written]\n    match:\n      ip: [198.51.100.{user}/32]\n      code: [{code}]\n    reason: a test\n    owner: nobody\n    expires: 2026-03-02\n"
        );
        let folder = Folder::new("laws-allow")
            .file("denied-or-written.yaml", RULE)
            .file("reads.yaml", OTHER)
            .file("allow.yaml", &entry)
            .file("in-force.yaml", entry.replace("2026-03-02", "2026-03-03"))
            .file("all.ndjson", lines(&events));
        let input = [folder.path("all.ndjson")];
        let rules = ["denied-or-written.yaml"];
        let plain = run(&policy(&folder, &rules, None), &input, 1);
        let allowed = run(&policy(&folder, &rules, Some("in-force.yaml")), &input, 1);

        let open = |report: &Report| -> BTreeSet<String> {
            report.open_findings().map(|finding| finding.fingerprint.clone()).collect()
        };
        prop_assert!(open(&allowed).is_subset(&open(&plain)));
        let matches = |report: &Report| -> u64 {
            report.findings.iter().map(|finding| finding.count + finding.suppressed).sum()
        };
        prop_assert_eq!(matches(&plain), matches(&allowed), "nothing is dropped silently");
        prop_assert_eq!(allowed.ledger[0].matches, allowed.accounting.suppressed);

        // On the day after its last valid day the entry covers nothing.
        let expired = run(&policy(&folder, &rules, Some("allow.yaml")), &input, 1);
        prop_assert_eq!(&found(&expired), &found(&plain));

        let both = run(&policy(&folder, &["denied-or-written.yaml", "reads.yaml"], None), &input, 1);
        let of_first: Vec<String> = found(&both)
            .into_iter()
            .zip(&both.findings)
            .filter(|(_, finding)| both.rules[finding.rule].id == "denied-or-written")
            .map(|(text, _)| text)
            .collect();
        prop_assert_eq!(of_first, found(&plain));
    }
}
