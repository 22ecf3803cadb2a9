//! The laws of the registry, and every example.
#![allow(clippy::unwrap_used)]

use super::FUNCTIONS;
use crate::expr::{Bindings, Declarations, Env, Expected, Function, compile, is_reserved};
use crate::source::{Fragment, Sources};
use crate::value::{Time, Value, Zone};

#[derive(Debug)]
struct Plain(Zone);

impl Env for Plain {
    fn functions(&self) -> &'static [&'static dyn Function] {
        FUNCTIONS
    }
    fn zone(&self) -> &Zone {
        &self.0
    }
}

fn value(text: &str) -> String {
    let file = Sources::default().add("example", text);
    let (expr, _) = compile(
        &Fragment::whole(file, text),
        Expected::Anything,
        &Declarations::default(),
        &Plain(Zone::utc()),
    )
    .unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let bindings = Bindings { event: None, cred: None, key: None, now: Time(0), measures: &[] };
    match expr.eval(&bindings).unwrap() {
        Value::Missing => "()".to_owned(),
        Value::Str(text) => text.into_owned(),
        _ => expr.render(&bindings, true).unwrap(),
    }
}

#[test]
fn examples_give_their_results() {
    for function in FUNCTIONS {
        for example in function.examples() {
            assert_eq!(value(example.expr), example.result, "{}", example.expr);
        }
    }
}

#[test]
fn the_registry_keeps_its_laws() {
    assert!(FUNCTIONS.is_sorted_by(|a, b| a.name() < b.name()), "sorted and unique");
    for function in FUNCTIONS {
        let name = function.name();
        assert!(!is_reserved(name), "{name}");
        assert!(function.doc().len() > 10 && function.doc().ends_with(['.', ')']), "{name}");
        assert!(function.examples().iter().any(|e| e.expr.contains(name)), "{name}");
        assert!(!function.signatures().is_empty(), "{name}");
        for signature in function.signatures() {
            assert!((1..=4).contains(&signature.params.len()), "{name}");
        }
    }
}

#[test]
fn both_forms_of_a_call_are_one() {
    assert_eq!(value("starts_with(\"abc\", \"ab\")"), "true");
    assert_eq!(value("\"abc\".starts_with(\"ab\")"), "true");
}
