//! Each kind of edge in each cloud, with a near miss.

use serde_json::Value;

use super::records::{CLOUDS, Call, Cloud, Who};
use super::{IP, OTHER_IP, PROJECT, check, event, from, incidents, report, sets, unmarked};

const ANN: Who = Who::User("ann", 'A');
const BOB: Who = Who::User("bob", 'B');

#[test]
fn a_key_joins_within_the_window() {
    for cloud in CLOUDS {
        let near = from(OTHER_IP, event("b", 24, ANN, Call::Describe));
        check(cloud, &[event("a", 0, ANN, Call::Describe), near], &[&["a", "b"]]);
        // A key that two people use, a day and an hour apart.
        let far = from(OTHER_IP, event("b", 25, ANN, Call::Describe));
        check(cloud, &[event("a", 0, ANN, Call::Describe), far], &[&["a"], &["b"]]);
    }
}

#[test]
fn a_user_joins_both_keys() {
    for cloud in CLOUDS {
        let second = from(OTHER_IP, event("b", 1, Who::User("ann", 'C'), Call::Describe));
        check(cloud, &[event("a", 0, ANN, Call::Describe), second], &[&["a", "b"]]);
        let other = from(OTHER_IP, event("b", 1, BOB, Call::Describe));
        check(cloud, &[event("a", 0, ANN, Call::Describe), other], &[&["a"], &["b"]]);
    }
}

#[test]
fn a_session_joins_whoever_opened_it() {
    for cloud in CLOUDS {
        let session = Who::Session("ops", 'S');
        let opened = unmarked("x", 1, ANN, Call::Assume("ops", 'S'));
        let used = from(OTHER_IP, event("b", 2, session, Call::Describe));
        let events = [event("a", 0, ANN, Call::Describe), opened.clone(), used.clone()];
        check(cloud, &events, &[&["a", "b"]]);
        // Another session of the role, opened by somebody else: a role that everyone assumes.
        let events = [
            event("a", 0, ANN, Call::Describe),
            from(OTHER_IP, unmarked("x", 1, BOB, Call::Assume("ops", 'S'))),
            used.clone(),
        ];
        check(cloud, &events, &[&["a"], &["b"]]);
        let of_ann = event("a", 1, Who::Session("ops", 'T'), Call::Describe);
        check(cloud, &[of_ann, used], &[&["a"], &["b"]]);
    }
}

#[test]
fn a_session_without_a_role_joins_whoever_opened_it() {
    for cloud in [Cloud::Aws, Cloud::Tencent] {
        let used = from(OTHER_IP, event("b", 2, Who::Federated("temp", 'S'), Call::Describe));
        let first = event("a", 0, ANN, Call::Describe);
        let opened = |who, key| unmarked("x", 1, who, Call::Federate("temp", key));
        check(cloud, &[first.clone(), opened(ANN, 'S'), used.clone()], &[&["a", "b"]]);
        // Another session of that name, and a session that somebody else opened.
        check(cloud, &[first.clone(), opened(ANN, 'T'), used.clone()], &[&["a"], &["b"]]);
        let of_bob = from("203.0.113.10", opened(BOB, 'S'));
        check(cloud, &[first, of_bob, used], &[&["a"], &["b"]]);
    }
}

/// Only AWS has such sessions. Most of their events name the user, which joins them without the call
/// that opened the session.
#[test]
fn a_session_of_a_user_joins_whoever_opened_it() {
    let opened = |who| from("203.0.113.10", unmarked("x", 1, who, Call::SessionToken('S')));
    let first = event("a", 0, ANN, Call::Describe);
    for name in [None, Some("ann")] {
        let used = from(OTHER_IP, event("b", 2, Who::SessionOf(name, 'S'), Call::Describe));
        check(Cloud::Aws, &[first.clone(), opened(ANN), used.clone()], &[&["a", "b"]]);
    }
    for name in [None, Some("bob")] {
        let used = from(OTHER_IP, event("b", 2, Who::SessionOf(name, 'S'), Call::Describe));
        check(Cloud::Aws, &[first.clone(), opened(BOB), used.clone()], &[&["a"], &["b"]]);
        check(Cloud::Aws, &[first.clone(), used], &[&["a"], &["b"]]);
    }
}

#[test]
fn a_chain_of_sessions_joins_its_ends() {
    for cloud in CLOUDS {
        let (first, second) = (Who::Session("ops", 'S'), Who::Session("audit", 'T'));
        let events = [
            event("a", 0, ANN, Call::Describe),
            unmarked("x", 1, ANN, Call::Assume("ops", 'S')),
            from("203.0.113.10", unmarked("y", 2, first, Call::Assume("audit", 'T'))),
            from(OTHER_IP, event("b", 3, second, Call::Describe)),
        ];
        check(cloud, &events, &[&["a", "b"]]);
        check(cloud, &[events[0].clone(), events[1].clone(), events[3].clone()], &[&["a"], &["b"]]);
    }
}

