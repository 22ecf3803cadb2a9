//! Constant folding: evaluates the parts of an expression that do not depend on a record.

use super::env::Bindings;
use super::eval::{Frame, eval};
use super::function::Role;
use super::ir::{Arithmetic, Call, Comparison, Each, Ir, Op};
use super::json;
use crate::record::FieldId;
use crate::value::{RecordKind, Time, Type, Value};

/// What is known about the records that an expression will see. The plan implements it to find
/// rules that a format cannot match.
pub trait Assumptions {
    /// The value of the field, if it is the same in all of them.
    fn field(&self, field: FieldId) -> Option<Value<'static>>;
    /// Whether the row is present, if that is known; `Some(false)` if it never is.
    fn row(&self, kind: RecordKind) -> Option<bool>;
}

/// No assumptions.
pub(super) struct Nothing;

impl Assumptions for Nothing {
    fn field(&self, _: FieldId) -> Option<Value<'static>> {
        None
    }

    fn row(&self, _: RecordKind) -> Option<bool> {
        None
    }
}

/// Replaces a node whose parts are all constant by its value. If the evaluation of a node fails,
/// the node is unchanged, so that it fails at run time.
pub(super) fn constant(ir: Ir) -> Ir {
    let depends = matches!(
        ir.op,
        Op::Const(_)
            | Op::Field(_)
            | Op::Row(_)
            | Op::Local(..)
            | Op::Measure(_)
            | Op::Now
            | Op::NamedList(_)
            // The columns of a row are known only to the table.
            | Op::Lookup(..)
            // The reports are known only during a run.
            | Op::Report(..)
    );
    // A list by itself is not folded, because it is used for look-ups. A test of a list is
    // constant.
    let assumptions = |part: &&Ir| part.constant().is_some() || matches!(part.op, Op::NamedList(_));
    if depends || !ir.children().iter().all(assumptions) {
        return ir;
    }
    let bindings = Bindings::none(Time(0));
    let value = match eval(&ir, &Frame::new(&bindings)) {
        Ok(value) => value.into_owned(),
        Err(_) => return ir,
    };
    value_of(&ir, value)
}

fn value_of(ir: &Ir, value: Value<'static>) -> Ir {
    Ir { id: ir.id, nullable: value.is_missing(), op: Op::Const(value), ty: ir.ty, span: ir.span }
}

impl Ir {
    /// The node simplified for records about which something is known.
    #[must_use]
    pub fn assuming(&self, assumptions: &dyn Assumptions) -> Ir {
        assume(self, assumptions)
    }
}

/// Simplifies an expression for records about which something is known.
pub(super) fn assume(ir: &Ir, assumptions: &dyn Assumptions) -> Ir {
    match &ir.op {
        Op::Field(id) => {
            let absent = assumptions.row(id.kind()) == Some(false);
            let value = if absent { Some(Value::Missing) } else { assumptions.field(*id) };
            return value.map_or_else(|| ir.clone(), |value| value_of(ir, value));
        }
        Op::Row(kind) | Op::Report(kind, ..) if assumptions.row(*kind) == Some(false) => {
            return value_of(ir, Value::Missing);
        }
        Op::Report(_, _, Some(field)) if assumptions.field(*field) == Some(Value::Missing) => {
            return value_of(ir, Value::Missing);
        }
        _ => {}
    }
    let ir = ir.map_children(&mut |part| assume(part, assumptions));
    let ir = constant(ir);
    match decided(&ir) {
        Some(value) => value_of(&ir, value),
        None => shorten(ir),
    }
}

fn missing(ir: &Ir) -> bool {
    matches!(ir.op, Op::Const(Value::Missing))
}

