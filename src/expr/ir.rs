//! The typed tree. It is evaluated, and `check`, `explain`, coverage and the index read it.

use std::sync::Arc;

use super::function::{BadArgument, Constant, Function, Prepared};
use super::json::PathStep;
use super::set::Set;
use crate::record::FieldId;
use crate::source::Span;
use crate::table::{List, Table};
use crate::value::{RecordKind, Type, Value};

pub use super::operator::{Arithmetic, Comparison, Each};

/// Identifies a node of one compiled expression.
///
/// The parts of an expression are numbered in the order in which they were written, a node before
/// its parts. Folding preserves the numbers of the nodes that remain, so a value traced in a folded
/// expression belongs to the same text as in the unfolded one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// One node: its operation, its type, and where it was written.
#[derive(Debug, Clone)]
pub struct Ir {
    /// Its number in its expression.
    pub id: NodeId,
    /// Its operation.
    pub op: Op,
    /// The type of its value.
    pub ty: Type,
    /// Whether its value may be missing.
    pub nullable: bool,
    /// Where it was written.
    pub span: Span,
}

/// The operation of a node.
#[derive(Debug, Clone)]
pub enum Op {
    /// A constant.
    Const(Value<'static>),
    /// A field of the rule's row of that kind (`event.key.id` is a field of the key).
    Field(FieldId),
    /// The row itself: `event.key`, `cred`.
    Row(RecordKind),
    /// A field of a row that is a value, by its index in the row: `k.id` in a closure.
    Member(Box<Ir>, FieldId, usize),
    /// A row or a field of the record of another step, by the index and the name of the step.
    OfStep(usize, Arc<str>, Box<Ir>),
    /// A part of an untyped value.
    Path(Box<Ir>, Vec<PathStep>),
    /// `list[index]`, `text[index]`.
    Index(Box<Ir>, Box<Ir>),
    /// The parameter of a closure, counted from the innermost, and its name.
    Local(usize, Arc<str>),
    /// A measure, by slot.
    Measure(usize),
    /// `now`.
    Now,
    /// `lists.NAME`, or a parameter that is a list.
    NamedList(Arc<List>),
    /// `lookup("TABLE", key)`: whether the table has such a row.
    Lookup(Arc<Table>, Box<Ir>),
    /// `lookup("TABLE", key)?.name`: a column of the row, by its index.
    Cell(Arc<Table>, Box<Ir>, usize),
    /// `lookup("keys", id)` and `lookup("creds", user)`: the row of the run's credential reports,
    /// or one of its fields.
    Report(RecordKind, Box<Ir>, Option<FieldId>),
    /// `[a, b]` that is not constant.
    List(Vec<Ir>),
    /// `a && b`.
    And(Vec<Ir>),
    /// `a || b`.
    Or(Vec<Ir>),
    /// `!a`.
    Not(Box<Ir>),
    /// `a == b`.
    Compare(Comparison, Box<Ir>, Box<Ir>),
    /// `x in [constants]`.
    InSet(Box<Ir>, Arc<Set>),
    /// `x in lists.NAME`.
    InList(Box<Ir>, Arc<List>),
    /// `x in 1..5`, both ends included.
    InRange(Box<Ir>, i64, i64),
    /// Any other `x in y`: an item of a list, a part of a text, a key of an object.
    In(Box<Ir>, Box<Ir>),
    /// `a + b`.
    Arithmetic(Arithmetic, Box<Ir>, Box<Ir>),
    /// `-a`.
    Negate(Box<Ir>),
    /// `a ?? b`.
    Coalesce(Vec<Ir>),
    /// `if a { b } else { c }`.
    If(Box<(Ir, Ir, Option<Ir>)>),
    /// `switch`.
    Switch(Box<Switch>),
    /// `` `text ${hole}` ``.
    Template(Vec<Ir>),
    /// A call of a function of the library.
    Call(Call),
    /// `has(x)`.
    Has(Box<Ir>),
    /// `list.some(|x| …)`, `all`, `filter` and `map`.
    Each(Each, Box<Ir>, Box<Ir>),
}

/// A call of a function of the library; [`Call::new`] makes one.
#[derive(Debug, Clone)]
pub struct Call {
    /// The function.
    pub function: &'static dyn Function,
    /// Every argument as written, constants included.
    pub args: Vec<Ir>,
    /// The function, prepared with its constant arguments.
    pub prepared: Arc<Prepared>,
}

impl Call {
    /// The call of a function with these arguments.
    ///
    /// # Errors
    ///
    /// If the function cannot use one of the constant arguments.
    pub fn new(function: &'static dyn Function, args: Vec<Ir>) -> Result<Self, BadArgument> {
        let constants: Vec<Constant> = args.iter().map(Ir::as_constant).collect();
        let prepared = Arc::new(function.prepare(&constants)?);
        Ok(Self { function, args, prepared })
    }
}

/// A `switch` over constants.
#[derive(Debug, Clone)]
pub struct Switch {
    /// The value that is compared with the labels.
    pub subject: Ir,
    /// Guard and value of each arm.
    pub arms: Vec<(Option<Ir>, Ir)>,
    /// Constants, and the arms to try for each.
    pub labels: Vec<(Value<'static>, Vec<usize>)>,
    /// Ranges (both ends included) and their arms; tried after the labels.
    pub ranges: Vec<(i64, i64, usize)>,
    /// The arm that is taken if no other matches.
    pub default: Option<usize>,
}

impl Ir {
    /// Its value, if it is a constant.
    pub fn constant(&self) -> Option<&Value<'static>> {
        match &self.op {
            Op::Const(value) => Some(value),
            _ => None,
        }
    }

