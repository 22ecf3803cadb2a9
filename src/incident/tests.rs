//! Laws of joining.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::IncidentOptions;
use super::join::join;
use super::lineage::{Edge, Lineage};
use super::making::Making;
use super::node::Node;
use super::story::incidents;
use super::story_rule::Shown;
use crate::finding::{CallRecord, Calls, Finding, Sample, VerdictRole};
use crate::rule::Severity;
use crate::value::{Duration, Time};

/// Who calls from where and when, in hours.
type Call = (u8, u8, i64);

fn call((user, address, hour): Call) -> Calls {
    let time = Some(Time(hour * Duration::HOUR));
    Calls {
        call: CallRecord {
            ak: None,
            source: Some(format!("198.51.100.{address}")),
            method: None,
            service: Some("iam".into()),
            api: Some("ListUsers".into()),
            user: Some(format!("u{user}")),
            ok: Some(true),
            sign_in: false,
            user_type: Some("user".into()),
            account: Some("1".into()),
            caller_account: None,
            location: None,
        },
        count: 1,
        suppressed: 0,
        day: None,
        days: 1,
        first: time,
        last: time,
        targets: Vec::new(),
        samples: Vec::new(),
    }
}

fn finding(number: usize, calls: &[Call]) -> Finding {
    Finding {
        rule: 0,
        severity: Severity::High,
        provider: "aws".into(),
        subject: Vec::new(),
        message: String::new(),
        fingerprint: format!("{number:032x}"),
        count: 1,
        ok: 1,
        failed: 0,
        suppressed: 0,
        first: None,
        last: None,
        occurrences: Vec::new(),
        calls: calls.iter().copied().map(call).collect(),
        others: None,
        identities: Vec::new(),
        accounts: Vec::new(),
        sources: Vec::new(),
        keys: Vec::new(),
        sample: Sample::default(),
        uncertain: false,
        suppression: None,
        role: VerdictRole::Gates,
        incident: String::new(),
        baseline: None,
        brief: false,
    }
}

fn user(user: u8) -> Node {
    Node::user("aws", "1", &format!("u{user}")).expect("a name")
}

fn lineage(edges: &[(u8, u8, i64)], calls: &[Call]) -> Lineage {
    let mut lineage = Lineage::default();
    for (maker, made, hour) in edges {
        lineage.insert(Edge {
            time: Time(hour * Duration::HOUR),
            operation: "iam.CreateUser".into(),
            event: None,
            making: Making::Created,
            makers: vec![user(*maker)],
            made: vec![user(*made)],
            role: None,
            policy: None,
        });
    }
    for (user, address, _) in calls {
        lineage.addresses.add(&format!("198.51.100.{address}"), user);
    }
    lineage
}

/// The groups as sets of fingerprints.
fn groups(findings: &[Finding], lineage: &Lineage) -> BTreeSet<BTreeSet<String>> {
    let options = IncidentOptions { window: Duration(2 * Duration::HOUR), shared_address: 2 };
    let groups = join(findings, &|_| true, lineage, &options);
    let all: Vec<usize> = groups.iter().flat_map(|group| group.findings.iter().copied()).collect();
    assert_eq!(all.len(), findings.len(), "every finding is in one group");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), findings.len());
    let of = |index: &usize| findings[*index].fingerprint.clone();
    groups.iter().map(|group| group.findings.iter().map(of).collect()).collect()
}

fn together(groups: &BTreeSet<BTreeSet<String>>, a: &str, b: &str) -> bool {
    groups.iter().any(|group| group.contains(a) && group.contains(b))
}

proptest! {
    #[test]
    fn joining_does_not_depend_on_order_and_removal_joins_nothing(
        (findings, shuffled) in prop::collection::vec(
            prop::collection::vec((0u8..6, 0u8..4, 0i64..12), 1..3), 1..8,
        )
        .prop_map(|all| {
            all.iter().enumerate().map(|(at, calls)| (at, calls.clone())).collect::<Vec<_>>()
        })
        .prop_flat_map(|of| (Just(of.clone()), Just(of).prop_shuffle())),
        edges in prop::collection::vec((0u8..6, 0u8..6, 0i64..12), 0..6),
        removed in 0usize..8,
    ) {
        let calls: Vec<Call> = findings.iter().flat_map(|(_, calls)| calls.clone()).collect();
        let lineage = lineage(&edges, &calls);
        let of = |all: &[(usize, Vec<Call>)]| -> Vec<Finding> {
            all.iter().map(|(number, calls)| finding(*number, calls)).collect()
        };
        let all = of(&findings);
        let whole = groups(&all, &lineage);
        prop_assert_eq!(&whole, &groups(&of(&shuffled), &lineage));
        let mut fewer = all.clone();
        fewer.remove(removed % all.len());
        let left = groups(&fewer, &lineage);
        for a in &fewer {
            for b in &fewer {
                let (a, b) = (&a.fingerprint, &b.fingerprint);
                prop_assert!(together(&whole, a, b) || !together(&left, a, b));
            }
        }
    }

    #[test]
    fn lineages_merge_in_any_order(
        edges in prop::collection::vec((0u8..6, 0u8..6, 0i64..12), 0..12),
        cut in 0usize..12,
    ) {
        let (left, right) = edges.split_at(cut.min(edges.len()));
        let mut merged = lineage(right, &[]);
        merged.merge(lineage(left, &[]));
        let whole = lineage(&edges, &[]);
        prop_assert_eq!(whole.sorted(), merged.sorted());
    }
}

#[test]
fn a_maker_is_followed_only_within_the_window() {
    let findings = [finding(0, &[(0, 0, 0)]), finding(1, &[(1, 1, 3)])];
    let joined = |hour| groups(&findings, &lineage(&[(0, 1, hour)], &[])).len() == 1;
    // The user was made at most two hours before its call, and at most two after the maker's.
    assert!(joined(1) && joined(2));
    assert!(!joined(0) && !joined(3) && !joined(4));
}

#[test]
fn steps_beyond_the_first_are_counted() {
    // Calls from two addresses in turn are steps of their own.
    let told = |count: i64| {
        let calls: Vec<Call> = (0..count).map(|hour| (1, (hour % 2) as u8, hour)).collect();
        let mut findings = vec![finding(0, &calls), finding(1, &calls[..1])];
        for (index, calls) in findings[0].calls.iter_mut().enumerate() {
            calls.call.api = Some(format!("Call{index}"));
        }
        let options =
            IncidentOptions { window: Duration(2_000 * Duration::HOUR), ..Default::default() };
        let shown = Shown { clock: Time(0), key: &|key| key.to_owned() };
        let incidents = incidents(&findings, &[], &Lineage::default(), &options, &shown);
        assert_eq!(incidents.len(), 1);
        (incidents[0].steps.len(), incidents[0].more_steps)
    };
    assert_eq!(told(998), (999, 0));
    assert_eq!(told(999), (1_000, 0));
    assert_eq!(told(1_099), (1_000, 100));
}
