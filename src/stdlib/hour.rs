//! The hour of the day in a zone.

use std::ops::RangeInclusive;

use super::zone_argument::zone;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// The hour of the day in a zone.
#[derive(Debug)]
pub(super) struct Hour;

impl Function for Hour {
    fn name(&self) -> &'static str {
        "hour"
    }

    fn doc(&self) -> &'static str {
        "The hour of the day, 0 to 23, in the given zone or else the configured zone."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("time", ArgumentKind::Time), ("zone", ArgumentKind::ConstZone)],
            returns: Returns::Maybe(Type::Int),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"time("2024-08-01T23:30:00Z").hour("UTC")"#, result: "23" },
            Example { expr: r#"time("2024-08-01T23:30:00Z").hour("Asia/Shanghai")"#, result: "7" },
            Example { expr: "hour(())", result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn values(&self) -> Option<RangeInclusive<i64>> {
        Some(0..=23)
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let zone = zone(constants, 1)?;
        Ok(Prepared::apply(move |args| match args {
            [Value::Time(time), _] => {
                time.local(&zone).map_or(Value::Missing, |t| Value::Int(t.hour().into()))
            }
            _ => Value::Missing,
        }))
    }
}
