//! A value as text.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// A value as text.
#[derive(Debug)]
pub(super) struct Str;

impl Function for Str {
    fn name(&self) -> &'static str {
        "str"
    }

    fn doc(&self) -> &'static str {
        "Converts a value to text: an integer to decimal, a time to RFC 3339, JSON to its text in the record."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Single)],
            returns: Returns::Maybe(Type::Str),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: "str(42)", result: "42" },
            Example { expr: "str(true)", result: "true" },
            Example {
                expr: r#"str(time("2024-08-01T00:00:00Z"))"#,
                result: "2024-08-01T00:00:00Z",
            },
            Example { expr: "str(days(1))", result: "1d" },
            Example { expr: "str(())", result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text)] => Value::Str(text.clone()),
            [Value::Int(int)] => Value::Str(int.to_string().into()),
            [Value::Bool(b)] => Value::Str(b.to_string().into()),
            [Value::Time(time)] => Value::Str(time.to_string().into()),
            [Value::Duration(duration)] => Value::Str(duration.to_string().into()),
            [Value::Json(json)] => Value::Str(json.text.clone()),
            _ => Value::Missing,
        }))
    }
}