#[test]
fn a_service_that_assumes_a_role_joins_nothing() {
    let events = [
        unmarked("x", 0, Who::Service, Call::Assume("ops", 'S')),
        unmarked("y", 0, Who::Service, Call::Assume("ops", 'T')),
        event("a", 1, Who::Session("ops", 'S'), Call::Describe),
        from(OTHER_IP, event("b", 1, Who::Session("ops", 'T'), Call::Describe)),
    ];
    check(Cloud::Aws, &events, &[&["a"], &["b"]]);
}

#[test]
fn a_user_joins_whoever_created_or_changed_it() {
    for cloud in CLOUDS {
        let used = from(OTHER_IP, event("b", 3, BOB, Call::Describe));
        for call in [
            Call::CreateUser("bob"),
            Call::CreateKey("bob", 'B'),
            Call::CreateLogin("bob"),
            Call::Attach("admins", "bob"),
        ] {
            let made = unmarked("x", 1, ANN, call);
            let marked = event("a", 1, ANN, call);
            check(cloud, &[marked, used.clone()], &[&["a", "b"]]);
            // Earlier calls of the user were not made possible by the change.
            let before = from(OTHER_IP, event("b", 0, BOB, Call::Describe));
            check(cloud, &[event("a", 1, ANN, Call::Describe), made, before], &[&["a"], &["b"]]);
        }
        let elsewhere = event("a", 1, ANN, Call::CreateUser("eve"));
        check(cloud, &[elsewhere, used], &[&["a"], &["b"]]);
    }
}

#[test]
fn a_key_joins_whoever_created_it() {
    for cloud in CLOUDS {
        // The key is used by a user with another name than the parameters of the creation show.
        let used = from(OTHER_IP, event("b", 3, Who::User("bob", 'K'), Call::Describe));
        let made = event("a", 1, ANN, Call::CreateKey("bob", 'K'));
        check(cloud, &[made, used.clone()], &[&["a", "b"]]);
        let other = event("a", 1, ANN, Call::CreateKey("eve", 'L'));
        check(cloud, &[other, used], &[&["a"], &["b"]]);
    }
}

#[test]
fn a_role_joins_whoever_changed_its_trust() {
    for cloud in CLOUDS {
        let used = from(OTHER_IP, event("b", 3, Who::Session("ops", 'S'), Call::Describe));
        check(cloud, &[event("a", 1, ANN, Call::Trust("ops")), used.clone()], &[&["a", "b"]]);
        check(cloud, &[event("a", 1, ANN, Call::Trust("audit")), used.clone()], &[&["a"], &["b"]]);
        let late = from(OTHER_IP, event("b", 26, Who::Session("ops", 'S'), Call::Describe));
        check(cloud, &[event("a", 1, ANN, Call::Trust("ops")), late], &[&["a"], &["b"]]);
    }
}

#[test]
fn a_policy_joins_whoever_created_it_with_whom_it_is_attached_to() {
    for cloud in CLOUDS {
        let carl = Who::User("carl", 'C');
        let events = [
            event("a", 1, ANN, Call::CreatePolicy("all")),
            from("203.0.113.10", unmarked("x", 2, carl, Call::Attach("all", "bob"))),
            from(OTHER_IP, event("b", 3, BOB, Call::Describe)),
        ];
        check(cloud, &events, &[&["a", "b"]]);
        let mut other = events;
        other[1].call = Call::Attach("some", "bob");
        check(cloud, &other, &[&["a"], &["b"]]);
    }
}

/// The names of users, so that each calls with a key of its own.
const NAMES: [&str; 12] =
    ["u00", "u01", "u02", "u03", "u04", "u05", "u06", "u07", "u08", "u09", "u10", "u11"];

#[test]
fn an_address_joins_unless_many_share_it() {
    for cloud in CLOUDS {
        let (a, b) = (event("a", 0, ANN, Call::Describe), event("b", 1, BOB, Call::Describe));
        check(cloud, &[a.clone(), b.clone()], &[&["a", "b"]]);
        check(cloud, &[a.clone(), from(OTHER_IP, b.clone())], &[&["a"], &["b"]]);
        // A NAT gateway: ten users call from the address besides the two, and do nothing odd.
        let mut shared = vec![a, b];
        shared.extend(
            NAMES
                .iter()
                .take(10)
                .zip('C'..)
                .map(|(name, key)| unmarked("", 2, Who::User(name, key), Call::Describe)),
        );
        for (event, id) in shared.iter_mut().skip(2).zip(NAMES) {
            event.id = id;
        }
        check(cloud, &shared, &[&["a"], &["b"]]);
        shared.truncate(10);
        check(cloud, &shared, &[&["a", "b"]]);
    }
}

