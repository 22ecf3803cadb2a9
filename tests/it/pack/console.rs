//! The same calls from the console and with a key: rules about API calls report only the latter.

use std::collections::BTreeSet;

use keytrail::report::Report;
use serde_json::{Value, json};

use super::records::{call, root};
use super::{of_rule, pack, scan};
use crate::run::Folder;

/// Rules about API calls.
const BY_API: [&str; 8] = [
    "create-resources",
    "denied-enumeration",
    "enumeration",
    "new-address-high-risk-api",
    "non-console-high-risk-api",
    "refused-call",
    "root-key-high-risk-api",
    "unauthorized-calls",
];

/// The rules with findings, all of which come from API calls.
fn found(report: &Report) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for rule in BY_API {
        for calls in of_rule(report, rule).iter().flat_map(|finding| &finding.calls) {
            assert_eq!(calls.call.method.as_deref(), Some("api"), "{rule}: {:?}", calls.call);
            found.insert(rule);
        }
    }
    found
}

/// An hour in which one identity does what each of the rules detects.
fn hour(identity: &Value, console: bool) -> String {
    let reads = [
        "iam.ListUsers",
        "ec2.DescribeInstances",
        "rds.DescribeDBInstances",
        "kms.ListKeys",
        "lambda.ListFunctions20150331",
        "ssm.DescribeParameters",
        "ecs.ListClusters",
    ];
    let read = |number: usize| {
        let (service, api) = reads[number % reads.len()].split_once('.').unwrap();
        // Refused calls, each of a different operation.
        (service.to_owned(), format!("{api}{}", "s".repeat(number / reads.len())), true, number)
    };
    let mut calls: Vec<_> = (0..28).map(read).collect();
    for (number, call) in
        ["iam.ListAccessKeys", "iam.CreateUser", "ec2.RunInstances"].iter().enumerate()
    {
        let (service, api) = call.split_once('.').unwrap();
        calls.push((service.to_owned(), api.to_owned(), false, 40 + number));
    }
    let record = |(service, api, refused, second): (String, String, bool, usize)| {
        let mut changes = json!({
            "eventTime": format!("2026-10-07T09:00:{second:02}Z"),
            "userAgent": if console { "Mozilla/5.0" } else { "aws-cli/2.31.6" },
            "readOnly": !matches!(api.as_str(), "CreateUser" | "RunInstances"),
            "eventID": format!("{service}-{api}-{console}"),
        });
        if console {
            changes["sessionCredentialFromConsole"] = json!("true");
        }
        if refused {
            changes["errorCode"] = json!("AccessDenied");
        }
        call(&format!("{service}.{api}"), identity, changes)
    };
    json!({ "Records": calls.into_iter().map(record).collect::<Vec<_>>() }).to_string()
}

#[test]
fn the_same_calls_by_a_key_are_findings() {
    let mut session = root();
    session["accessKeyId"] = json!("ASIAIOSFODNN7EXAMPLE");
    session["sessionContext"] = json!({
        "attributes": { "creationDate": "2026-10-07T08:55:00Z", "mfaAuthenticated": "true" },
    });
    let folder = Folder::new("pack-console")
        .file("console.json", hour(&session, true))
        .file("key.json", hour(&root(), false));
    let policy = pack();
    let report = scan(&policy, &[&folder.path("console.json")], None);
    assert_eq!((report.accounting.evaluated, found(&report)), (31, BTreeSet::new()));
    let report = scan(&policy, &[&folder.path("key.json")], None);
    assert_eq!((report.accounting.evaluated, found(&report)), (31, BTreeSet::from(BY_API)));
}
