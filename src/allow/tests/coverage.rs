//! Which matches an entry covers.

use super::{CLOCK, covering, entry, load, row};
use crate::expr::Bindings;
use crate::record::FieldId;
use crate::record::field::{cred, event, key};
use crate::value::{Duration, Items, RecordKind, Time, Value};

fn covers(selectors: &str, fields: &[(FieldId, &str)]) -> bool {
    let (list, problems, _) = load(&[("a.yaml", &entry("[create-key]", selectors, "broad: true"))]);
    assert_eq!(problems, [], "{selectors}");
    let record = row(RecordKind::Event, fields);
    let bindings = Bindings::of(&record, CLOCK);
    // A rule that the entry does not name is never covered.
    assert!(covering(&list, 1, &bindings, CLOCK).is_empty());
    !covering(&list, 0, &bindings, CLOCK).is_empty()
}

#[test]
fn each_selector_compares_as_documented() {
    use event::{ACCOUNT, AGENT, AK, AK_TYPE, CODE, IP, IP_SCOPE, METHOD, OK, OPERATION, USER};
    for (selectors, fields, expected) in [
        ("{ ip: [203.0.113.0/24] }", &[(IP, "203.0.113.255")][..], true),
        ("{ ip: [203.0.113.0/24] }", &[(IP, "203.0.114.0")], false),
        ("{ ip: [203.0.113.7, '2001:db8::/32'] }", &[(IP, "2001:db8::1")], true),
        ("{ ip: [0.0.0.0/0] }", &[(IP, "cloudtrail.amazonaws.com")], false),
        ("{ ip: [0.0.0.0/0] }", &[], false),
        ("{ ip: [lan] }", &[(IP, "10.1.2.3"), (IP_SCOPE, "private")], true),
        ("{ ip: [lan] }", &[(IP, "8.8.8.8"), (IP_SCOPE, "public")], false),
        ("{ ip: [lan, 8.8.8.8] }", &[(IP, "8.8.8.8"), (IP_SCOPE, "public")], true),
        ("{ method: [api] }", &[(METHOD, "api")], true),
        ("{ method: [api] }", &[(METHOD, "console")], false),
        ("{ ak: [AKIDexample00000001] }", &[(AK, "AKIDexample00000001")], true),
        ("{ ak: [AKIDexample00000001] }", &[(AK, "akidexample00000001")], false),
        ("{ ak: [AKIDexample00000001] }", &[(AK, "AKIDexample000000011")], false),
        ("{ ak: [temporary] }", &[(AK, "ASIAX"), (AK_TYPE, "temporary")], true),
        ("{ ak: [temporary] }", &[(AK, "AKIAX"), (AK_TYPE, "long_term")], false),
        ("{ ak: [long_term] }", &[(AK, "AKIAX"), (AK_TYPE, "long_term")], true),
        ("{ ak: [long_term, temporary] }", &[(AK_TYPE, "none")], false),
        ("{ api: ['tencent:cvm.*'] }", &[(OPERATION, "tencent:CVM.RunInstances")], true),
        ("{ api: ['tencent:cvm.*'] }", &[(OPERATION, "tencent:cvmx.RunInstances")], false),
        ("{ api: ['*:sts.AssumeRole'] }", &[(OPERATION, "aws:sts.assumerole")], true),
        ("{ api: ['aws:IAM.CreateUser'] }", &[(OPERATION, "aws:iam.createuser")], true),
        ("{ code: [success] }", &[(OK, "true")], true),
        ("{ code: [success] }", &[(OK, "false"), (CODE, "AccessDenied")], false),
        ("{ code: [success] }", &[], false),
        ("{ code: [failed] }", &[(OK, "false")], true),
        ("{ code: ['Access*'] }", &[(OK, "false"), (CODE, "AccessDenied")], true),
        ("{ code: ['Access*'] }", &[(OK, "false"), (CODE, "accessdenied")], false),
        ("{ account: ['000011112222'] }", &[(ACCOUNT, "000011112222")], true),
        ("{ account: ['000011112222'] }", &[(ACCOUNT, "11112222")], false),
        ("{ user: [admin] }", &[(USER, "notadmin")], false),
        ("{ user: ['ci-*'] }", &[(USER, "ci-7")], true),
        ("{ user: [аdmin] }", &[(USER, "admin")], false),
        ("{ agent: [Terraform/1.9] }", &[(AGENT, "Terraform/1.9")], true),
        ("{ agent: [Terraform/1.9] }", &[(AGENT, "Terraform/1.9 x")], false),
        ("{ user: [a], ip: [203.0.113.7] }", &[(USER, "a"), (IP, "203.0.113.7")], true),
        ("{ user: [a], ip: [203.0.113.7] }", &[(USER, "b"), (IP, "203.0.113.7")], false),
        ("{ user: ['*'] }", &[], false),
        ("{}", &[], true),
    ] {
        assert_eq!(covers(selectors, fields), expected, "{selectors} {fields:?}");
    }
}

