//! The laws of the registry, and every example.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::FUNCTIONS;
use crate::expr::{Bindings, Declarations, Env, Expected, Function, compile, is_reserved};
use crate::source::{Fragment, Sources};
use crate::table::{Column, ColumnType, Declaration, Match, Table};
use crate::value::{Time, Value, Zone};

/// The host of the examples. `keytrail functions` shows the rows that they look up.
#[derive(Debug)]
struct Plain(Zone, Arc<Table>);

impl Env for Plain {
    fn functions(&self) -> &'static [&'static dyn Function] {
        FUNCTIONS
    }
    fn zone(&self) -> &Zone {
        &self.0
    }
    fn table(&self, id: &str) -> Option<&Arc<Table>> {
        (id == self.1.id()).then_some(&self.1)
    }
}

fn plain() -> Plain {
    let column = |name: &str| Column { name: name.to_owned(), ty: ColumnType::Str };
    let declaration = Declaration {
        id: "ip_assets".to_owned(),
        description: String::new(),
        columns: vec![column("ip"), column("name")],
        key: 0,
        matching: Match::Cidr,
        scanned: false,
        span: None,
    };
    let mut sources = Sources::default();
    let text = "[{ip: 203.0.113.0/24, name: office}, {ip: 203.0.113.7, name: build-runner}]";
    let rows = crate::yaml::parse(sources.add("rows", text), &sources).unwrap();
    let table = crate::table::from_nodes(&Arc::new(declaration), rows.items()).unwrap();
    Plain(Zone::utc(), Arc::new(table))
}

fn value(text: &str) -> String {
    let file = Sources::default().add("example", text);
    let (expr, _) = compile(
        &Fragment::whole(file, text),
        Expected::Anything,
        &Declarations::default(),
        &plain(),
    )
    .unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let bindings = Bindings::none(Time(0));
    match expr.eval(&bindings).unwrap() {
        Value::Missing => "()".to_owned(),
        Value::Str(text) => text.into_owned(),
        _ => expr.render(&bindings, &crate::expr::Unredacted { show_keys: true }).unwrap(),
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
fn the_registry_is_sorted_and_complete() {
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
fn both_forms_of_a_call_are_equivalent() {
    assert_eq!(value("starts_with(\"abc\", \"ab\")"), "true");
    assert_eq!(value("\"abc\".starts_with(\"ab\")"), "true");
}
