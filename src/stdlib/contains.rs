//! Whether a text or a list contains a value.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// Whether a text or a list contains a value.
#[derive(Debug)]
pub(super) struct Contains;

impl Function for Contains {
    fn name(&self) -> &'static str {
        "contains"
    }

    fn doc(&self) -> &'static str {
        "Whether a text contains another text, or a list contains an item. `y.contains(x)` is the same as `x in y`."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[
            Signature {
                params: &[("text", ArgumentKind::Text), ("part", ArgumentKind::Text)],
                returns: Returns::Always(Type::Bool),
            },
            Signature {
                params: &[("list", ArgumentKind::List), ("item", ArgumentKind::Any)],
                returns: Returns::Always(Type::Bool),
            },
        ]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""abc".contains("b")"#, result: "true" },
            Example { expr: "[1, 2].contains(3)", result: "false" },
            Example { expr: r#"contains("abc", "")"#, result: "true" },
        ]
    }

    fn role(&self) -> Role {
        Role::Membership
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|_| Value::Missing))
    }
}
