//! A duration in days.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Duration, Type, Value};

/// A duration in days.
#[derive(Debug)]
pub(super) struct Days;

impl Function for Days {
    fn name(&self) -> &'static str {
        "days"
    }

    fn doc(&self) -> &'static str {
        "A duration of `n` days of 24 hours each."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("n", ArgumentKind::Int)],
            returns: Returns::Maybe(Type::Duration),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: "str(days(2))", result: "2d" },
            Example { expr: "days(1) > days(0)", result: "true" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        if let Some(Constant::Value(Value::Int(n))) = constants.first()
            && n.checked_mul(Duration::DAY).is_none()
        {
            return Err(BadArgument::new(0, format!("{n} days exceed the longest duration")));
        }
        Ok(Prepared::apply(|args| match args {
            [Value::Int(n)] => n
                .checked_mul(Duration::DAY)
                .map_or(Value::Missing, |micros| Value::Duration(Duration(micros))),
            _ => Value::Missing,
        }))
    }
}
