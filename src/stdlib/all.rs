//! Whether a closure is true for every item of a list.

use crate::expr::ir::Each;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// Whether a closure is true for every item of a list.
#[derive(Debug)]
pub(super) struct All;

impl Function for All {
    fn name(&self) -> &'static str {
        "all"
    }

    fn doc(&self) -> &'static str {
        "Whether a closure is true for every item of a list. The result for a missing list is false."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("list", ArgumentKind::List), ("closure", ArgumentKind::Closure)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: "[1, 2].all(|n| n > 0)", result: "true" },
            Example { expr: "[].all(|n| n == 1)", result: "true" },
        ]
    }

    fn role(&self) -> Role {
        Role::Each(Each::All)
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|_| Value::Missing))
    }
}
