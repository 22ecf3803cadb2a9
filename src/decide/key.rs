//! A text that identifies what an expression computes.

use std::fmt::Write;

use crate::expr::ir::{Ir, Op};
use crate::table::List;

/// The key of an expression. Expressions with equal keys have equal values for every record.
pub(super) fn key(ir: &Ir) -> String {
    let mut out = String::new();
    add(ir, &mut out);
    out
}

fn add(ir: &Ir, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = match &ir.op {
        Op::Const(value) => write!(out, "{value:?}"),
        Op::Field(field) => write!(out, "{}", field.field().path()),
        Op::Row(kind) => write!(out, "row {}", kind.name()),
        Op::Member(_, field, slot) => write!(out, "member {} {slot}", field.field().path()),
        Op::OfStep(step, ..) => write!(out, "step {step}"),
        Op::Path(_, steps) => write!(out, "path {steps:?}"),
        Op::Index(..) => write!(out, "index"),
        Op::Local(depth, _) => write!(out, "local {depth}"),
        Op::Measure(slot) => write!(out, "measure {slot}"),
        Op::Now => write!(out, "now"),
        Op::NamedList(list) | Op::InList(_, list) => {
            out.push_str(if matches!(ir.op, Op::InList(..)) { "in list " } else { "list " });
            add_list(list, out);
            Ok(())
        }
        // Tables of two policies can have the same name and other rows.
        Op::Lookup(table, _) => write!(out, "lookup {}", table.digest()),
        Op::Cell(table, _, column) => write!(out, "cell {} {column}", table.digest()),
        Op::Report(kind, _, field) => {
            let field = field.map(|field| field.field().path());
            write!(out, "report {} {field:?}", kind.name())
        }
        Op::List(_) => write!(out, "[]"),
        Op::And(_) => write!(out, "&&"),
        Op::Or(_) => write!(out, "||"),
        Op::Not(_) => write!(out, "!"),
        Op::Compare(op, ..) => write!(out, "{}", op.symbol()),
        Op::InSet(_, set) => write!(out, "in set {:?}", set.values()),
        Op::InRange(_, first, last) => write!(out, "in range {first} {last}"),
        Op::In(..) => write!(out, "in"),
        Op::Arithmetic(op, ..) => write!(out, "{op:?}"),
        Op::Negate(_) => write!(out, "-"),
        Op::Coalesce(_) => write!(out, "??"),
        Op::If(_) => write!(out, "if"),
        Op::Switch(switch) => write!(
            out,
            "switch {:?} {:?} {:?} {:?}",
            switch.labels,
            switch.ranges,
            switch.default,
            switch.arms.iter().map(|(guard, _)| guard.is_some()).collect::<Vec<_>>()
        ),
        Op::Template(_) => write!(out, "template"),
        Op::Call(call) => write!(out, "{}", call.function.name()),
        Op::Has(_) => write!(out, "has"),
        Op::Each(each, ..) => write!(out, "{each:?}"),
    };
    let children = ir.children();
    if !children.is_empty() {
        out.push('(');
        for child in children {
            add(child, out);
            out.push(';');
        }
        out.push(')');
    }
}

/// Lists of two policies can have the same name and other values.
fn add_list(list: &List, out: &mut String) {
    let texts = list.values().iter().map(|value| value.text.as_str());
    let _ = write!(out, "{:?}", texts.collect::<Vec<_>>());
}
