//! The position of a part in a text.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// The position of a part in a text.
#[derive(Debug)]
pub(super) struct IndexOf;

impl Function for IndexOf {
    fn name(&self) -> &'static str {
        "index_of"
    }

    fn doc(&self) -> &'static str {
        "The position of the first occurrence of a part in a text, in characters from 0, or -1 if there is none."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text), ("part", ArgumentKind::Text)],
            returns: Returns::Always(Type::Int),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""user@example.com".index_of("@")"#, result: "4" },
            Example { expr: r#""abc".index_of("x")"#, result: "-1" },
            Example { expr: r#""é@".index_of("@")"#, result: "1" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            // As in Rhai, nothing is found in an empty text.
            [Value::Str(text), Value::Str(_)] if text.is_empty() => Value::Int(-1),
            [Value::Str(text), Value::Str(part)] => {
                let found = text.find(&**part).map(|at| text[..at].chars().count());
                Value::Int(found.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1))
            }
            _ => Value::Missing,
        }))
    }
}
