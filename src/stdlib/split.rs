//! The parts of a text between separators.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Elem, Items, Type, Value};

/// The parts of a text between separators.
#[derive(Debug)]
pub(super) struct Split;

impl Function for Split {
    fn name(&self) -> &'static str {
        "split"
    }

    fn doc(&self) -> &'static str {
        "The parts of a text between occurrences of a separator, or between white space without a separator."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[
            Signature {
                params: &[("text", ArgumentKind::Text)],
                returns: Returns::Always(Type::List(Elem::Str)),
            },
            Signature {
                params: &[("text", ArgumentKind::Text), ("separator", ArgumentKind::Text)],
                returns: Returns::Always(Type::List(Elem::Str)),
            },
        ]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""a/b/c".split("/")[1]"#, result: "b" },
            Example { expr: r#""a b  c".split().len()"#, result: "3" },
            Example { expr: r#""abc".split("/").len()"#, result: "1" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text)] if text.is_empty() => list(["".to_owned()]),
            [Value::Str(text)] => list(text.split_whitespace().map(str::to_owned)),
            [Value::Str(text), Value::Str(separator)] => {
                match (text.is_empty(), separator.as_ref()) {
                    (true, _) => list(["".to_owned()]),
                    (false, separator) => list(text.split(separator).map(str::to_owned)),
                }
            }
            _ => Value::Missing,
        }))
    }
}

fn list<'v>(parts: impl IntoIterator<Item = String>) -> Value<'v> {
    Value::List(Items::Owned(parts.into_iter().map(|part| Value::Str(part.into())).collect()))
}