    /// Its value as an argument of a function, if it is known at load.
    pub fn as_constant(&self) -> Constant {
        match &self.op {
            Op::Const(Value::List(items)) => Constant::Texts(
                items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            ),
            Op::Const(value) => Constant::Value(value.clone()),
            Op::NamedList(list) => {
                Constant::Texts(list.values().iter().map(|value| value.text.clone()).collect())
            }
            _ => Constant::Unknown,
        }
    }

    /// Its parts, in the order they were written.
    pub fn children(&self) -> Vec<&Ir> {
        match &self.op {
            Op::Const(_)
            | Op::Field(_)
            | Op::Row(_)
            | Op::Local(..)
            | Op::Measure(_)
            | Op::Now
            | Op::NamedList(_) => Vec::new(),
            Op::Member(a, ..)
            | Op::Path(a, _)
            | Op::Not(a)
            | Op::OfStep(_, _, a)
            | Op::InSet(a, _)
            | Op::InList(a, _)
            | Op::InRange(a, ..)
            | Op::Negate(a)
            | Op::Has(a)
            | Op::Lookup(_, a)
            | Op::Cell(_, a, _)
            | Op::Report(_, a, _) => vec![a],
            Op::Index(a, b)
            | Op::Compare(_, a, b)
            | Op::In(a, b)
            | Op::Arithmetic(_, a, b)
            | Op::Each(_, a, b) => vec![a, b],
            Op::List(parts)
            | Op::And(parts)
            | Op::Or(parts)
            | Op::Coalesce(parts)
            | Op::Template(parts) => parts.iter().collect(),
            Op::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                [condition, then].into_iter().chain(otherwise).collect()
            }
            Op::Switch(switch) => std::iter::once(&switch.subject)
                .chain(switch.arms.iter().flat_map(|(guard, body)| guard.iter().chain([body])))
                .collect(),
            Op::Call(call) => call.args.iter().collect(),
        }
    }

