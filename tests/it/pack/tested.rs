//! Checks that the rule files contain enough tests.

use std::collections::BTreeSet;

use keytrail::input::FORMATS;
use keytrail::plan::covered;
use keytrail::record::Provider;
use keytrail::rule::{Rule, TestCase};
use keytrail::yaml::Node;

use super::{filled_pack, filled_project, pack};

/// The providers of the records of a test.
fn providers(test: &TestCase) -> BTreeSet<&'static str> {
    let several = test.node.get("records").map(Node::items).unwrap_or(&[]);
    [&test.node].into_iter().chain(several).filter_map(provider).collect()
}

/// The provider of a record, from the record itself or from its format.
fn provider(record: &Node) -> Option<&'static str> {
    if let Some(format) = record.get("format") {
        let format_named =
            FORMATS.iter().find(|format_named| Some(format_named.name()) == format.text());
        return format_named.map(|format| format.provider().name());
    }
    let named =
        ["event", "cred"].iter().find_map(|kind| record.get(kind)?.get("provider")?.text())?;
    Provider::ALL.iter().map(|provider| provider.name()).find(|name| *name == named)
}

/// The expectations of the tests whose records all belong to this provider.
fn tests_for(rule: &Rule, provider: Provider) -> Vec<Option<bool>> {
    let only = BTreeSet::from([provider.name()]);
    let of = rule.tests.iter().filter(|test| providers(test) == only);
    of.map(|test| test.expect.finds()).collect()
}

#[test]
fn every_rule_is_tested_on_both_sides_for_every_provider() {
    let mut lacking = Vec::new();
    // Some rules apply only while a list is empty.
    let unfilled = pack().rules;
    for rule in filled_pack("pack-covered").rules {
        let mut covers = covered(&rule, FORMATS);
        if covers.is_empty() {
            let same = unfilled.iter().find(|other| other.id == rule.id);
            covers = same.map_or(Vec::new(), |rule| covered(rule, FORMATS));
        }
        assert!(!covers.is_empty(), "{}: no format carries the fields that it reads", rule.id);
        for provider in covers {
            for finds in [true, false] {
                if !tests_for(&rule, provider).contains(&Some(finds)) {
                    let wanted = if finds { "finding" } else { "silence" };
                    lacking.push(format!("{}: no {wanted} of {}", rule.id, provider.name()));
                }
            }
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

#[test]
fn every_test_names_the_provider_of_its_records() {
    for rule in pack().rules {
        for test in &rule.tests {
            assert!(!providers(test).is_empty(), "{}: {}", rule.id, test.name);
            assert!(test.expect.finds().is_some(), "{}: {}", rule.id, test.name);
        }
    }
}

#[test]
fn every_parameter_is_set_in_a_test() {
    for rule in pack().rules {
        for name in rule.params.keys() {
            let sets =
                |test: &TestCase| test.node.get("params").is_some_and(|p| p.get(name).is_some());
            assert!(rule.tests.iter().any(sets), "{}: no test sets {name}", rule.id);
        }
    }
}

#[test]
fn project_settings_do_not_fail_tests_of_built_in_rules() {
    let folder = filled_project("pack-tests-of-project");
    let config = folder.read("keytrail.yaml").replace(
        "lists:\n",
        "lists:\n  high_risk_apis: { remove: [\"aws:iam.CreateUser\", \"aws:ssm.SendCommand\"] }\n",
    );
    let folder = folder.file("keytrail.yaml", config);
    let ended = folder.keytrail(["test"]).output();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended}");
}
