//! Expressions made by changing one node of another.

use super::super::ir::{Comparison, Ir, NodeId, Op};
use super::super::{Bindings, Expr};
use super::compiled;
use crate::record::Record;
use crate::record::field::event;
use crate::value::{RecordKind, Time, Type, Value};

/// The number of the first node that fits.
fn find(expr: &Expr, fits: fn(&Op) -> bool) -> NodeId {
    let mut found = None;
    expr.ir().walk(&mut |node| {
        if fits(&node.op) && found.is_none() {
            found = Some(node.id);
        }
    });
    found.unwrap_or_else(|| panic!("no such node"))
}

fn with_op(node: &Ir, op: Op) -> Ir {
    Ir { op, ..node.clone() }
}

fn holds(expr: &Expr, api: &str) -> bool {
    let mut record = Record::new(RecordKind::Event);
    record.set(event::API, Value::str(api));
    let bindings = Bindings::of(&record, Time(0));
    let holds = expr.test(&bindings);
    assert_eq!(holds.clone().map(Value::Bool), expr.eval(&bindings), "program and tree agree");
    holds.unwrap_or_else(|error| panic!("{}", error.message))
}

#[test]
fn a_changed_operator_changes_the_outcome() {
    let expr = compiled("event.api == \"A\" || event.api == \"B\"", RecordKind::Event);
    let first = find(&expr, |op| matches!(op, Op::Compare(..)));
    let changed = expr.replaced(first, &mut |node| match &node.op {
        Op::Compare(_, a, b) => with_op(node, Op::Compare(Comparison::Ne, a.clone(), b.clone())),
        _ => node.clone(),
    });
    for (api, before, after) in [("A", true, false), ("B", true, true), ("C", false, true)] {
        assert_eq!((holds(&expr, api), holds(&changed, api)), (before, after), "{api}");
    }
}

#[test]
fn a_changed_tree_derives_fields_and_constants_again() {
    let expr = compiled("event.api == \"A\" && event.ok == true", RecordKind::Event);
    let last = find(&expr, |op| matches!(op, Op::Compare(_, a, _) if a.ty == Type::Bool));
    let constant =
        |b| move |node: &Ir| Ir { nullable: false, ..with_op(node, Op::Const(Value::Bool(b))) };
    let always = expr.replaced(last, &mut constant(true));
    assert!(expr.fields().contains(event::OK) && !always.fields().contains(event::OK));
    assert_eq!(always.constant(), None);
    assert!(holds(&always, "A") && !holds(&always, "B"));
    let never = expr.replaced(last, &mut constant(false));
    assert_eq!(never.constant(), Some(false));
    assert!(!holds(&never, "A"));
}

#[test]
fn a_value_of_another_type_acts_like_a_missing_one() {
    let expr = compiled("event.api.starts_with(\"A\")", RecordKind::Event);
    let field = find(&expr, |op| matches!(op, Op::Field(_)));
    let changed = expr.replaced(field, &mut |node| with_op(node, Op::Const(Value::Int(7))));
    assert!(holds(&expr, "A") && !holds(&changed, "A"));
}

#[test]
fn an_unknown_node_number_changes_nothing() {
    let expr = compiled("event.api == \"A\"", RecordKind::Event);
    let changed = expr.replaced(NodeId(99), &mut |_| panic!("there is no such node"));
    assert!(holds(&changed, "A") && !holds(&changed, "B"));
}
