//! Replaces every occurrence of a part of a text.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// Replaces every occurrence of a part of a text.
#[derive(Debug)]
pub(super) struct Replace;

impl Function for Replace {
    fn name(&self) -> &'static str {
        "replace"
    }

    fn doc(&self) -> &'static str {
        "The text with every occurrence of a part replaced by another text. An empty part occurs nowhere."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[
                ("text", ArgumentKind::Text),
                ("part", ArgumentKind::Text),
                ("by", ArgumentKind::Text),
            ],
            returns: Returns::Always(Type::Str),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""a-b-c".replace("-", "/")"#, result: "a/b/c" },
            Example { expr: r#""abc".replace("x", "y")"#, result: "abc" },
            Example { expr: r#""abc".replace("", "y")"#, result: "abc" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            // The result must not be longer than the product of two lengths by an empty part.
            [Value::Str(text), Value::Str(part), Value::Str(_)] if part.is_empty() => {
                Value::Str(text.clone())
            }
            [Value::Str(text), Value::Str(part), Value::Str(by)] => {
                Value::Str(text.replace(&**part, by).into())
            }
            _ => Value::Missing,
        }))
    }
}
