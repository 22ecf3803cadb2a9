//! A text without the white space around it.

use std::borrow::Cow;

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// A text without the white space around it.
#[derive(Debug)]
pub(super) struct Trim;

impl Function for Trim {
    fn name(&self) -> &'static str {
        "trim"
    }

    fn doc(&self) -> &'static str {
        "Removes white space from both ends of a text. (Rhai's own `trim` changes a variable and returns nothing.)"
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text)],
            returns: Returns::Always(Type::Str),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { expr: r#"" a b ".trim()"#, result: "a b" }]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(Cow::Borrowed(text))] => Value::str(text.trim()),
            [Value::Str(text)] => Value::Str(text.trim().to_owned().into()),
            _ => Value::Missing,
        }))
    }
}
