//! The results of a closure for each item of a list.

use crate::expr::ir::Each;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::Value;

/// The results of a closure for each item of a list.
#[derive(Debug)]
pub(super) struct Map;

impl Function for Map {
    fn name(&self) -> &'static str {
        "map"
    }

    fn doc(&self) -> &'static str {
        "The results of a closure for each item of a list. The result for a missing list is missing."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("list", ArgumentKind::List), ("closure", ArgumentKind::Closure)],
            returns: Returns::ListOfClosure,
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { expr: r#"["a", "b"].map(|s| s.to_upper())[1]"#, result: "B" }]
    }

    fn role(&self) -> Role {
        Role::Each(Each::Map)
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|_| Value::Missing))
    }
}
