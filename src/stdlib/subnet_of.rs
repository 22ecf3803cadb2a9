//! Whether a range is contained in other ranges.

use super::ranges_argument::ranges;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Cidr, Type};

/// Whether a range is contained in other ranges.
#[derive(Debug)]
pub(super) struct SubnetOf;

impl Function for SubnetOf {
    fn name(&self) -> &'static str {
        "subnet_of"
    }

    fn doc(&self) -> &'static str {
        "Whether every address of a range in CIDR notation is in the given range, or in a list of ranges together. The result is false if the text is neither a range nor an address."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("range", ArgumentKind::Text), ("ranges", ArgumentKind::ConstTexts)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""10.1.0.0/16".subnet_of("10.0.0.0/8")"#, result: "true" },
            Example { expr: r#""10.0.0.0/7".subnet_of("10.0.0.0/8")"#, result: "false" },
            Example {
                expr: r#""10.0.0.0/8".subnet_of(["10.0.0.0/9", "10.128.0.0/9"])"#,
                result: "true",
            },
            Example { expr: r#""10.1.2.3".subnet_of("10.0.0.0/8")"#, result: "true" },
            Example { expr: r#""any".subnet_of("10.0.0.0/8")"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let ranges = ranges(constants, 1)?;
        Ok(Prepared::test(move |text| {
            Cidr::named(text).is_some_and(|range| ranges.contains_range(range))
        }))
    }
}
