//! What a watch emits does not depend on how its input is split into checks.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use keytrail::config::Policy;
use keytrail::finding::VerdictRole;
use keytrail::input::InputSet;
use keytrail::report::Report;
use keytrail::rule::{Construct, Severity};
use keytrail::value::{Duration, Time};
use keytrail::watch::{Check, SavedState, Watch, WatchOptions, WatchState, id};
use proptest::prelude::*;

use crate::correlation::reference::Event;
use crate::correlation::{allowlist, cases, entry, json, policy, rule, run, stream, yaml};
use crate::run::Folder;

/// How late events can arrive, in minutes.
const LATENESS: i64 = 5;

fn options() -> WatchOptions {
    WatchOptions {
        lateness: Duration(LATENESS * 60_000_000),
        now: None,
        jobs: NonZeroUsize::MIN,
        memory: 1 << 30,
        fail_on: keytrail::rule::FailOn::High,
        min_severity: Severity::Info,
        max_skipped: 0,
        show_keys: false,
        show_suppressed: false,
    }
}

/// The emitted line of an occurrence, and how often it was emitted.
type Emission = (usize, Option<Time>, Option<Time>, u64);

/// Every open occurrence by its id.
fn ids(report: &Report, policy: &Policy) -> BTreeMap<u128, Emission> {
    let mut ids = BTreeMap::new();
    for finding in report.findings.iter().filter(|of| of.role != VerdictRole::Suppressed) {
        for occurrence in &finding.occurrences {
            let rule = &policy.rules[finding.rule];
            let emitted: &mut Emission =
                ids.entry(id(rule, &finding.fingerprint, occurrence, false)).or_default();
            let times = emitted.0 + 1;
            // An occurrence that later matches extend, or that was emitted before, keeps its id.
            *emitted = match &rule.construct {
                Construct::Correlate(of) if of.within.is_some() => {
                    (times, occurrence.first, occurrence.last, occurrence.count)
                }
                Construct::Sequence(of) if of.within.is_some() => {
                    (times, occurrence.first, occurrence.last, occurrence.count)
                }
                _ => (times, None, None, 0),
            };
        }
    }
    ids
}

/// One check of these events by a watch that was restarted from its stored state.
fn check(
    policy: &Policy,
    folder: &Folder,
    events: &[Event],
    state: WatchState,
    end: bool,
) -> Check {
    let stored = SavedState { state, files: Vec::new() }.write();
    let state = SavedState::read(&stored).unwrap().state;
    let text: String = events.iter().map(|event| json(event) + "\n").collect();
    let path = folder.path("part.ndjson");
    std::fs::write(&path, text).unwrap();
    let files: Vec<String> =
        if events.is_empty() { Vec::new() } else { vec![path.display().to_string()] };
    let mut watch = Watch::new(policy, options(), state);
    let clock = Time::parse("2026-03-03T00:00:00Z").unwrap();
    let check = watch.check(&InputSet::new(&files).unwrap(), clock, end, Vec::new()).unwrap();
    assert_eq!(check.report.incomplete, []);
    check
}

/// The lines that checks of the parts emit, in order.
fn emitted(policy: &Policy, folder: &Folder, parts: &[&[Event]]) -> BTreeMap<u128, Emission> {
    let (mut emitted, mut state) = (BTreeMap::new(), WatchState::default());
    for (at, part) in parts.iter().enumerate() {
        let check = check(policy, folder, part, state, at + 1 == parts.len());
        let of_check = ids(&check.report, policy);
        assert_eq!(check.ids.iter().collect::<BTreeSet<_>>(), of_check.keys().collect());
        for (id, of) in of_check {
            let emission: &mut Emission = emitted.entry(id).or_default();
            *emission = (emission.0 + of.0, of.1, of.2, of.3);
        }
        state = check.state;
    }
    emitted
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn emissions_do_not_depend_on_how_a_stream_is_cut(
        rule in rule(),
        events in stream(),
        delays in prop::collection::vec(0..=LATENESS, 40),
        stretch in 1i64..20,
        entries in prop::collection::vec(entry(), 0..2),
        cuts in prop::collection::btree_set(0usize..36, 0..8),
    ) {
        let events: Vec<Event> =
            events.into_iter().map(|event| Event { time: event.time * stretch, ..event }).collect();
        let mut delivered: Vec<(i64, Event)> =
            events.iter().zip(&delays).map(|(event, delay)| (event.time + delay, *event)).collect();
        delivered.sort_by_key(|(at, _)| *at);
        let delivered: Vec<Event> = delivered.into_iter().map(|(_, event)| event).collect();
        let lines: String = delivered.iter().map(|event| json(event) + "\n").collect();
        let folder = Folder::new("watch-cut")
            .file("subject.yaml", yaml(&rule))
            .file("allow.yaml", allowlist(&entries))
            .file("all.ndjson", lines);
        let policy = policy(&folder, !entries.is_empty());
        let whole = run(&policy, &[folder.path("all.ndjson")], 1, 1 << 30);
        let expected = ids(&whole, &policy);

        let mut parts: Vec<&[Event]> = Vec::new();
        let (mut rest, mut taken) = (&delivered[..], 0);
        for cut in cuts {
            let (part, behind) = rest.split_at((cut - taken).min(rest.len()));
            (rest, taken) = (behind, cut);
            parts.push(part);
        }
        parts.push(rest);
        prop_assert_eq!(&emitted(&policy, &folder, &parts), &expected);

        // The last occurrences are emitted even if nothing follows them.
        parts.push(&[]);
        prop_assert_eq!(&emitted(&policy, &folder, &parts), &expected);
    }
}

