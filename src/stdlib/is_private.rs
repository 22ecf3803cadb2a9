//! Whether an address is in a private range.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::{Cidr, CidrSet, Type, parse_ip};

/// Whether an address is in a private range.
#[derive(Debug)]
pub(super) struct IsPrivate;

impl Function for IsPrivate {
    fn name(&self) -> &'static str {
        "is_private"
    }

    fn doc(&self) -> &'static str {
        "Whether an IP address is in a private range: RFC 1918, carrier-grade NAT, loopback, link-local, or their IPv6 counterparts."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature { params: &[("ip", ArgumentKind::Text)], returns: Returns::Always(Type::Bool) }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""192.168.1.9".is_private()"#, result: "true" },
            Example { expr: r#""100.64.0.1".is_private()"#, result: "true" },
            Example { expr: r#""fd00::1".is_private()"#, result: "true" },
            Example { expr: r#""203.0.113.9".is_private()"#, result: "false" },
            Example { expr: r#""ec2.amazonaws.com".is_private()"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        let ranges = CidrSet::new(RANGES.iter().filter_map(|range| Cidr::parse(range).ok()));
        Ok(Prepared::test(move |text| parse_ip(text).is_some_and(|ip| ranges.contains(ip))))
    }

    fn required(&self, _: &[Constant]) -> Option<Vec<Required>> {
        RANGES.iter().map(|range| Cidr::parse(range).ok().map(Required::Range)).collect()
    }
}

/// RFC 1918, 6598, 1122, 3927, 4193, 4291.
const RANGES: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_private_range_is_recognised() {
        assert!(RANGES.iter().all(|range| Cidr::parse(range).is_ok()));
    }
}