#[test]
fn creds_and_keys_are_selected_by_key_user_and_account() {
    let keys: Vec<Vec<Value<'_>>> = [("AKIDone", true), ("AKIDtwo", false)]
        .iter()
        .map(|&(id, exists)| {
            let mut values = vec![Value::Missing; 20];
            values[key::ID.slot()] = Value::str(id);
            values[key::EXISTS.slot()] = Value::Bool(exists);
            values
        })
        .collect();
    let keys = keys.iter().map(|values| Value::Record(RecordKind::Key, values)).collect();
    let mut user = row(RecordKind::Cred, &[(cred::USER, "bob"), (cred::ACCOUNT, "100000000001")]);
    user.set(cred::KEYS, Value::List(Items::Owned(keys)));
    let own = row(RecordKind::Key, &[(key::ID, "AKIDtwo"), (key::EXISTS, "false")]);
    let of_cred = Bindings::of(&user, CLOCK);
    let of_key = Bindings { cred: Some(&user), ..Bindings::of(&own, CLOCK) };
    for (selectors, cred_covered, key_covered) in [
        ("{ ak: [AKIDtwo] }", true, true),
        ("{ ak: [AKIDone] }", true, false),
        ("{ ak: [AKIDnone] }", false, false),
        ("{ ak: [long_term] }", true, false),
        ("{ ak: [temporary] }", false, false),
        ("{ user: [bob], account: ['100000000001'] }", true, true),
        ("{ user: [eve] }", false, false),
    ] {
        let (list, problems, _) = load(&[("a.yaml", &entry("[no-mfa, old-key]", selectors, ""))]);
        assert_eq!(problems, [], "{selectors}");
        let found = |rule, bindings| !covering(&list, rule, bindings, CLOCK).is_empty();
        assert_eq!(found(2, &of_cred), cred_covered, "cred {selectors}");
        assert_eq!(found(3, &of_key), key_covered, "key {selectors}");
    }
}

#[test]
fn an_entry_ends_after_its_last_day_in_utc() {
    let written = entry("[create-key]", "{ user: [bob] }", "expires: 2027-03-31");
    let (list, problems, _) = load(&[("a.yaml", &written)]);
    assert_eq!(problems, []);
    let record = row(RecordKind::Event, &[(event::USER, "bob")]);
    let bindings = Bindings::of(&record, CLOCK);
    let midnight = Time::parse("2027-04-01T00:00:00Z").unwrap();
    for (seconds, expected) in [(-86_400, true), (-1, true), (0, false), (1, false)] {
        let clock = Time(midnight.0 + seconds * Duration::SECOND);
        assert_eq!(!covering(&list, 0, &bindings, clock).is_empty(), expected, "{clock}");
    }
    let announced = Time(midnight.0 - 14 * Duration::DAY);
    use super::super::EntryState::{Expired, Expiring, InForce};
    for (clock, expected) in [
        (Time(announced.0 - 1), InForce),
        (announced, Expiring),
        (Time(midnight.0 - 1), Expiring),
        (midnight, Expired),
    ] {
        assert_eq!(list.entries[0].state(clock), expected, "{clock}");
    }
    let (never, _, _) = load(&[("a.yaml", &entry("[create-key]", "{ user: [bob] }", ""))]);
    assert_eq!(never.entries[0].state(Time(i64::MAX)), InForce);
}

#[test]
fn an_entry_that_tests_only_the_agent_is_detected() {
    for (selectors, expected) in [
        ("{ agent: [x] }", true),
        ("{ agent: [x], api: ['aws:iam.*'], region: [eu-west-1] }", true),
        ("{ agent: [x], user: [bob] }", false),
        ("{ api: ['aws:iam.*'] }", false),
    ] {
        let (list, _, _) = load(&[("a.yaml", &entry("[create-key]", selectors, ""))]);
        assert_eq!(list.entries[0].trusts_agent_alone(), expected, "{selectors}");
    }
}

#[test]
fn the_needed_fields_are_those_of_the_entries_that_name_the_rule() {
    let written = entry("[create-key, old-key]", "{ ak: [AKIDone] }", "");
    let (list, _, _) = load(&[("a.yaml", &written)]);
    let fields = |rule| list.fields(rule).iter().map(|id| id.field().path()).collect::<Vec<_>>();
    assert_eq!(fields(0), ["event.ak", "event.ak_type"]);
    assert_eq!(fields(1), [""; 0]);
    assert_eq!(fields(3), ["key.id", "key.exists"]);
}

#[test]
fn when_limits_an_entry() {
    let of = |id: &str, when: &str| {
        let written = entry("[create-key]", "{ user: [bob] }", &format!("when: {when}"));
        written.replace("id: one", &format!("id: {id}")).replacen("entries:\n", "", 1)
    };
    let text = format!(
        "entries:\n{}{}",
        of("holds", "event.agent == \"tool\""),
        of("other", "event.agent == \"other\"")
    );
    let (list, problems, _) = load(&[("a.yaml", &text)]);
    assert_eq!(problems, []);
    for (user, agent, expected) in
        [("bob", "tool", &["holds"][..]), ("bob", "Tool", &[]), ("eve", "tool", &[])]
    {
        let record = row(RecordKind::Event, &[(event::USER, user), (event::AGENT, agent)]);
        let found = covering(&list, 0, &Bindings::of(&record, CLOCK), CLOCK);
        assert_eq!(found, expected, "{user} {agent}");
    }
    assert!(list.fields(0).contains(event::AGENT));
}

#[test]
fn an_entry_whose_condition_fails_covers_nothing_and_does_not_affect_others() {
    let of = |id: &str, when: &str| {
        let written = entry("[old-key]", "{ ak: [AKIDone] }", when);
        written.replace("id: one", &format!("id: {id}")).replacen("entries:\n", "", 1)
    };
    let text = format!(
        "entries:\n{}{}",
        of("a-fails", "when: key.age_days + 9223372036854775807 > 0"),
        of("b-holds", "")
    );
    let (list, problems, _) = load(&[("a.yaml", &text)]);
    assert_eq!(problems, []);
    let mut record = row(RecordKind::Key, &[(key::ID, "AKIDone")]);
    record.set(key::AGE_DAYS, Value::Int(1));
    let mut found = Vec::new();
    let bindings = Bindings::of(&record, CLOCK);
    let failed = list.covering_kind(3, RecordKind::Key, &bindings, CLOCK, &mut found);
    assert_eq!(failed.unwrap_err().message, "1 + 9223372036854775807 does not fit into 64 bits");
    assert_eq!(found, [1]);
}
