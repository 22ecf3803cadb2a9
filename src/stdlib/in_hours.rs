//! Whether a time of day is in a span of hours.

use super::zone_argument::zone;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// Whether a time of day is in a span of hours.
#[derive(Debug)]
pub(super) struct InHours;

impl Function for InHours {
    fn name(&self) -> &'static str {
        "in_hours"
    }

    fn doc(&self) -> &'static str {
        "Whether the time of day is in a span such as `22:00-06:00`, in the given zone or else the configured zone. The span includes its start and excludes its end. It may cross midnight."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[
                ("time", ArgumentKind::Time),
                ("span", ArgumentKind::ConstText),
                ("zone", ArgumentKind::ConstZone),
            ],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                expr: r#"time("2024-08-01T23:30:00Z").in_hours("22:00-06:00", "UTC")"#,
                result: "true",
            },
            Example {
                expr: r#"time("2024-08-01T06:00:00Z").in_hours("22:00-06:00", "UTC")"#,
                result: "false",
            },
            Example {
                expr: r#"time("2024-08-01T09:00:00Z").in_hours("09:00-17:30", "UTC")"#,
                result: "true",
            },
            Example { expr: r#"in_hours((), "09:00-17:30", "UTC")"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let span = constants.get(1).and_then(Constant::text).unwrap_or_default();
        let Some((start, end)) = minutes(span) else {
            let message = format!("`{span}` is not a span of hours");
            let help = Some("write it as `22:00-06:00`".to_owned());
            return Err(BadArgument { help, ..BadArgument::new(1, message) });
        };
        let zone = zone(constants, 2)?;
        Ok(Prepared::apply(move |args| match args {
            [Value::Time(time), ..] => time.local(&zone).map_or(Value::Missing, |t| {
                let at = i32::from(t.hour()) * 60 + i32::from(t.minute());
                let within =
                    if start <= end { start <= at && at < end } else { at >= start || at < end };
                Value::Bool(within)
            }),
            _ => Value::Missing,
        }))
    }
}

/// Parses `22:00-06:00` as minutes of the day; the end may be `24:00`.
fn minutes(span: &str) -> Option<(i32, i32)> {
    let (start, end) = span.split_once('-')?;
    let minute = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let digits = |part: &str| {
            (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<i32>().ok())?
        };
        let at = digits(hour)? * 60 + digits(minute).filter(|minute| *minute < 60)?;
        (at <= 24 * 60).then_some(at)
    };
    let (start, end) = (minute(start)?, minute(end)?);
    // If both ends are equal, the span could mean all day or never, so it is rejected.
    (start < 24 * 60 && start != end).then_some((start, end))
}
