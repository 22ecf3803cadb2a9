//! The lint for negated tests of values that may be missing.
//!
//! `event.code != "x"` is true if there is no code at all, which is rarely intended. It is the most
//! common silent false positive. The lint accepts the test if another test in the same conjunction,
//! or an alternative in the same disjunction, ensures that the value is present.

use std::collections::BTreeSet;

use super::super::function::Role;
use super::super::ir::{Comparison, Ir, Op};
use super::super::json::PathStep;
use super::equality::field;
use super::expr_lint::{ExprLint, Subject};
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::value::{Type, Value};

/// A negated test that is true if its operand is missing.
pub(super) static NEGATED_NULLABLE: ExprLint = ExprLint {
    name: "negated-nullable",
    code: &codes::NEGATED_NULLABLE,
    doc: "A negated test of a value that may be missing, which is then true.",
    run,
};

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    visit(subject.ir, &BTreeSet::new(), &mut found);
    found
}

type Present = BTreeSet<String>;

fn visit(ir: &Ir, present: &Present, found: &mut Vec<Diagnostic>) {
    match &ir.op {
        Op::And(parts) => {
            for (index, part) in parts.iter().enumerate() {
                let others = parts.iter().enumerate().filter(|(other, _)| *other != index);
                let mut present_here = present.clone();
                present_here.extend(others.flat_map(|(_, other)| shown(other, true)));
                visit(part, &present_here, found);
            }
        }
        Op::Or(parts) => {
            for (index, part) in parts.iter().enumerate() {
                let others = parts.iter().enumerate().filter(|(other, _)| *other != index);
                let mut present_here = present.clone();
                present_here.extend(others.flat_map(|(_, other)| shown(other, false)));
                visit(part, &present_here, found);
            }
        }
        Op::If(parts) => {
            let (condition, then, otherwise) = &**parts;
            visit(condition, present, found);
            for (branch, outcome) in [(Some(then), true), (otherwise.as_ref(), false)] {
                let mut present_here = present.clone();
                present_here.extend(shown(condition, outcome));
                if let Some(branch) = branch {
                    visit(branch, &present_here, found);
                }
            }
        }
        Op::Compare(Comparison::Ne, a, b) => {
            let unit = |part: &Ir| part.ty == Type::Missing;
            // A field compared with an empty text has a lint of its own.
            let empty = |of: &Ir, text: &Ir| {
                field(of).is_some() && text.constant().and_then(Value::as_str) == Some("")
            };
            if !unit(a) && !unit(b) && !empty(a, b) && !empty(b, a) {
                warn(ir, "!=", &[a, b], present, found);
            }
            visit(a, present, found);
            visit(b, present, found);
        }
        Op::Not(test) => {
            match &test.op {
                Op::InSet(needle, _) | Op::InList(needle, _) | Op::InRange(needle, ..) => {
                    warn(ir, "!in", &[needle], present, found);
                }
                Op::In(needle, haystack) => warn(ir, "!in", &[needle, haystack], present, found),
                Op::Call(call) if call.function.role() == Role::Predicate => {
                    let args: Vec<&Ir> = call.args.iter().collect();
                    warn(ir, &format!("!{}", call.function.name()), &args, present, found);
                }
                // A missing key is in no table.
                Op::Has(row) if let Op::Lookup(_, key) | Op::Report(_, key, None) = &row.op => {
                    warn(ir, "!in_table", &[key], present, found);
                }
                Op::Compare(op, a, b) if !missing_is_meant(a, b) => {
                    warn(ir, &format!("!(… {} …)", op.symbol()), &[a, b], present, found);
                }
                _ => {}
            }
            visit(test, present, found);
        }
        _ => {
            for child in ir.children() {
                visit(child, present, found);
            }
        }
    }
}

fn missing_is_meant(a: &Ir, b: &Ir) -> bool {
    a.ty == Type::Missing || b.ty == Type::Missing
}

