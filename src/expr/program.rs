//! A condition as a list of tests with jumps: the form that is evaluated for every record.
//!
//! It is built from the tree and is equivalent to it. Conditions with arithmetic, and records on
//! which a test fails, are evaluated by the tree, which implements `&&` and `||` over errors.

use std::sync::Arc;

use memchr::memmem::Finder;

use super::env::Bindings;
use super::eval::{Frame, field, test};
use super::function::Prepared;
use super::ir::{Call, Comparison, Ir, Op};
use super::set::Set;
use crate::record::FieldId;
use crate::table::{List, Table};
use crate::value::{Type, Value};

/// Jump targets that end the program; other targets are indices of steps.
const YES: u32 = u32::MAX;
const NO: u32 = u32::MAX - 1;

/// A condition without arithmetic.
#[derive(Debug)]
pub(super) struct Program {
    /// In reverse order: a jump leads to a smaller index, or out of the program.
    steps: Vec<Step>,
    entry: u32,
}

#[derive(Debug)]
struct Step {
    test: Test,
    yes: u32,
    no: u32,
}

/// One test; most compare one field with a constant.
#[derive(Debug)]
enum Test {
    /// The field is this text.
    Text(FieldId, Box<str>),
    /// The field is this boolean.
    Bool(FieldId, bool),
    /// The field is present.
    Has(FieldId),
    /// The table has a row for the field.
    InTable(FieldId, Arc<Table>),
    /// The field is one of these.
    InSet(FieldId, Arc<Set>),
    /// The list contains the field.
    InList(FieldId, Arc<List>),
    /// The field contains this text.
    Holds(FieldId, Box<Finder<'static>>),
    /// The function is true for the field.
    Call(FieldId, Arc<Prepared>),
    /// Anything else.
    Tree(Box<Ir>),
}

impl Program {
    /// The program of a condition; `None` if the condition contains arithmetic.
    pub(super) fn new(ir: &Ir) -> Option<Self> {
        let mut by_tree = ir.ty != Type::Bool;
        ir.walk(&mut |node| {
            by_tree |= matches!(node.op, Op::Arithmetic(..) | Op::Negate(_));
        });
        if by_tree {
            return None;
        }
        let mut program = Self { steps: Vec::new(), entry: NO };
        program.entry = program.add(ir, YES, NO);
        Some(program)
    }

    /// Adds the steps of a condition that continues at `yes` or `no`; returns its first step.
    fn add(&mut self, ir: &Ir, yes: u32, no: u32) -> u32 {
        let test = match &ir.op {
            Op::Const(Value::Bool(true)) => return yes,
            Op::Const(Value::Bool(false)) => return no,
            Op::And(parts) => {
                return parts.iter().rev().fold(yes, |next, part| self.add(part, next, no));
            }
            Op::Or(parts) => {
                return parts.iter().rev().fold(no, |next, part| self.add(part, yes, next));
            }
            Op::Not(part) => return self.add(part, no, yes),
            Op::Compare(op, a, b) if op.is_equality() => match equality(a, b) {
                Some(test) if *op == Comparison::Eq => test,
                Some(test) => return self.push(test, no, yes),
                None => Test::Tree(Box::new(ir.clone())),
            },
            _ => of_field(ir).unwrap_or_else(|| Test::Tree(Box::new(ir.clone()))),
        };
        self.push(test, yes, no)
    }

    fn push(&mut self, test: Test, yes: u32, no: u32) -> u32 {
        self.steps.push(Step { test, yes, no });
        self.steps.len() as u32 - 1
    }

    /// Whether the condition is true; `None` if a test fails on the record.
    pub(super) fn run(&self, bindings: &Bindings<'_>) -> Option<bool> {
        let mut at = self.entry;
        while let Some(step) = self.steps.get(at as usize) {
            at = if step.test.holds(bindings)? { step.yes } else { step.no };
        }
        Some(at == YES)
    }
}

impl Test {
    #[inline]
    fn holds(&self, bindings: &Bindings<'_>) -> Option<bool> {
        Some(match self {
            Test::Text(id, text) => {
                matches!(field(*id, bindings), Value::Str(value) if **value == **text)
            }
            Test::Bool(id, wanted) => {
                matches!(field(*id, bindings), Value::Bool(value) if value == wanted)
            }
            Test::Has(id) => !field(*id, bindings).is_missing(),
            Test::InTable(id, table) => {
                matches!(field(*id, bindings), Value::Str(key) if table.find(key).is_some())
            }
            Test::InSet(id, set) => set.contains(field(*id, bindings)),
            Test::InList(id, list) => {
                matches!(field(*id, bindings), Value::Str(value) if list.contains(value))
            }
            Test::Holds(id, finder) => {
                matches!(field(*id, bindings),
                    Value::Str(value) if finder.find(value.as_bytes()).is_some())
            }
            Test::Call(id, prepared) => match (&**prepared, field(*id, bindings)) {
                (Prepared::Test(test), Value::Str(value)) => test(value),
                _ => false,
            },
            Test::Tree(ir) => return test(ir, &Frame::new(bindings)).ok(),
        })
    }
}

/// `field == constant`, in either order.
fn equality(a: &Ir, b: &Ir) -> Option<Test> {
    let (id, value) = match (&a.op, &b.op) {
        (Op::Field(id), Op::Const(value)) | (Op::Const(value), Op::Field(id)) => (*id, value),
        _ => return None,
    };
    match value {
        Value::Str(text) => Some(Test::Text(id, text.as_ref().into())),
        Value::Bool(value) => Some(Test::Bool(id, *value)),
        _ => None,
    }
}

fn of_field(ir: &Ir) -> Option<Test> {
    let id = |ir: &Ir| match ir.op {
        Op::Field(id) => Some(id),
        _ => None,
    };
    match &ir.op {
        Op::Field(id) => Some(Test::Bool(*id, true)),
        Op::Has(part) => Some(match &part.op {
            Op::Lookup(table, key) => Test::InTable(id(key)?, table.clone()),
            _ => Test::Has(id(part)?),
        }),
        Op::InSet(part, set) => Some(Test::InSet(id(part)?, set.clone())),
        Op::InList(part, list) => Some(Test::InList(id(part)?, list.clone())),
        Op::In(part, text) if matches!(text.ty, Type::Str | Type::Enum(_)) => {
            let part = part.constant()?.as_str()?;
            Some(Test::Holds(id(text)?, Box::new(Finder::new(part).into_owned())))
        }
        Op::Call(Call { args, prepared, .. }) if matches!(**prepared, Prepared::Test(_)) => {
            Some(Test::Call(id(args.first()?)?, prepared.clone()))
        }
        _ => None,
    }
}