/// Instances without `within` are one occurrence, because an instance of the first and of a later
/// record may join them.
#[test]
fn related_steps_without_a_window_are_one_occurrence() {
    let rule = "rule:\n  id: subject\n  title: Under test\n  category: abuse\n  severity: high\n  on: event\n  by: [event.account]\n  sequence:\n    steps:\n      - { id: a, when: event.api == \"CreateUser\" }\n      - { id: b, when: event.api == \"DeleteUser\", where: a.ip != event.ip }\n  message: m\n";
    let folder = Folder::new("watch-related").file("subject.yaml", rule);
    let policy = policy(&folder, false);
    // Until the last record, no instance begins with the first record and ends with the fourth.
    let steps = [(0, 0, 0), (1, 3, 1), (20, 0, 1), (21, 3, 0), (40, 3, 2)];
    let events: Vec<Event> = (0..)
        .zip(steps)
        .map(|(id, (time, api, ip))| Event { api, ip, ok: true, ..event(id, time) })
        .collect();
    let whole: Vec<&[Event]> = vec![&events];
    let expected = emitted(&policy, &folder, &whole);
    assert_eq!(expected.len(), 1, "{expected:?}");
    for cut in 1..events.len() {
        let (left, right) = events.split_at(cut);
        assert_eq!(emitted(&policy, &folder, &[left, right]), expected, "cut at {cut}");
    }
}

fn plain(folder: Folder) -> (Folder, Policy) {
    let rule = "rule:\n  id: subject\n  title: Under test\n  category: abuse\n  severity: high\n  on: event\n  by: [event.account, event.user]\n  when: event.api == \"CreateUser\"\n  message: \"${event.user} made a user\"\n";
    let folder = folder.file("subject.yaml", rule);
    let policy = policy(&folder, false);
    (folder, policy)
}

fn event(id: usize, time: i64) -> Event {
    Event { id, time, user: 0, api: 0, ip: 0, ok: true }
}

#[test]
fn a_plain_rule_emits_once_for_each_subject_and_day() {
    let (folder, policy) = plain(Folder::new("watch-plain"));
    let first =
        check(&policy, &folder, &[event(0, 10), event(1, 20)], WatchState::default(), false);
    assert_eq!(first.ids.len(), 1);
    assert_eq!(first.report.findings[0].message, "user-0 made a user");
    assert_eq!(first.report.findings[0].count, 2);
    let again = check(&policy, &folder, &[event(0, 10), event(2, 30)], first.state.clone(), false);
    assert!(again.ids.is_empty());
    // A line that was not accepted is emitted again with the same id.
    let crashed = check(&policy, &folder, &[event(2, 30)], WatchState::default(), false);
    assert_eq!(crashed.ids, first.ids);
}

#[test]
fn a_changed_policy_restarts_windows_and_emits_nothing_twice() {
    let (folder, policy) = plain(Folder::new("watch-policy"));
    let first = check(&policy, &folder, &[event(0, 10)], WatchState::default(), false);
    let state = WatchState { policy: "another".into(), ..first.state };
    let watch = Watch::new(&policy, options(), state);
    assert_eq!((watch.state().watermark, watch.state().rows.len()), (None, 0));
    let again = check(&policy, &folder, &[event(1, 10)], watch.state().clone(), false);
    assert!(again.ids.is_empty());
}

#[test]
fn rows_beyond_memory_are_dropped_and_named() {
    let rule = "rule:\n  id: subject\n  title: Under test\n  category: abuse\n  severity: high\n  on: event\n  when: event.api == \"CreateUser\"\n  correlate:\n    within: 1h\n    measures:\n      calls: { count: \"true\" }\n    having: calls >= 500\n  message: \"${calls} calls\"\n";
    let folder = Folder::new("watch-memory").file("subject.yaml", rule);
    let policy = policy(&folder, false);
    let events: Vec<Event> = (0..40).map(|id| event(id, 10)).collect();
    let lines: String = events.iter().map(|event| json(event) + "\n").collect();
    let folder = folder.file("all.ndjson", lines);
    let mut watch =
        Watch::new(&policy, WatchOptions { memory: 4096, ..options() }, WatchState::default());
    let inputs = InputSet::new(&[folder.path("all.ndjson").display().to_string()]).unwrap();
    let check = watch.check(&inputs, Time(1_780_000_000_000_000), false, Vec::new()).unwrap();
    let printed: BTreeSet<&str> = check.report.incomplete.iter().map(|note| note.id).collect();
    assert!(printed.contains("dropped-rows"), "{:?}", check.report.incomplete);
    assert!(check.report.incomplete[0].text.contains("subject"));
    assert!(check.state.rows.len() < 40 && !check.state.rows.is_empty());
}

