//! Conditions over the rows of a table as conditions over its keys, so that two versions of the table
//! can be compared.

use std::sync::Arc;

use crate::decide::same;
use crate::expr::ir::{Ir, Op};
use crate::expr::{Bindings, Expr, Set};
use crate::table::{Match, Table};
use crate::value::{Time, Type, Value};

/// The most rows of a table that are tried.
const MOST: usize = 5_000;

/// Two versions of a condition without what they read from tables of which both have another version.
pub(super) fn over_keys(base: &Expr, head: &Expr) -> (Expr, Expr) {
    let (of_base, of_head) = (tables(base.ir()), tables(head.ir()));
    let differs = |table: &Table, others: &[Arc<Table>]| {
        let mut same_id = others.iter().filter(|other| other.id() == table.id());
        same_id.any(|other| other.digest() != table.digest())
    };
    let stated = |expr: &Expr, own: &[Arc<Table>], others: &[Arc<Table>]| {
        if !own.iter().any(|table| differs(table, others)) {
            return expr.clone();
        }
        Expr::of_part(&without_rows(expr.ir(), &|table| differs(table, others)))
    };
    (stated(base, &of_base, &of_head), stated(head, &of_head, &of_base))
}

/// The tables that an expression reads.
fn tables(ir: &Ir) -> Vec<Arc<Table>> {
    let mut found = Vec::new();
    ir.walk(&mut |node| {
        if let Op::Lookup(table, _) | Op::Cell(table, ..) = &node.op {
            found.push(table.clone());
        }
    });
    found
}

/// The same condition with tests of keys in place of tests of rows.
fn without_rows(ir: &Ir, differs: &dyn Fn(&Table) -> bool) -> Ir {
    let is_test = ir.ty == Type::Bool && !matches!(ir.op, Op::And(_) | Op::Or(_) | Op::Not(_));
    let stated = is_test.then(|| of_keys(ir, differs)).flatten();
    stated.unwrap_or_else(|| ir.map_children(&mut |part| without_rows(part, differs)))
}

/// A test that reads one row of a table, and nothing else, as a test of the key of that row.
fn of_keys(ir: &Ir, differs: &dyn Fn(&Table) -> bool) -> Option<Ir> {
    let (mut row, mut reads_one) = (None::<(&Arc<Table>, &Ir)>, true);
    rows(ir, &mut |table, key| match row {
        None => row = Some((table, key)),
        Some((own, of)) => {
            reads_one &= own.id() == table.id() && same(&Expr::of_part(key), &Expr::of_part(of));
        }
    });
    let (table, key) = row?;
    let declaration = table.declaration();
    if !reads_one
        || !differs(table)
        || declaration.matching != Match::Exact
        || table.len() > MOST
        || reads_more(ir)
    {
        return None;
    }
    let of_key = |value: Value<'static>| {
        let constant = Ir { op: Op::Const(value), ..key.clone() };
        let test = Expr::of_part(&with_key(ir, &constant));
        test.test(&Bindings::none(Time(0))).ok()
    };
    let (mut holding, mut failing) = (Vec::new(), Vec::new());
    for row in 0..u32::try_from(table.len()).ok()? {
        let value = table.value(row, declaration.key).into_owned();
        match of_key(value.clone())? {
            true => holding.push(value),
            false => failing.push(value),
        }
    }
    let among = |values: Vec<Value<'static>>| {
        let set = Arc::new(Set::new(values));
        Ir { op: Op::InSet(Box::new(key.clone()), set), ..ir.clone() }
    };
    // Without a row every column is missing.
    Some(match of_key(Value::Missing)? {
        false if holding.is_empty() => Ir { op: Op::Const(Value::Bool(false)), ..ir.clone() },
        true if failing.is_empty() => Ir { op: Op::Const(Value::Bool(true)), ..ir.clone() },
        false => among(holding),
        true => Ir { op: Op::Not(Box::new(among(failing))), ..ir.clone() },
    })
}

/// Calls `visit` with each table that is read and the key of the row.
fn rows<'i>(ir: &'i Ir, visit: &mut dyn FnMut(&'i Arc<Table>, &'i Ir)) {
    ir.walk(&mut |node| {
        if let Op::Lookup(table, key) | Op::Cell(table, key, _) = &node.op {
            visit(table, key);
        }
    });
}

/// Whether a test reads anything beside rows: a field, the clock, a measure.
fn reads_more(ir: &Ir) -> bool {
    match &ir.op {
        Op::Lookup(..) | Op::Cell(..) => false,
        Op::Field(_)
        | Op::Row(_)
        | Op::Member(..)
        | Op::OfStep(..)
        | Op::Local(..)
        | Op::Measure(_)
        | Op::Now
        | Op::Report(..) => true,
        _ => ir.children().into_iter().any(reads_more),
    }
}

/// The test with this key in place of the key of its rows.
fn with_key(ir: &Ir, key: &Ir) -> Ir {
    let op = match &ir.op {
        Op::Lookup(table, _) => Op::Lookup(table.clone(), Box::new(key.clone())),
        Op::Cell(table, _, column) => Op::Cell(table.clone(), Box::new(key.clone()), *column),
        _ => return ir.map_children(&mut |part| with_key(part, key)),
    };
    Ir { op, ..ir.clone() }
}
