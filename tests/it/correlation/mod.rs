//! Correlated rules on random streams, compared with a brute-force reference.

pub(crate) mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use keytrail::config::{LoadOptions, Policy};
use keytrail::finding::VerdictRole;
use keytrail::input::InputSet;
use keytrail::report::Report;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::Time;
use keytrail::{ScanOptions, scan};
use proptest::prelude::*;

use crate::run::Folder;
use reference::{
    Entry, Event, Finding, Having, Minute, Occurrence, Rule, Step, findings, named_minutes,
};

const APIS: [&str; 4] = ["CreateUser", "AttachUserPolicy", "CreateAccessKey", "DeleteUser"];
/// 2026-03-02T00:00:00Z, the start of every stream.
const BEGINS: i64 = 1_772_409_600;

pub(crate) fn json(event: &Event) -> String {
    let Event { id, time, user, api, ip, ok } = event;
    let (hour, minute) = (time / 60, time % 60);
    let api = APIS[usize::from(*api)];
    let error = if *ok { "" } else { r#""errorCode":"AccessDenied","# };
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","accountId":"111122223333","userName":"user-{user}","accessKeyId":"AKIAEXAMPLE00000000{user}"}},"eventTime":"2026-03-02T{hour:02}:{minute:02}:00Z","eventSource":"iam.amazonaws.com","eventName":"{api}","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.{ip}","userAgent":"aws-cli",{error}"readOnly":false,"eventID":"event-{id}","eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#
    )
}

fn condition(apis: u8) -> String {
    let named = (0..4).filter(|api| apis & 1 << api != 0).map(|api| format!("\"{}\"", APIS[api]));
    format!("event.api in [{}]", named.collect::<Vec<_>>().join(", "))
}

pub(crate) fn yaml(rule: &Rule) -> String {
    let length = |minutes: &Minute| format!("{minutes}m");
    let within = |within: &Option<Minute>| match within {
        Some(minutes) => format!("    within: {}\n", length(minutes)),
        None => String::new(),
    };
    let body = match rule {
        Rule::Correlate { when, within: of, having } => {
            let having = match having {
                Having::Calls(n) => format!("calls >= {n}"),
                Having::AddressesOrFailed(a, f) => format!("addresses >= {a} || failed >= {f}"),
                Having::Exactly(n) => format!("calls == {n}"),
                Having::SomeFailed => "succeeded < calls".to_owned(),
            };
            format!(
                "  when: {}\n  correlate:\n{}    measures:\n      calls: {{ count: \"true\" }}\n      addresses: {{ distinct: event.ip }}\n      failed: {{ count: event.ok == false }}\n      succeeded: {{ count: event.ok == true }}\n    having: {having}\n",
                condition(*when),
                within(of)
            )
        }
        Rule::Sequence { steps, within: of } => {
            let mut text = format!("  sequence:\n{}    steps:\n", within(of));
            let mut times = Vec::new();
            for (number, Step { apis, absent, count, relation }) in steps.iter().enumerate() {
                text.push_str(&format!(
                    "      - id: s{number}\n        absent: {absent}\n        when: {}\n",
                    condition(*apis)
                ));
                if !absent {
                    text.push_str(&format!("        count: {count}\n"));
                    times.push(format!("${{s{number}.time}}"));
                }
                if let Some((other, same)) = relation {
                    let operator = if *same { "==" } else { "!=" };
                    text.push_str(&format!("        where: s{other}.ip {operator} event.ip\n"));
                }
            }
            text + &format!("  message: \"{}\"\n", times.join(" "))
        }
        Rule::FirstSeen { when, among, history } => format!(
            "  when: {}\n  first_seen:\n    of: [event.ip]\n    history: {}\n    among: {}\n",
            condition(*when),
            length(history),
            condition(*among)
        ),
        Rule::AfterSilence { when, silence, table } => format!(
            "  when: {}\n  after_silence:\n    for: {}\n{}  message: \"since ${{silent_since}}\"\n",
            condition(*when),
            length(silence),
            table.map_or(String::new(), |minute| {
                let at = Time((BEGINS + minute * 60) * 1_000_000);
                format!("    last_seen: if event.user == \"user-0\" {{ time(\"{at}\") }}\n")
            })
        ),
    };
    format!(
        "rule:\n  id: subject\n  title: Under test\n  category: abuse\n  severity: high\n  on: event\n  by: [event.account, event.user]\n{body}"
    )
}

