//! The items of a list for which a closure is true.

use crate::expr::ir::Each;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::Value;

/// The items of a list for which a closure is true.
#[derive(Debug)]
pub(super) struct Filter;

impl Function for Filter {
    fn name(&self) -> &'static str {
        "filter"
    }

    fn doc(&self) -> &'static str {
        "The items of a list for which a closure is true. The result for a missing list is missing."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("list", ArgumentKind::List), ("closure", ArgumentKind::Closure)],
            returns: Returns::First,
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { expr: "[1, 2, 3].filter(|n| n > 1).len()", result: "2" }]
    }

    fn role(&self) -> Role {
        Role::Each(Each::Filter)
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|_| Value::Missing))
    }
}
