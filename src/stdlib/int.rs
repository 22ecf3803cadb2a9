//! A value as an integer.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// A value as an integer.
#[derive(Debug)]
pub(super) struct Int;

impl Function for Int {
    fn name(&self) -> &'static str {
        "int"
    }

    fn doc(&self) -> &'static str {
        "Converts an untyped value or a text to an integer. The result is missing if it is not an integer."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Single)],
            returns: Returns::Maybe(Type::Int),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"int("42")"#, result: "42" },
            Example { expr: r#"int("4.2")"#, result: "()" },
            Example { expr: "int(true)", result: "()" },
            Example { expr: "int(7)", result: "7" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Int(int)] => Value::Int(*int),
            [Value::Str(text)] => text.parse().map_or(Value::Missing, Value::Int),
            _ => Value::Missing,
        }))
    }
}