fn warn(ir: &Ir, what: &str, operands: &[&Ir], present: &Present, found: &mut Vec<Diagnostic>) {
    for operand in operands.iter().filter(|operand| operand.nullable) {
        let Some(place) = place(operand).filter(|place| !present.contains(place)) else { continue };
        let message = format!("`{what}` is true if `{place}` is missing");
        let mut diagnostic = Diagnostic::warning(&codes::NEGATED_NULLABLE, message)
            .at(ir.span, "")
            .help(format!("if that is not intended, add `has({place}) && …`"));
        if operand.ty == Type::Bool {
            diagnostic = diagnostic.help(format!("or compare with `{place} == false`"));
        } else {
            diagnostic = diagnostic.help(format!("if it is intended, write `{place} == () || …`"));
        }
        found.push(diagnostic);
        return;
    }
}

/// The values that are present if a test has this outcome.
fn shown(ir: &Ir, outcome: bool) -> Vec<String> {
    match (&ir.op, outcome) {
        (Op::Has(part), true) => match &part.op {
            Op::Lookup(_, key) | Op::Report(_, key, None) => {
                [part, &**key].into_iter().filter_map(place).collect()
            }
            _ => place(part).into_iter().collect(),
        },
        (Op::Not(test), outcome) => shown(test, !outcome),
        (Op::And(parts), true) | (Op::Or(parts), false) => {
            parts.iter().flat_map(|part| shown(part, outcome)).collect()
        }
        (Op::Compare(Comparison::Ne, a, b), true) | (Op::Compare(Comparison::Eq, a, b), false)
            if missing_is_meant(a, b) =>
        {
            [a, b].into_iter().filter_map(|part| place(part)).collect()
        }
        (Op::Compare(Comparison::Eq, a, b), true) if !a.nullable || !b.nullable => {
            [a, b].into_iter().filter_map(|part| place(part)).collect()
        }
        (Op::Compare(op, a, b), true) if !op.is_equality() => {
            [a, b].into_iter().filter_map(|part| place(part)).collect()
        }
        (Op::InSet(needle, _) | Op::InList(needle, _) | Op::InRange(needle, ..), true) => {
            place(needle).into_iter().collect()
        }
        (Op::Call(call), true) if call.function.role() == Role::Predicate => {
            call.args.iter().filter_map(place).collect()
        }
        _ => Vec::new(),
    }
}

/// The path that a value is read from, as written in an expression; `None` for a computed value.
fn place(ir: &Ir) -> Option<String> {
    match &ir.op {
        Op::Field(id) => Some(id.field().path()),
        Op::Row(kind) => Some(format!("event.{}", kind.name())),
        Op::Path(base, steps) => {
            let mut path = place(base)?;
            for step in steps {
                match step {
                    PathStep::Key(key) if super::super::reserved::is_identifier(key) => {
                        path.push('.');
                        path.push_str(key);
                    }
                    PathStep::Key(key) => path.push_str(&format!("[{key:?}]")),
                    PathStep::Item(index) => path.push_str(&format!("[{index}]")),
                    // A list of the values at a path is never missing.
                    PathStep::Each => return None,
                }
            }
            Some(path)
        }
        Op::OfStep(_, name, part) => {
            let path = place(part)?;
            Some(format!("{name}.{}", path.strip_prefix("event.").unwrap_or(&path)))
        }
        Op::Member(base, id, _) => Some(format!("{}.{}", place(base)?, id.field().name)),
        Op::Local(_, name) => Some(name.to_string()),
        Op::Lookup(table, key) => Some(format!("lookup(\"{}\", {})", table.id(), place(key)?)),
        Op::Cell(table, key, column) => {
            let (row, column) = (place(key)?, &table.columns().get(*column)?.name);
            Some(format!("lookup(\"{}\", {row})?.{column}", table.id()))
        }
        Op::Report(kind, key, field) => {
            let row = format!("lookup(\"{}s\", {})", kind.name(), place(key)?);
            Some(match field {
                Some(field) => format!("{row}?.{}", field.field().name),
                None => row,
            })
        }
        Op::Call(call) if call.function.role() == Role::Transformation => {
            call.args.iter().find(|arg| arg.nullable).and_then(place)
        }
        _ => None,
    }
}
