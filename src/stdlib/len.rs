//! The number of characters or items.

use std::ops::RangeInclusive;

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// The number of characters or items.
#[derive(Debug)]
pub(super) struct Len;

impl Function for Len {
    fn name(&self) -> &'static str {
        "len"
    }

    fn doc(&self) -> &'static str {
        "The number of characters of a text or of items of a list."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[
            Signature {
                params: &[("text", ArgumentKind::Text)],
                returns: Returns::Always(Type::Int),
            },
            Signature {
                params: &[("list", ArgumentKind::List)],
                returns: Returns::Always(Type::Int),
            },
        ]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""é!".len()"#, result: "2" },
            Example { expr: "[1, 2, 2].len()", result: "3" },
            Example { expr: "().len()", result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn values(&self) -> Option<RangeInclusive<i64>> {
        Some(0..=i64::MAX)
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| {
            let length = match args {
                [Value::Str(text)] => text.chars().count(),
                [Value::List(items)] => items.len(),
                _ => return Value::Missing,
            };
            i64::try_from(length).map_or(Value::Missing, Value::Int)
        }))
    }
}
