//! The day of the week in a zone.

use super::zone_argument::zone;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{EnumDef, Type, Value};

/// The day of the week in a zone.
#[derive(Debug)]
pub(super) struct Weekday;

impl Function for Weekday {
    fn name(&self) -> &'static str {
        "weekday"
    }

    fn doc(&self) -> &'static str {
        "The day of the week, `monday` to `sunday`, in the given zone or else the configured zone."
    }

    fn signatures(&self) -> &'static [Signature] {
        const {
            &[Signature {
                params: &[("time", ArgumentKind::Time), ("zone", ArgumentKind::ConstZone)],
                returns: Returns::Maybe(Type::Enum(&WEEKDAY)),
            }]
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"time("2024-08-01T23:30:00Z").weekday("UTC")"#, result: "thursday" },
            Example { expr: r#"time("2024-08-01T23:30:00Z").weekday("+08:00")"#, result: "friday" },
            Example {
                expr: r#"time("2024-08-03T00:00:00Z").weekday("UTC") in ["saturday", "sunday"]"#,
                result: "true",
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
                let day = time.local(&zone).map(|t| t.weekday().to_monday_zero_offset());
                let word = day.and_then(|day| WEEKDAY.values.get(usize::try_from(day).ok()?));
                Value::maybe_str(word.copied())
            }
            _ => Value::Missing,
        }))
    }
}

/// The days of the week.
static WEEKDAY: EnumDef = EnumDef {
    name: "weekday",
    values: &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
};
