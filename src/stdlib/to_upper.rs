//! A text in upper case.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// A text in upper case.
#[derive(Debug)]
pub(super) struct ToUpper;

impl Function for ToUpper {
    fn name(&self) -> &'static str {
        "to_upper"
    }

    fn doc(&self) -> &'static str {
        "Converts a text to upper case."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text)],
            returns: Returns::Always(Type::Str),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""Root".to_upper()"#, result: "ROOT" },
            Example { expr: "().to_upper()", result: "()" },
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
            [Value::Str(text)] => Value::Str(text.to_uppercase().into()),
            _ => Value::Missing,
        }))
    }
}