#[test]
fn a_silent_input_closes_its_windows_with_the_clock() {
    let rule = "rule:\n  id: subject\n  title: Under test\n  category: abuse\n  severity: high\n  on: event\n  when: event.api == \"CreateUser\"\n  correlate:\n    within: 10m\n    measures:\n      calls: { count: \"true\" }\n    having: calls >= 2\n  message: \"${event.user}: ${calls} calls\"\n";
    let folder = Folder::new("watch-silent").file("subject.yaml", rule);
    let policy = policy(&folder, false);
    let lines: String = (0..3).map(|id| json(&event(id, 10)) + "\n").collect();
    let folder = folder.file("all.ndjson", lines);
    let inputs = InputSet::new(&[folder.path("all.ndjson").display().to_string()]).unwrap();
    let nothing = InputSet::new(&[]).unwrap();
    let mut watch = Watch::new(&policy, options(), WatchState::default());
    let minute = |n: i64| Time(1_780_000_000_000_000 + n * 60_000_000);
    let first = watch.check(&inputs, minute(0), false, Vec::new()).unwrap();
    assert_eq!((first.ids.len(), first.open), (0, 1));
    watch.accept(first.state);
    let later = watch.check(&nothing, minute(10), false, Vec::new()).unwrap();
    assert_eq!((later.ids.len(), later.open), (0, 1));
    watch.accept(later.state);
    let closed = watch.check(&nothing, minute(16), false, Vec::new()).unwrap();
    assert_eq!((closed.ids.len(), closed.open), (1, 0));
    assert_eq!(closed.report.findings[0].message, "user-0: 3 calls");
    assert_eq!(closed.report.findings[0].sample.location.line, 1);
    watch.accept(closed.state);
    let after = watch.check(&nothing, minute(300), false, Vec::new()).unwrap();
    assert_eq!((after.ids.len(), after.state.rows.len()), (0, 0));
}

/// The number of occurrences that each part emits, their ids, and those of one scan of all parts.
fn emitted_by(
    name: &str,
    rule: &str,
    parts: &[&[Event]],
) -> (Vec<usize>, BTreeSet<u128>, BTreeSet<u128>) {
    let head = "rule:\n  id: subject\n  title: Under test\n  category: abuse\n  severity: high\n  on: event\n  by: [event.account, event.user]\n";
    let lines: String = parts.concat().iter().map(|event| json(event) + "\n").collect();
    let folder =
        Folder::new(name).file("subject.yaml", head.to_owned() + rule).file("all.ndjson", lines);
    let policy = policy(&folder, false);
    let whole = ids(&run(&policy, &[folder.path("all.ndjson")], 1, 1 << 30), &policy);
    let (mut counts, mut emitted, mut state) = (Vec::new(), BTreeSet::new(), WatchState::default());
    for part in parts {
        let check = check(&policy, &folder, part, state, false);
        counts.push(check.ids.len());
        emitted.extend(check.ids);
        state = check.state;
    }
    (counts, emitted, whole.into_keys().collect())
}

#[test]
fn a_match_at_the_end_of_a_window_belongs_to_it() {
    let rule = "  when: \"true\"\n  correlate:\n    within: 10m\n    measures:\n      calls: { count: \"true\" }\n    having: calls >= 2\n";
    // The watermark is then 15, the time of the event that is still to arrive.
    let first = [event(0, 0), event(1, 5), event(2, 20)];
    let parts: [&[Event]; 3] = [&first, &[event(3, 15)], &[event(4, 60)]];
    let (counts, emitted, whole) = emitted_by("watch-edge", rule, &parts);
    assert_eq!((counts, emitted), (vec![0, 0, 1], whole));
}

#[test]
fn a_new_value_is_emitted_once_no_earlier_record_can_arrive() {
    let rule = "  when: event.api == \"CreateUser\"\n  first_seen:\n    of: [event.ip]\n    history: 1d\n    among: \"true\"\n";
    let shown = |id, time, ip| Event { ip, api: 1, ..event(id, time) };
    let new = |id, time, ip| Event { ip, ..event(id, time) };
    // A late record shows that one of two new addresses is not new.
    let first = [new(0, 10, 1), Event { user: 1, ..new(1, 11, 2) }];
    let parts: [&[Event]; 3] = [&first, &[shown(2, 8, 1)], &[shown(3, 40, 3)]];
    let (counts, emitted, whole) = emitted_by("watch-news", rule, &parts);
    assert_eq!((counts, emitted.len()), (vec![0, 0, 1], 1));
    assert_eq!(emitted, whole);
}