pub(crate) fn allowlist(entries: &[Entry]) -> String {
    let mut text = "entries:\n".to_owned();
    for (number, entry) in entries.iter().enumerate() {
        let selector = match entry {
            Entry::Api(api) => format!("api: [\"aws:iam.{}\"]", APIS[usize::from(*api)]),
            Entry::Ip(ip) => format!("ip: [198.51.100.{ip}]"),
        };
        text.push_str(&format!(
            "  - id: entry-{number}\n    rules: [subject]\n    match: {{ {selector} }}\n    reason: a test\n    owner: nobody\n    expires: never\n"
        ));
    }
    text
}

pub(crate) fn policy(folder: &Folder, allowlist: bool) -> Policy {
    let options = LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: vec![folder.path("subject.yaml").display().to_string()],
        allowlists: allowlist
            .then(|| folder.path("allow.yaml").display().to_string())
            .into_iter()
            .collect(),
        functions: FUNCTIONS,
        ..LoadOptions::default()
    };
    Policy::load(&options).unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"))
}

pub(crate) fn run(policy: &Policy, files: &[PathBuf], jobs: usize, memory: usize) -> Report {
    let args: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let inputs = InputSet::new(&args).unwrap();
    let options = ScanOptions {
        jobs: NonZeroUsize::new(jobs).unwrap(),
        allow_empty: true,
        memory,
        ..ScanOptions::at(Time::parse("2026-03-03T00:00:00Z").unwrap())
    };
    let report = scan(policy, &inputs, inputs.roots().to_vec(), Vec::new(), &options);
    assert_eq!(report.incomplete, [], "{report:#?}");
    report
}

/// The engine's findings in the form of the reference.
fn found(report: &Report, rule: &Rule) -> BTreeMap<u8, Finding> {
    let minute = |time: Option<Time>| (time.unwrap().0 / 1_000_000 - BEGINS) / 60;
    let of = |finding: &keytrail::finding::Finding| {
        let user = finding.subject[1].1.as_deref().unwrap();
        let user: u8 = user.strip_prefix("user-").unwrap().parse().unwrap();
        let suppressed = finding.role == VerdictRole::Suppressed;
        let mut occurrences: Vec<Occurrence> = match rule {
            // All events of a stream fall on the same day.
            Rule::FirstSeen { .. } => vec![Occurrence {
                first: minute(finding.first),
                last: minute(finding.last),
                count: if suppressed { finding.suppressed } else { finding.count } as usize,
                uncertain: finding.uncertain,
            }],
            _ => finding
                .occurrences
                .iter()
                .map(|of| Occurrence {
                    first: minute(of.first),
                    last: minute(of.last),
                    count: of.count as usize,
                    uncertain: of.uncertain,
                })
                .collect(),
        };
        occurrences.sort();
        (user, Finding { suppressed, uncertain: finding.uncertain, occurrences })
    };
    report.findings.iter().map(of).collect()
}

/// Without locations, because they name files.
fn texts(report: &Report) -> Vec<String> {
    let mut findings = report.findings.clone();
    for finding in &mut findings {
        finding.sample.location = Default::default();
        for calls in &mut finding.calls {
            calls.samples.iter_mut().for_each(|sample| sample.location = Default::default());
        }
    }
    findings.iter().map(|finding| format!("{finding:#?}")).collect()
}

/// What the report counts of matches and of what the allowlist covers.
fn counts(report: &Report) -> (u64, u64, Vec<u64>) {
    let of = &report.accounting;
    (of.matches, of.suppressed, report.ledger.iter().map(|entry| entry.matches).collect())
}

pub(crate) fn stream() -> impl Strategy<Value = Vec<Event>> {
    let event = (0i64..24, 0u8..2, 0u8..4, 0u8..3, any::<bool>());
    prop::collection::vec((event, prop::bool::weighted(0.1)), 0..18).prop_map(|events| {
        let mut stream = Vec::new();
        for (id, ((time, user, api, ip, ok), twice)) in events.into_iter().enumerate() {
            let event = Event { id, time, user, api, ip, ok };
            stream.extend(std::iter::repeat_n(event, 1 + usize::from(twice)));
        }
        stream
    })
}

