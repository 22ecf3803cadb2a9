//! A duration in hours.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Duration, Type, Value};

/// A duration in hours.
#[derive(Debug)]
pub(super) struct Hours;

impl Function for Hours {
    fn name(&self) -> &'static str {
        "hours"
    }

    fn doc(&self) -> &'static str {
        "A duration of `n` hours."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("n", ArgumentKind::Int)],
            returns: Returns::Maybe(Type::Duration),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: "str(hours(2))", result: "2h" },
            Example { expr: "hours(1) > hours(0)", result: "true" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        if let Some(Constant::Value(Value::Int(n))) = constants.first()
            && n.checked_mul(Duration::HOUR).is_none()
        {
            return Err(BadArgument::new(0, format!("{n} hours exceed the longest duration")));
        }
        Ok(Prepared::apply(|args| match args {
            [Value::Int(n)] => n
                .checked_mul(Duration::HOUR)
                .map_or(Value::Missing, |micros| Value::Duration(Duration(micros))),
            _ => Value::Missing,
        }))
    }
}
