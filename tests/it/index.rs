//! The index leaves out no rule that a record matches.

use keytrail::config::{LoadOptions, Policy};
use keytrail::expr::Bindings;
use keytrail::plan::{Candidates, Plan};
use keytrail::record::Record;
use keytrail::record::field::event;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Time, Value};
use proptest::prelude::*;

use crate::run::Folder;

const LIST: &str = "list:\n  id: ops\n  of: event.operation\n  description: d\n  values: [aws:iam.Ap0, 'aws:s3.*', 'aws:iam.Ap1*']\n";

/// A condition over few fields and few values, so that records often meet it.
fn condition() -> impl Strategy<Value = String> {
    let api = (0u8..4).prop_map(|n| format!("Ap{n}"));
    let atom = prop_oneof![
        api.clone().prop_map(|api| format!("event.api == \"{api}\"")),
        api.clone().prop_map(|api| format!("\"{api}\" == event.api")),
        api.clone().prop_map(|api| format!("event.api != \"{api}\"")),
        (api.clone(), api).prop_map(|(a, b)| format!("event.api in [\"{a}\", \"{b}\", ()]")),
        Just("event.operation in lists.ops".to_owned()),
        Just("event.operation !in lists.ops".to_owned()),
        Just("event.user_type == \"root\"".to_owned()),
        Just("event.user_type in [\"user\", \"role\"]".to_owned()),
        Just("event.code == ()".to_owned()),
        Just("has(event.code)".to_owned()),
        Just("event.ok == true".to_owned()),
        Just("event.source.starts_with(\"10.\")".to_owned()),
        Just("event.api == event.code".to_owned()),
        Just("false".to_owned()),
        Just("true".to_owned()),
    ];
    atom.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|p| format!("({})", p.join(" && "))),
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|p| format!("({})", p.join(" || "))),
            inner.prop_map(|part| format!("!({part})")),
        ]
    })
}

/// Values of the fields: service, api, user type, code, success, source.
type Row = (u8, Option<u8>, u8, bool, Option<bool>, bool);

fn row() -> impl Strategy<Value = Row> {
    let api = prop::option::of(0u8..6);
    (0u8..2, api, 0u8..3, any::<bool>(), prop::option::of(any::<bool>()), any::<bool>())
}

fn texts((service, api, ..): &Row) -> (Option<String>, Option<String>) {
    let service = ["iam", "s3"][*service as usize];
    // Two of them differ from a value of the rules by case alone, or by what follows.
    let api = api.map(|n| ["Ap0", "Ap1", "Ap2", "Ap3", "aP0", "Ap1X"][n as usize].to_owned());
    (api.clone(), api.map(|api| format!("aws:{service}.{api}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_rule_that_matches_is_tried(
        conditions in prop::collection::vec(condition(), 1..25),
        rows in prop::collection::vec(row(), 1..60),
    ) {
        let mut folder = Folder::new("index-random").file("lists/ops.yaml", LIST);
        for (n, condition) in conditions.iter().enumerate() {
            let rule = format!(
                "rule:\n  id: r{n}\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  description: d\n  remediation: r\n  when: |\n    {condition}\n"
            );
            folder = folder.file(&format!("rules/r{n}.yaml"), rule);
        }
        let policy = Policy::load(&LoadOptions {
            no_config: true,
            no_builtin: true,
            directory: folder.path(""),
            rules: vec![folder.path("rules").display().to_string(), folder.path("lists").display().to_string()],
            functions: FUNCTIONS,
            ..LoadOptions::default()
        })
        .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"));
        let plan = Plan::new(&policy.rules, &policy.allowlist, &policy);
        let mut candidates = Candidates::default();
        let mut skipped = 0;
        for row in &rows {
            let (api, operation) = texts(row);
            let (_, _, user_type, code, ok, private) = *row;
            let mut record = Record::new(RecordKind::Event);
            record.set(event::API, Value::maybe_str(api.as_deref()));
            record.set(event::OPERATION, Value::maybe_str(operation.as_deref()));
            let user_type = ["root", "user", "role"][user_type as usize];
            record.set(event::USER_TYPE, Value::str(user_type));
            record.set(event::CODE, if code { Value::str("Ap0") } else { Value::Missing });
            record.set(event::OK, ok.map_or(Value::Missing, Value::Bool));
            record.set(event::SOURCE, Value::str(if private { "10.0.0.1" } else { "192.0.2.1" }));
            plan.candidates(&record, &mut candidates);
            prop_assert!(candidates.conditions().is_sorted_by(|a, b| a < b));
            for (number, rule) in (0u32..).zip(&policy.rules) {
                let tried = candidates.conditions().contains(&number);
                let matches = rule.when.test(&Bindings::of(&record, Time(0))).unwrap();
                prop_assert!(tried || !matches, "{} on {row:?}", conditions[number as usize]);
                skipped += usize::from(!tried);
            }
        }
        // With enough of both, an index that leaves nothing out is none.
        if conditions.len() > 15 && rows.len() > 30 {
            prop_assert!(skipped > 0);
        }
    }
}
