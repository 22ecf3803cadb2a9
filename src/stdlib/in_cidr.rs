//! Whether an address is in a range.

use super::ranges_argument::ranges;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::{Cidr, Type, parse_ip};

/// Whether an address is in a range.
#[derive(Debug)]
pub(super) struct InCidr;

impl Function for InCidr {
    fn name(&self) -> &'static str {
        "in_cidr"
    }

    fn doc(&self) -> &'static str {
        "Whether an IP address is in a range, or in at least one of a list of ranges. The result is false if the text is not an IP address."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("ip", ArgumentKind::Text), ("ranges", ArgumentKind::ConstTexts)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""10.1.2.3".in_cidr("10.0.0.0/8")"#, result: "true" },
            Example {
                expr: r#""10.1.2.3".in_cidr(["192.168.0.0/16", "10.1.2.3"])"#,
                result: "true",
            },
            Example { expr: r#""AWS Internal".in_cidr("10.0.0.0/8")"#, result: "false" },
            Example { expr: r#""::ffff:10.0.0.1".in_cidr("10.0.0.0/8")"#, result: "true" },
            Example { expr: r#"().in_cidr("10.0.0.0/8")"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let ranges = ranges(constants, 1)?;
        Ok(Prepared::test(move |text| parse_ip(text).is_some_and(|ip| ranges.contains(ip))))
    }

    fn required(&self, constants: &[Constant]) -> Option<Vec<Required>> {
        constants.get(1)?.one_of(|range| Cidr::parse(range).ok().map(Required::Range))
    }
}