    /// The same node with each part replaced by the result of `f`.
    #[must_use]
    pub fn map_children(&self, f: &mut dyn FnMut(&Ir) -> Ir) -> Ir {
        fn boxed(f: &mut dyn FnMut(&Ir) -> Ir, part: &Ir) -> Box<Ir> {
            Box::new(f(part))
        }
        fn all(f: &mut dyn FnMut(&Ir) -> Ir, parts: &[Ir]) -> Vec<Ir> {
            parts.iter().map(f).collect()
        }
        let op = match &self.op {
            Op::Const(_)
            | Op::Field(_)
            | Op::Row(_)
            | Op::Local(..)
            | Op::Measure(_)
            | Op::Now
            | Op::NamedList(_) => self.op.clone(),
            Op::Member(a, field, slot) => Op::Member(boxed(f, a), *field, *slot),
            Op::Path(a, steps) => Op::Path(boxed(f, a), steps.clone()),
            Op::Not(a) => Op::Not(boxed(f, a)),
            Op::OfStep(step, name, a) => Op::OfStep(*step, name.clone(), boxed(f, a)),
            Op::InSet(a, set) => Op::InSet(boxed(f, a), set.clone()),
            Op::InList(a, list) => Op::InList(boxed(f, a), list.clone()),
            Op::InRange(a, first, last) => Op::InRange(boxed(f, a), *first, *last),
            Op::Negate(a) => Op::Negate(boxed(f, a)),
            Op::Has(a) => Op::Has(boxed(f, a)),
            Op::Lookup(table, a) => Op::Lookup(table.clone(), boxed(f, a)),
            Op::Cell(table, a, column) => Op::Cell(table.clone(), boxed(f, a), *column),
            Op::Index(a, b) => Op::Index(boxed(f, a), boxed(f, b)),
            Op::Compare(op, a, b) => Op::Compare(*op, boxed(f, a), boxed(f, b)),
            Op::In(a, b) => Op::In(boxed(f, a), boxed(f, b)),
            Op::Arithmetic(op, a, b) => Op::Arithmetic(*op, boxed(f, a), boxed(f, b)),
            Op::Each(each, a, b) => Op::Each(*each, boxed(f, a), boxed(f, b)),
            Op::Report(kind, a, field) => Op::Report(*kind, boxed(f, a), *field),
            Op::List(parts) => Op::List(all(f, parts)),
            Op::And(parts) => Op::And(all(f, parts)),
            Op::Or(parts) => Op::Or(all(f, parts)),
            Op::Coalesce(parts) => Op::Coalesce(all(f, parts)),
            Op::Template(parts) => Op::Template(all(f, parts)),
            Op::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                Op::If(Box::new((f(condition), f(then), otherwise.as_ref().map(f))))
            }
            Op::Switch(switch) => Op::Switch(Box::new(Switch {
                subject: f(&switch.subject),
                arms: switch
                    .arms
                    .iter()
                    .map(|(guard, body)| (guard.as_ref().map(&mut *f), f(body)))
                    .collect(),
                labels: switch.labels.clone(),
                ranges: switch.ranges.clone(),
                default: switch.default,
            })),
            Op::Call(call) => Op::Call(Call {
                function: call.function,
                args: all(f, &call.args),
                prepared: call.prepared.clone(),
            }),
        };
        Ir { op, ..self.clone_frame() }
    }

    /// A copy of everything but the op.
    fn clone_frame(&self) -> Ir {
        Ir { id: self.id, op: Op::Now, ty: self.ty, nullable: self.nullable, span: self.span }
    }

    /// The same tree, numbered from 0.
    #[must_use]
    pub(super) fn numbered(&self) -> Ir {
        fn number(node: &Ir, next: &mut u32) -> Ir {
            let id = NodeId(*next);
            *next += 1;
            Ir { id, ..node.map_children(&mut |part| number(part, next)) }
        }
        number(self, &mut 0)
    }

    /// The same tree with every node of this number replaced by the result of `f`.
    #[must_use]
    pub fn replaced(&self, id: NodeId, f: &mut dyn FnMut(&Ir) -> Ir) -> Ir {
        match self.id == id {
            true => f(self),
            false => self.map_children(&mut |part| part.replaced(id, f)),
        }
    }

    /// Calls `visit` for this node and every node below it.
    pub fn walk<'i>(&'i self, visit: &mut dyn FnMut(&'i Ir)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}
