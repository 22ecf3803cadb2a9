//! One evaluation of a rule: Keytrail's tree compared with Rhai's engine.

use std::hint::black_box;

use keytrail::expr::{Bindings, Declarations, Env, Expected, Function, compile};
use keytrail::record::Record;
use keytrail::record::field::event;
use keytrail::source::{Fragment, Sources};
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Time, Value, Zone};
use rhai::{Dynamic, Engine, Map, OptimizationLevel, Scope};

use crate::best_of;

/// A typical rule: a set, an enum, an address range, an agent.
const RULE: &str = r#"event.api in ["CreateAccessKey", "DeleteAccessKey"] && event.user_type == "root"
    && !event.source.starts_with("10.") && event.agent.contains("aws-cli")"#;

struct Host(Zone);

impl Env for Host {
    fn functions(&self) -> &'static [&'static dyn Function] {
        FUNCTIONS
    }
    fn zone(&self) -> &Zone {
        &self.0
    }
}

const RECORDS: [[&str; 4]; 4] = [
    ["CreateAccessKey", "root", "203.0.113.9", "aws-cli/2.13.0 Python/3.11.4"],
    ["CreateAccessKey", "root", "203.0.113.9", "console.amazonaws.com"],
    ["CreateAccessKey", "user", "203.0.113.9", "aws-cli/2.13.0 Python/3.11.4"],
    ["DescribeInstances", "role", "10.0.0.1", "Boto3/1.28.3"],
];

pub(crate) fn print() {
    // Many short runs, so that at least one of them runs undisturbed.
    const ROUNDS: usize = 2_000;
    const RUNS: usize = 200;
    let mut sources = Sources::default();
    let file = sources.add("bench", RULE);
    let declarations = Declarations { on: Some(RecordKind::Event), ..Declarations::default() };
    let (rule, _) = compile(
        &Fragment::whole(file, RULE),
        Expected::Condition,
        &declarations,
        &Host(Zone::utc()),
    )
    .unwrap_or_else(|diagnostics| panic!("the rule compiles: {diagnostics:?}"));
    let records = RECORDS.map(|values| {
        let mut record = Record::new(RecordKind::Event);
        for (field, value) in
            [event::API, event::USER_TYPE, event::SOURCE, event::AGENT].into_iter().zip(values)
        {
            record.set(field, Value::str(value));
        }
        record
    });
    let now = Time(0);

    let mut engine = Engine::new();
    engine.set_optimization_level(OptimizationLevel::None);
    let ast = engine.compile_expression(RULE).unwrap();
    let mut scopes = RECORDS.map(|values| {
        let map: Map = ["api", "user_type", "source", "agent"]
            .into_iter()
            .zip(values)
            .map(|(name, value)| (name.into(), Dynamic::from(value.to_owned())))
            .collect();
        let mut scope = Scope::new();
        scope.push_constant("event", map);
        scope
    });

    let per_eval = |time: std::time::Duration, rounds: usize| {
        time.as_secs_f64() * 1e9 / (rounds * RECORDS.len()) as f64
    };
    let ours = per_eval(
        best_of(RUNS, || {
            for _ in 0..ROUNDS {
                for record in &records {
                    let _ = black_box(rule.test(&Bindings::of(black_box(record), now)));
                }
            }
        }),
        ROUNDS,
    );
    let rhai = per_eval(
        best_of(RUNS, || {
            for _ in 0..ROUNDS / 40 {
                for scope in &mut scopes {
                    let result = engine.eval_ast_with_scope::<bool>(scope, &ast);
                    let _ = black_box(result);
                }
            }
        }),
        ROUNDS / 40,
    );
    for (record, scope) in records.iter().zip(&mut scopes) {
        let reference = engine.eval_ast_with_scope::<bool>(scope, &ast).unwrap();
        assert_eq!(rule.test(&Bindings::of(record, now)), Ok(reference));
    }
    println!(
        "\none evaluation of a rule: Keytrail {ours:.1} ns, Rhai {rhai:.0} ns, {:.0} times",
        rhai / ours
    );
}
