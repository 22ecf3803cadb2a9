//! Whether some value has the wanted results in all tests of it.

use super::glob::{Glob, Globs};
use super::literal::OneValue;
use super::shape::Shape;
use super::text::{FoundText, find};
use super::want::Want;
use crate::value::{Cidr, Duration, Time, Type, Value, parse_ip};

/// Values that are retained.
const KEPT: usize = 4;

/// Whether some value has the wanted results.
#[derive(Debug)]
pub(super) enum Values {
    /// None has.
    Impossible,
    /// These have. The list is empty if none was found, and none is ruled out.
    Some(Vec<Value<'static>>),
}

/// A test of a value, and its wanted result.
pub(super) type Test<'t> = (&'t OneValue, Want);

/// The values that have the wanted results in these tests, which all read the same value.
pub(super) fn values(tests: &[Test<'_>]) -> Values {
    let Some((first, _)) = tests.first() else { return Values::Some(Vec::new()) };
    let (ty, nullable) = (first.ir.ty, first.ir.nullable);
    let accepted = |value: &Value<'_>| all(tests, value);
    // A failed evaluation is no value, and may still be acceptable.
    let failure = first.fails && tests.iter().all(|(_, want)| want.accepts_failure());
    let missing = nullable && accepted(&Value::Missing);
    let (mut found, exhausted) = match ty {
        Type::Bool => finite([true, false].map(Value::Bool).into(), tests),
        Type::Enum(of) => finite(of.values.iter().map(|word| Value::str(word)).collect(), tests),
        Type::Int | Type::Time | Type::Duration => numbers(ty, tests),
        Type::Str => texts(tests),
        Type::Untyped => untyped(tests),
        _ => (Vec::new(), false),
    };
    if exhausted && found.is_empty() && !missing && !failure {
        return Values::Impossible;
    }
    if missing {
        found.push(Value::Missing);
    }
    Values::Some(found)
}

fn all(tests: &[Test<'_>], value: &Value<'_>) -> bool {
    tests.iter().all(|(test, want)| want.accepts(&test.test(value)))
}

/// The accepted candidates, and true, because there are no other values.
fn finite(candidates: Vec<Value<'static>>, tests: &[Test<'_>]) -> (Vec<Value<'static>>, bool) {
    let accepted = candidates.into_iter().filter(|value| all(tests, value));
    (accepted.take(KEPT).collect(), true)
}

/// The candidates that all tests accept, and whether every value is ruled out by `decisive` tests,
/// for which the candidates stand for all values.
fn tried(
    candidates: &[Value<'static>],
    decisive: &[Test<'_>],
    tests: &[Test<'_>],
) -> (Vec<Value<'static>>, bool) {
    let possible = candidates.iter().filter(|value| all(decisive, value));
    let accepted = possible.clone().filter(|value| all(tests, value));
    let exhausted = !decisive.is_empty() && possible.count() == 0;
    (accepted.take(KEPT).cloned().collect(), exhausted)
}

/// The tests whose shape is one of the wanted ones.
fn with<'t>(tests: &[Test<'t>], wanted: impl Fn(&Shape) -> bool) -> Vec<Test<'t>> {
    tests.iter().copied().filter(|(test, _)| wanted(&test.shape)).collect()
}

/// Numbers: between two neighbouring constants, every test has one result.
fn numbers(ty: Type, tests: &[Test<'_>]) -> (Vec<Value<'static>>, bool) {
    let decisive = with(tests, |shape| matches!(shape, Shape::Numbers(_) | Shape::Presence));
    let mut candidates = vec![0];
    for (test, _) in &decisive {
        if let Shape::Numbers(numbers) = &test.shape {
            for &number in numbers {
                candidates.push(number);
                candidates.push(number.saturating_add(1));
                candidates.push(number.saturating_sub(1));
            }
        }
    }
    candidates.extend([i64::MIN, i64::MAX]);
    let value = |number: i64| match ty {
        Type::Time => Value::Time(Time(number)),
        Type::Duration => Value::Duration(Duration(number)),
        _ => Value::Int(number),
    };
    let candidates: Vec<Value<'static>> = candidates.into_iter().map(value).collect();
    tried(&candidates, &decisive, tests)
}

/// The patterns of a test of texts, and whether the text must match them.
fn pattern<'t>((test, want): Test<'t>) -> Option<(&'t Globs, bool)> {
    match &test.shape {
        Shape::Text { globs, negated } => Some((globs, want.as_bool() != *negated)),
        _ => None,
    }
}

/// The texts of a test that only these texts can meet.
fn exact(test: Test<'_>) -> Option<Vec<Value<'static>>> {
    let (globs, true) = pattern(test)? else { return None };
    let texts = globs.texts().filter(|_| !globs.ignore_case)?;
    Some(texts.into_iter().map(|text| Value::Str(text.into())).collect())
}

fn texts(tests: &[Test<'_>]) -> (Vec<Value<'static>>, bool) {
    if let Some(candidates) = tests.iter().find_map(|test| exact(*test)) {
        return finite(candidates, tests);
    }
    // No text can meet tests of addresses that no address meets.
    let of_addresses = with(tests, |shape| matches!(shape, Shape::Addresses(_) | Shape::Presence));
    let (mut found, exhausted) = tried(&addresses(&of_addresses), &of_addresses, tests);
    if exhausted {
        return (found, true);
    }
    let patterns: Vec<(&Globs, bool)> = tests.iter().filter_map(|test| pattern(*test)).collect();
    let wanted = patterns.iter().filter(|(_, wanted)| *wanted);
    let wanted = wanted.flat_map(|(globs, _)| globs.patterns.iter().map(Glob::example));
    let simple = wanted.chain(["".to_owned(), "x".to_owned(), "other-value".to_owned()]);
    let simple = simple.map(|text| Value::Str(text.into()));
    found.extend(simple.filter(|value| all(tests, value)).take(KEPT));
    // The automaton is needed only if no simple text is accepted.
    if found.is_empty() {
        match find(&patterns) {
            FoundText::None => return (Vec::new(), true),
            FoundText::Text(text) => {
                let value = Value::Str(text.into());
                found.extend(Some(value).filter(|value| all(tests, value)));
            }
            FoundText::Unknown => {}
        }
    }
    (found, false)
}

/// Addresses at the ends of ranges and next to them, an address in no range, and a text that is no
/// address: between them, no test of ranges changes its result.
fn addresses(tests: &[Test<'_>]) -> Vec<Value<'static>> {
    let mut texts: Vec<String> =
        ["-", "198.51.100.1", "10.0.0.1", "2001:db8::1", "::", "0.0.0.0"].map(str::to_owned).into();
    texts.extend(["255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"].map(str::to_owned));
    for (test, _) in tests {
        if let Shape::Addresses(ranges) = &test.shape {
            for range in ranges {
                around(*range, &mut texts);
            }
        }
    }
    texts.into_iter().map(|text| Value::Str(text.into())).collect()
}

fn around(range: Cidr, out: &mut Vec<String>) {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    let neighbours = |ip: IpAddr| -> [Option<IpAddr>; 3] {
        match ip {
            IpAddr::V4(ip) => {
                let number = u32::from(ip);
                [Some(number), number.checked_add(1), number.checked_sub(1)]
                    .map(|number| Some(IpAddr::V4(Ipv4Addr::from(number?))))
            }
            IpAddr::V6(ip) => {
                let number = u128::from(ip);
                [Some(number), number.checked_add(1), number.checked_sub(1)]
                    .map(|number| Some(IpAddr::V6(Ipv6Addr::from(number?))))
            }
        }
    };
    let ends = [range.network(), range.last()];
    let all = ends.into_iter().flat_map(neighbours).flatten().map(|ip| ip.to_string());
    out.extend(all.filter(|text| parse_ip(text).is_some()));
}

/// Untyped values have types of their own, so only tests for equality with texts are used.
fn untyped(tests: &[Test<'_>]) -> (Vec<Value<'static>>, bool) {
    match tests.iter().find_map(|test| exact(*test)) {
        Some(candidates) => finite(candidates, tests),
        None => {
            let (found, _) = texts(tests);
            (found, false)
        }
    }
}