pub(crate) fn rule() -> impl Strategy<Value = Rule> {
    let within = || prop::option::weighted(0.8, 0i64..12);
    let having = prop_oneof![
        (1usize..5).prop_map(Having::Calls),
        (2usize..4, 2usize..4).prop_map(|(a, f)| Having::AddressesOrFailed(a, f)),
        (1usize..4).prop_map(Having::Exactly),
        Just(Having::SomeFailed),
    ];
    let correlate = (1u8..16, within(), having)
        .prop_map(|(when, within, having)| Rule::Correlate { when, within, having });
    let relation = || prop::option::weighted(0.4, (any::<usize>(), any::<bool>()));
    let count = prop_oneof![3 => Just(1usize), 1 => 2usize..4];
    let step = (1u8..16, prop::bool::weighted(0.3), count, relation());
    let steps = prop::collection::vec(step, 2..5)
        .prop_filter("a step must be there", |steps| steps.iter().any(|(_, absent, ..)| !absent))
        .prop_map(steps);
    let sequence = (steps, within()).prop_map(|(steps, within)| Rule::Sequence { steps, within });
    let first_seen = (1u8..16, 1u8..16, 1i64..16)
        .prop_map(|(when, among, history)| Rule::FirstSeen { when, among, history });
    let after_silence = (1u8..16, 1i64..8, prop::option::of(-8i64..24))
        .prop_map(|(when, silence, table)| Rule::AfterSilence { when, silence, table });
    prop_oneof![2 => correlate, 3 => sequence, 1 => first_seen, 1 => after_silence]
}

/// The APIs of a step, whether it is absent, its count, and its relation to any earlier step.
type DrawnStep = (u8, bool, usize, Option<(usize, bool)>);

/// Steps whose relations name an earlier present step, if there is one.
fn steps(drawn: Vec<DrawnStep>) -> Vec<Step> {
    let mut present: Vec<usize> = Vec::new();
    let mut steps = Vec::new();
    for (number, (apis, absent, count, relation)) in drawn.into_iter().enumerate() {
        let relation = relation.filter(|_| !present.is_empty());
        let relation = relation.map(|(other, same)| (present[other % present.len()], same));
        let count = if absent { 1 } else { count };
        steps.push(Step { apis, absent, count, relation });
        if !absent {
            present.push(number);
        }
    }
    steps
}

pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![(0u8..4).prop_map(Entry::Api), (0u8..3).prop_map(Entry::Ip)]
}

pub(crate) fn cases() -> u32 {
    std::env::var("KEYTRAIL_CASES").map_or(400, |cases| cases.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_engine_equals_an_exhaustive_search(
        rule in rule(),
        events in stream(),
        entries in prop::collection::vec(entry(), 0..3),
        turn in 0usize..18,
        cut in 0usize..18,
    ) {
        let lines = |events: &[Event]| -> String {
            events.iter().map(|event| json(event) + "\n").collect()
        };
        let mut turned = events.clone();
        turned.rotate_left(turn % events.len().max(1));
        let (left, right) = turned.split_at(cut.min(turned.len()));
        let folder = Folder::new("correlation")
            .file("subject.yaml", yaml(&rule))
            .file("allow.yaml", allowlist(&entries))
            .file("all.ndjson", lines(&events))
            .file("left.ndjson", lines(left))
            .file("right.ndjson", lines(right));
        let policy_with = |allowlist: bool| policy(&folder, allowlist && !entries.is_empty());
        let all = [folder.path("all.ndjson")];
        let allowed = policy_with(true);
        let report = run(&allowed, &all, 1, 1 << 30);
        prop_assert_eq!(found(&report, &rule), findings(&rule, &events, &entries), "with entries");
        for (user, minutes) in named_minutes(&rule, &events, &entries) {
            let times: Vec<String> =
                minutes.iter().map(|m| Time((BEGINS + m * 60) * 1_000_000).to_string()).collect();
            let name = format!("user-{user}");
            let of_user = |f: &&keytrail::finding::Finding| f.subject[1].1.as_ref() == Some(&name);
            let finding = report.findings.iter().find(of_user).unwrap();
            prop_assert_eq!(&finding.message, &times.join(" "), "of {}", name);
        }

        // Order, split, threads and memory do not change the result.
        let split = [folder.path("left.ndjson"), folder.path("right.ndjson")];
        for (jobs, memory, how) in [(3, 1 << 30, "split"), (2, 600, "spilled")] {
            let other = run(&allowed, &split, jobs, memory);
            prop_assert_eq!(texts(&report), texts(&other), "{}", how);
            prop_assert_eq!(counts(&report), counts(&other), "{}", how);
        }

        // Every finding that is open with the entries is open without them.
        let plain = run(&policy_with(false), &all, 1, 1 << 30);
        prop_assert_eq!(found(&plain, &rule), findings(&rule, &events, &[]), "without entries");
        let open = |report: &Report| -> BTreeSet<String> {
            let open = report.findings.iter().filter(|f| f.role != VerdictRole::Suppressed);
            open.map(|finding| finding.fingerprint.clone()).collect()
        };
        prop_assert!(open(&report).is_subset(&open(&plain)));
    }
}
