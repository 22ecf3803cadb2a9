//! A part of an expression whose type is known, as an editor shows it.

use std::ops::Range;
use std::sync::Arc;

use super::function::Function;
use super::ir::{Ir, Op};
use crate::record::FieldId;
use crate::table::Table;
use crate::value::Type;

/// A part of the text with the results of the checker.
#[derive(Debug, Clone)]
pub struct Typed {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// The type of its value.
    pub ty: Type,
    /// Whether its value may be missing.
    pub nullable: bool,
    /// The field that it reads.
    pub field: Option<FieldId>,
    /// The function that it calls.
    pub function: Option<&'static dyn Function>,
    /// The table whose row it looks up.
    pub table: Option<Arc<Table>>,
}

impl Typed {
    pub(super) fn new(range: Range<usize>, ir: &Ir) -> Self {
        let mut typed = Self {
            range,
            ty: ir.ty,
            nullable: ir.nullable,
            field: None,
            function: None,
            table: None,
        };
        match &ir.op {
            Op::Field(id) | Op::Member(_, id, _) | Op::Report(_, _, Some(id)) => {
                typed.field = Some(*id);
            }
            Op::Call(call) => typed.function = Some(call.function),
            Op::Lookup(table, _) => typed.table = Some(table.clone()),
            _ => {}
        }
        typed
    }
}
