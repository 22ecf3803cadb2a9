//! Whether a value is present.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// Whether a value is present.
#[derive(Debug)]
pub(super) struct Has;

impl Function for Has {
    fn name(&self) -> &'static str {
        "has"
    }

    fn doc(&self) -> &'static str {
        "Whether a value is present, even if it is `false` or an empty text."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Any)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"has("")"#, result: "true" },
            Example { expr: "has(())", result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Has
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|_| Value::Missing))
    }
}
