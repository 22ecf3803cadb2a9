//! The length of the prefix of a range.

use std::ops::RangeInclusive;

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Cidr, Type, Value};

/// The length of the prefix of a range.
#[derive(Debug)]
pub(super) struct PrefixLen;

impl Function for PrefixLen {
    fn name(&self) -> &'static str {
        "prefix_len"
    }

    fn doc(&self) -> &'static str {
        "The length of the prefix of an address range in CIDR notation, 0 to 128. The result for a single address is 32 or 128. The result is missing if the text is neither."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("range", ArgumentKind::Single)],
            returns: Returns::Maybe(Type::Int),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"prefix_len("10.0.0.0/8")"#, result: "8" },
            Example { expr: r#"prefix_len("::/0")"#, result: "0" },
            Example { expr: r#"prefix_len("203.0.113.7")"#, result: "32" },
            Example { expr: r#"prefix_len("any")"#, result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn values(&self) -> Option<RangeInclusive<i64>> {
        Some(0..=128)
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text)] => {
                Cidr::named(text).map_or(Value::Missing, |range| Value::Int(range.prefix().into()))
            }
            _ => Value::Missing,
        }))
    }
}
