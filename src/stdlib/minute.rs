//! The minute of the hour in a zone.

use std::ops::RangeInclusive;

use super::zone_argument::zone;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// The minute of the hour in a zone.
#[derive(Debug)]
pub(super) struct Minute;

impl Function for Minute {
    fn name(&self) -> &'static str {
        "minute"
    }

    fn doc(&self) -> &'static str {
        "The minute of the hour, 0 to 59, in the given zone or else the configured zone."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("time", ArgumentKind::Time), ("zone", ArgumentKind::ConstZone)],
            returns: Returns::Maybe(Type::Int),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"time("2024-08-01T23:30:00Z").minute("UTC")"#, result: "30" },
            Example { expr: r#"time("2024-08-01T23:30:00Z").minute("Asia/Kolkata")"#, result: "0" },
            Example { expr: "minute(())", result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn values(&self) -> Option<RangeInclusive<i64>> {
        Some(0..=59)
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let zone = zone(constants, 1)?;
        Ok(Prepared::apply(move |args| match args {
            [Value::Time(time), _] => {
                time.local(&zone).map_or(Value::Missing, |t| Value::Int(t.minute().into()))
            }
            _ => Value::Missing,
        }))
    }
}
