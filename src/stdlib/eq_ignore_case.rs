//! Whether two texts are equal, ignoring ASCII case.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::{Type, Value};

/// Whether two texts are equal, ignoring ASCII case.
#[derive(Debug)]
pub(super) struct EqIgnoreCase;

impl Function for EqIgnoreCase {
    fn name(&self) -> &'static str {
        "eq_ignore_case"
    }

    fn doc(&self) -> &'static str {
        "Whether two texts are equal, ignoring the case of ASCII letters."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text), ("other", ArgumentKind::Text)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""Root".eq_ignore_case("root")"#, result: "true" },
            Example { expr: r#""Ä".eq_ignore_case("ä")"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        if let Some(other) = constants.get(1).and_then(Constant::text) {
            let other = other.to_owned();
            return Ok(Prepared::test(move |text| text.eq_ignore_ascii_case(&other)));
        }
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text), Value::Str(other)] => Value::Bool(text.eq_ignore_ascii_case(other)),
            _ => Value::Missing,
        }))
    }

    fn required(&self, constants: &[Constant]) -> Option<Vec<Required>> {
        Some(vec![Required::Text(constants.get(1)?.text()?.to_owned())])
    }
}
