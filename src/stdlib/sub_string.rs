//! A part of a text.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// A part of a text.
#[derive(Debug)]
pub(super) struct SubString;

impl Function for SubString {
    fn name(&self) -> &'static str {
        "sub_string"
    }

    fn doc(&self) -> &'static str {
        "A part of a text, from the character at an index, with at most the given number of characters. A negative index counts from the end."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[
            Signature {
                params: &[("text", ArgumentKind::Text), ("start", ArgumentKind::Int)],
                returns: Returns::Always(Type::Str),
            },
            Signature {
                params: &[
                    ("text", ArgumentKind::Text),
                    ("start", ArgumentKind::Int),
                    ("length", ArgumentKind::Int),
                ],
                returns: Returns::Always(Type::Str),
            },
        ]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""hello".sub_string(1)"#, result: "ello" },
            Example { expr: r#""hello".sub_string(-3, 2)"#, result: "ll" },
            Example { expr: r#""hello".sub_string(9)"#, result: "" },
            Example { expr: r#""hello".sub_string(-9, 2)"#, result: "he" },
            Example { expr: r#""é!".sub_string(1, 5)"#, result: "!" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text), Value::Int(start)] => part(text, *start, i64::MAX),
            [Value::Str(text), Value::Int(start), Value::Int(length)] => {
                part(text, *start, *length)
            }
            _ => Value::Missing,
        }))
    }
}

fn part<'v>(text: &str, start: i64, length: i64) -> Value<'v> {
    let skip = if start < 0 {
        let from_end = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
        text.chars().count().saturating_sub(from_end)
    } else {
        usize::try_from(start).unwrap_or(usize::MAX)
    };
    let take = usize::try_from(length).unwrap_or(0);
    Value::Str(text.chars().skip(skip).take(take).collect::<String>().into())
}
