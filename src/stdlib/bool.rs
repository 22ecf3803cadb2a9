//! A value as true or false.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// A value as true or false.
#[derive(Debug)]
pub(super) struct Bool;

impl Function for Bool {
    fn name(&self) -> &'static str {
        "bool"
    }

    fn doc(&self) -> &'static str {
        "Converts an untyped value or the text `true` or `false` to a bool. The result is missing if it is neither."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Single)],
            returns: Returns::Maybe(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"bool("true")"#, result: "true" },
            Example { expr: r#"bool("yes")"#, result: "()" },
            Example { expr: "bool(false)", result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Bool(b)] => Value::Bool(*b),
            [Value::Str(text)] => text.parse().map_or(Value::Missing, Value::Bool),
            _ => Value::Missing,
        }))
    }
}