/// The value of a node if one of its parts determines it.
fn decided(ir: &Ir) -> Option<Value<'static>> {
    let is = |part: &Ir, b: bool| matches!(part.op, Op::Const(Value::Bool(c)) if c == b);
    match &ir.op {
        Op::And(parts) if parts.iter().any(|part| is(part, false)) => Some(Value::Bool(false)),
        Op::Or(parts) if parts.iter().any(|part| is(part, true)) => Some(Value::Bool(true)),
        Op::And(parts) if parts.iter().all(|part| is(part, true)) => Some(Value::Bool(true)),
        Op::Or(parts) if parts.iter().all(|part| is(part, false)) => Some(Value::Bool(false)),
        Op::Compare(op, a, b) if missing(a) || missing(b) => {
            let other = if missing(a) { b } else { a };
            match op {
                Comparison::Eq if !other.nullable => Some(Value::Bool(false)),
                Comparison::Ne if !other.nullable => Some(Value::Bool(true)),
                Comparison::Eq | Comparison::Ne => None,
                _ => Some(Value::Bool(false)),
            }
        }
        Op::Lookup(table, key) | Op::Cell(table, key, _) if table.is_empty() || missing(key) => {
            Some(Value::Missing)
        }
        Op::Report(_, key, _) if missing(key) => Some(Value::Missing),
        Op::InSet(_, set) if set.values().is_empty() => Some(Value::Bool(false)),
        Op::InList(_, list) if list.is_empty() => Some(Value::Bool(false)),
        Op::InList(needle, _) if missing(needle) => Some(Value::Bool(false)),
        Op::InRange(_, first, last) if first > last => Some(Value::Bool(false)),
        Op::In(_, haystack) if missing(haystack) => Some(Value::Bool(false)),
        Op::Has(part) if !part.nullable => Some(Value::Bool(true)),
        Op::Member(base, ..) | Op::Index(base, _) if missing(base) => Some(Value::Missing),
        Op::Path(base, steps) if missing(base) => {
            json::walk(Value::Missing, steps).ok().map(Value::into_owned)
        }
        Op::Arithmetic(Arithmetic::Add, ..) if ir.ty == Type::Str => None,
        Op::Arithmetic(_, a, b) if missing(a) || missing(b) => Some(Value::Missing),
        Op::Call(Call { function, args, .. }) if args.iter().any(missing) => {
            Some(match function.role() {
                Role::Predicate => Value::Bool(false),
                _ => Value::Missing,
            })
        }
        Op::Each(each, list, _) if missing(list) => Some(match each {
            Each::Some | Each::All => Value::Bool(false),
            Each::Filter | Each::Map => Value::Missing,
        }),
        _ => None,
    }
}

/// Removes the parts of a node that no longer matter.
fn shorten(ir: Ir) -> Ir {
    let Ir { id, op, ty, nullable, span } = ir;
    let neutral = |part: &Ir, b: bool| matches!(part.op, Op::Const(Value::Bool(c)) if c == b);
    let one = |mut parts: Vec<Ir>, op: fn(Vec<Ir>) -> Op| match parts.len() {
        1 => parts.remove(0),
        _ => Ir { id, op: op(parts), ty, nullable, span },
    };
    match op {
        Op::And(mut parts) => {
            parts.retain(|part| !neutral(part, true));
            one(parts, Op::And)
        }
        Op::Or(mut parts) => {
            parts.retain(|part| !neutral(part, false));
            one(parts, Op::Or)
        }
        Op::Coalesce(mut parts) => {
            parts.retain(|part| !missing(part));
            if let Some(end) = parts.iter().position(|part| part.constant().is_some()) {
                parts.truncate(end + 1);
            }
            one(parts, Op::Coalesce)
        }
        Op::If(parts) => {
            let (condition, then, otherwise) = *parts;
            match condition.constant() {
                Some(Value::Bool(true)) => then,
                Some(_) => otherwise.unwrap_or(Ir {
                    id,
                    op: Op::Const(Value::Missing),
                    ty,
                    nullable: true,
                    span,
                }),
                None => Ir {
                    id,
                    op: Op::If(Box::new((condition, then, otherwise))),
                    ty,
                    nullable,
                    span,
                },
            }
        }
        op => Ir { id, op, ty, nullable, span },
    }
}
