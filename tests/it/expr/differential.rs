//! Our evaluation against Rhai's engine, over random expressions and rows.
//!
//! Wherever the engine returns a value, ours is the same. Where it fails, ours may have a value:
//! the language defines what Rhai refuses. `KEYTRAIL_CASES` sets the number of expressions.

use keytrail::expr::{Expected, Known, compile};
use keytrail::record::FieldId;
use keytrail::source::{Fragment, Sources};
use keytrail::value::{RecordKind, Type, Value};
use rhai::Dynamic;

use super::generator::{self, Dice, Writer};
use super::reference;
use super::world::{Rows, World, canonical};

const CASES: usize = 2_000;
const ROWS: usize = 24;
const ROWS_PER_CASE: usize = 6;

fn cases() -> usize {
    std::env::var("KEYTRAIL_CASES").map_or(CASES, |cases| cases.parse().unwrap())
}

struct Nothing;

impl Known for Nothing {
    fn field(&self, _: FieldId) -> Option<Value<'static>> {
        None
    }
    fn row(&self, _: RecordKind) -> Option<bool> {
        None
    }
}

#[test]
fn whatever_rhai_returns_we_return() {
    let world = World::new();
    let engine = reference::engine(&world);
    let mut dice = Dice::new(0x006b_6579_7472_6169);
    let rows: Vec<Rows> = (0..ROWS).map(|_| Rows::new(generator::rows(&mut dice))).collect();
    let scopes: Vec<_> =
        rows.iter().map(|rows| reference::scope(&world, rows, RecordKind::Event)).collect();
    let (mut compared, mut defined) = (0_usize, 0_usize);
    let mut failures: Vec<String> = Vec::new();
    for case in 0..cases() {
        let depth = 1 + dice.roll(4);
        let text = Writer::new(&mut dice).any(depth);
        let file = Sources::default().add("case", &text);
        let source = Fragment::whole(file, &text);
        let declarations = world.declarations(RecordKind::Event);
        let compiled = match compile(&source, Expected::Anything, &declarations, &world) {
            Ok((compiled, _)) => compiled,
            Err(errors) => {
                failures.push(format!("{text}\n  refused: {}", errors[0].message));
                continue;
            }
        };
        let ast = engine.compile_expression(&text).unwrap();
        let folded = compiled.assuming(&Nothing);
        for index in 0..ROWS_PER_CASE {
            let which = (case + index * 5) % ROWS;
            let bindings = rows[which].bindings(RecordKind::Event);
            let show = |value: Result<Value<'_>, _>| match value {
                Ok(value) => canonical(&value),
                Err(keytrail::expr::EvalError { message, .. }) => format!("error: {message}"),
            };
            let ours = show(compiled.eval(&bindings));
            let after = show(folded.eval(&bindings));
            if after != ours && !ours.starts_with("error") {
                failures.push(format!("{text}\n  rows {which}: ours {ours}, folded {after}"));
            }
            // What decides about a record is another form of the same condition.
            if compiled.ty() == Type::Bool {
                let decided = show(compiled.test(&bindings).map(Value::Bool));
                let missing = compiled.eval(&bindings) == Ok(Value::Missing);
                if decided != ours && !(missing && decided == show(Ok(Value::Bool(false)))) {
                    failures.push(format!("{text}\n  rows {which}: {ours}, decided {decided}"));
                }
            }
            let mut scope = scopes[which].clone();
            match engine.eval_ast_with_scope::<Dynamic>(&mut scope, &ast) {
                Ok(value) => {
                    compared += 1;
                    let rhais = reference::canonical(&value);
                    if rhais != ours {
                        failures
                            .push(format!("{text}\n  rows {which}: ours {ours}, Rhai's {rhais}"));
                    }
                }
                Err(_) if !ours.starts_with("error") => defined += 1,
                Err(_) => {}
            }
        }
        if failures.len() > 20 {
            break;
        }
    }
    failures.sort_by_key(String::len);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(
        compared > 3 * defined,
        "{compared} values compared and {defined} that only we define: the generator must do better"
    );
}
