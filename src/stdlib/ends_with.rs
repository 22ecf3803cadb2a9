//! Whether a text ends with another.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::{Type, Value};

/// Whether a text ends with another.
#[derive(Debug)]
pub(super) struct EndsWith;

impl Function for EndsWith {
    fn name(&self) -> &'static str {
        "ends_with"
    }

    fn doc(&self) -> &'static str {
        "Whether a text ends with another text. Case-sensitive."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text), ("part", ArgumentKind::Text)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""CreateUser".ends_with("User")"#, result: "true" },
            Example { expr: r#""CreateUser".ends_with("c")"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        if let Some(part) = constants.get(1).and_then(Constant::text) {
            let part = part.to_owned();
            return Ok(Prepared::test(move |text| text.ends_with(part.as_str())));
        }
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text), Value::Str(part)] => Value::Bool(text.ends_with(part.as_ref())),
            _ => Value::Missing,
        }))
    }

    fn required(&self, constants: &[Constant]) -> Option<Vec<Required>> {
        Some(vec![Required::Literal(constants.get(1)?.text()?.to_owned())])
    }
}