#[test]
fn a_private_or_own_address_joins_nothing() {
    let (a, b) = (event("a", 0, ANN, Call::Describe), event("b", 1, BOB, Call::Describe));
    for ip in ["10.0.0.4", "100.64.0.9"] {
        let events = [from(ip, a.clone()), from(ip, b.clone())];
        check(Cloud::Aws, &events, &[&["a"], &["b"]]);
    }
    let table = include_str!("../../../rules/tables/ip_assets.yaml");
    let project = "extends: []\nrule_paths: [marked.yaml, ip_assets.yaml]\ntables: { ip_assets: assets.csv }\n";
    let assets = format!("ip,id,name,account\n{IP},eipalloc-1,office,111122223333\n");
    let with = |assets: &str| {
        let more = [("keytrail.yaml", project), ("ip_assets.yaml", table), ("assets.csv", assets)];
        incidents(&report(Cloud::Aws, &[a.clone(), b.clone()], &more, &[]))
    };
    assert_eq!(with(&assets), sets(&[&["a"], &["b"]]));
    let elsewhere = format!("ip,id,name,account\n{OTHER_IP},eipalloc-1,office,111122223333\n");
    assert_eq!(with(&elsewhere), sets(&[&["a", "b"]]));
}

#[test]
fn two_attacks_at_one_time_stay_two() {
    for cloud in CLOUDS {
        let second = |id, hour, call| from(OTHER_IP, event(id, hour, BOB, call));
        let events = [
            event("a1", 0, ANN, Call::Describe),
            event("a2", 1, ANN, Call::CreateUser("eve")),
            second("b1", 0, Call::Describe),
            second("b2", 1, Call::CreateUser("mallory")),
            event("a3", 2, Who::User("eve", 'E'), Call::Describe),
            second("b3", 2, Call::Trust("ops")),
        ];
        check(cloud, &events, &[&["a1", "a2", "a3"], &["b1", "b2", "b3"]]);
    }
}

#[test]
fn the_project_file_sets_window_and_threshold() {
    let project = format!("{PROJECT}incidents: {{ window: 1h, shared_address: 1 }}\n");
    let events = [
        event("a", 0, ANN, Call::Describe),
        event("b", 1, BOB, Call::Describe),
        event("c", 1, ANN, Call::Describe),
        event("d", 3, ANN, Call::Describe),
    ];
    let found = incidents(&report(Cloud::Aws, &events, &[("keytrail.yaml", &project)], &[]));
    assert_eq!(found, sets(&[&["a", "c"], &["b"], &["d"]]));
}

/// Incidents without the places of the records of their steps, which the order and the division into
/// files determine.
fn without_places(incidents: &Value) -> Value {
    let mut incidents = incidents.clone();
    for incident in incidents.as_array_mut().into_iter().flatten() {
        for step in incident["steps"].as_array_mut().into_iter().flatten() {
            assert!(step["location"].is_object(), "{step:#}");
            step["location"].take();
        }
    }
    incidents
}

#[test]
fn order_split_and_jobs_do_not_matter() {
    let mut events = vec![
        event("a", 0, ANN, Call::Describe),
        unmarked("x", 1, ANN, Call::Assume("ops", 'S')),
        event("b", 2, Who::Session("ops", 'S'), Call::CreateUser("eve")),
        from(OTHER_IP, event("c", 3, Who::User("eve", 'E'), Call::Describe)),
        from("203.0.113.77", event("d", 3, BOB, Call::Describe)),
    ];
    let shown = |events: &[super::Event], jobs: &str| {
        // Commands that revoke sessions contain the time of the run.
        let arguments = ["--jobs", jobs, "--now", "2026-03-05T00:00:00Z"];
        without_places(&report(Cloud::Aws, events, &[], &arguments)["incidents"])
    };
    let one = shown(&events, "1");
    assert_eq!(one.as_array().unwrap().len(), 2);
    assert_eq!(shown(&events, "4"), one);
    events.reverse();
    assert_eq!(shown(&events, "2"), one);
}

#[test]
fn the_division_into_files_does_not_matter() {
    let events = [
        event("a", 0, ANN, Call::Describe),
        unmarked("x", 1, ANN, Call::Assume("ops", 'S')),
        event("b", 2, Who::Session("ops", 'S'), Call::CreateUser("eve")),
        from(OTHER_IP, event("c", 3, Who::User("eve", 'E'), Call::Describe)),
        from("203.0.113.77", event("d", 3, BOB, Call::Describe)),
    ];
    for cloud in CLOUDS {
        let shown = |files: usize, jobs: &str| {
            let mut folder = super::folder("incident-files")
                .file("marked.yaml", super::RULE)
                .file("keytrail.yaml", PROJECT);
            for file in 0..files {
                let part = events.iter().skip(file).step_by(files);
                let log: String = part.map(|event| cloud.line(event)).collect();
                folder = folder.file(&format!("in/{file}.ndjson"), log);
            }
            let scan = ["scan", "in", "-f", "json", "--exit-zero", "--now", "2026-03-05T00:00:00Z"];
            let ended = folder.keytrail(scan.iter().chain(&["--jobs", jobs])).output();
            let report: Value = serde_json::from_str(&ended.stdout).expect(&ended.stderr);
            without_places(&report["incidents"])
        };
        let one = shown(1, "1");
        assert_eq!(one.as_array().unwrap().len(), 2, "{cloud:?} {one:#}");
        for (files, jobs) in [(2, "1"), (3, "4"), (5, "2")] {
            assert_eq!(shown(files, jobs), one, "{cloud:?}, {files} files, {jobs} jobs");
        }
    }
}
