//! A text as an instant.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{self, Type, Value};

/// A text as an instant.
#[derive(Debug)]
pub(super) struct Time;

impl Function for Time {
    fn name(&self) -> &'static str {
        "time"
    }

    fn doc(&self) -> &'static str {
        "Converts an RFC 3339 text or whole seconds since 1970 to a time. The result is missing if it is neither."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Single)],
            returns: Returns::Maybe(Type::Time),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                expr: r#"time("2024-08-01T08:00:00+08:00")"#,
                result: "2024-08-01T00:00:00Z",
            },
            Example { expr: "time(86400)", result: "1970-01-02T00:00:00Z" },
            Example { expr: r#"time("yesterday")"#, result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| {
            let time = match args {
                [Value::Time(time)] => Some(*time),
                [Value::Str(text)] => value::Time::parse(text),
                [Value::Int(seconds)] => value::Time::from_seconds(*seconds),
                _ => None,
            };
            time.map_or(Value::Missing, Value::Time)
        }))
    }
}
