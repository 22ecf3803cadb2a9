//! Whether a range is a whole address space.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Cidr, Type};

/// Whether a range is a whole address space.
#[derive(Debug)]
pub(super) struct IsAnyIp;

impl Function for IsAnyIp {
    fn name(&self) -> &'static str {
        "is_any_ip"
    }

    fn doc(&self) -> &'static str {
        "Whether a range in CIDR notation contains every IPv4 or every IPv6 address, such as `0.0.0.0/0` or `0::/0`."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("range", ArgumentKind::Text)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""0.0.0.0/0".is_any_ip()"#, result: "true" },
            Example { expr: r#""::/0".is_any_ip()"#, result: "true" },
            Example { expr: r#""0.0.0.0/1".is_any_ip()"#, result: "false" },
            Example { expr: r#""0.0.0.0".is_any_ip()"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::test(|text| Cidr::named(text).is_some_and(|range| range.prefix() == 0)))
    }
}
