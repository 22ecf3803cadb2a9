//! The calendar day in a zone.

use super::zone_argument::zone;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// The calendar day in a zone.
#[derive(Debug)]
pub(super) struct Date;

impl Function for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn doc(&self) -> &'static str {
        "The calendar day as `2024-08-01`, in the given zone or else the configured zone."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("time", ArgumentKind::Time), ("zone", ArgumentKind::ConstZone)],
            returns: Returns::Maybe(Type::Str),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"time("2024-08-01T23:30:00Z").date("UTC")"#, result: "2024-08-01" },
            Example {
                expr: r#"time("2024-08-01T23:30:00Z").date("Asia/Shanghai")"#,
                result: "2024-08-02",
            },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let zone = zone(constants, 1)?;
        Ok(Prepared::apply(move |args| match args {
            [Value::Time(time), _] => {
                time.date(&zone).map_or(Value::Missing, |day| Value::Str(day.into()))
            }
            _ => Value::Missing,
        }))
    }
}
