//! A text in lower case.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// A text in lower case.
#[derive(Debug)]
pub(super) struct ToLower;

impl Function for ToLower {
    fn name(&self) -> &'static str {
        "to_lower"
    }

    fn doc(&self) -> &'static str {
        "Converts a text to lower case."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text)],
            returns: Returns::Always(Type::Str),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""Root".to_lower()"#, result: "root" },
            Example { expr: "().to_lower()", result: "()" },
        ]
    }

    fn only_changes_case(&self) -> bool {
        true
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text)] => Value::Str(text.to_lowercase().into()),
            _ => Value::Missing,
        }))
    }
}
