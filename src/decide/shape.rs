//! What a test compares its value with.

use super::glob::{Glob, Globs};
use crate::expr::Constant;
use crate::expr::ir::{Comparison, Ir, Op};
use crate::value::{Cidr, Value};

/// What a test compares its value with. The test itself is evaluated; a shape says which values are
/// worth trying, and whether they are all that matter.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// The text matches, or with `negated` does not match.
    Text { globs: Globs, negated: bool },
    /// The result changes only at these numbers, or after them.
    Numbers(Vec<i64>),
    /// The address is in one of these ranges.
    Addresses(Vec<Cidr>),
    /// Only whether there is a value matters.
    Presence,
    /// Anything else.
    Other,
}

/// The value that a test reads and the shape of the test; `None` if it does not read exactly one
/// value.
pub(super) fn value_of(test: &Ir) -> Option<(&Ir, Shape)> {
    match &test.op {
        Op::Compare(op, a, b) => {
            let (value, constant) = match (a.constant(), b.constant()) {
                (None, Some(constant)) => (&**a, constant),
                (Some(constant), None) => (&**b, constant),
                _ => return None,
            };
            Some((value, compared(*op, constant)))
        }
        Op::InSet(value, set) => Some((value, Shape::of_values(set.values(), false))),
        Op::InRange(value, first, last) => Some((value, Shape::Numbers(vec![*first, *last]))),
        Op::InList(value, list) => {
            let glob = |text: &str| match text.ends_with('*') {
                true => Glob::prefix(text.trim_end_matches('*')),
                false => Glob::exact(text),
            };
            let patterns = list.values().iter().map(|value| glob(&value.text)).collect();
            let globs = Globs { patterns, ignore_case: true };
            Some((value, Shape::Text { globs, negated: false }))
        }
        Op::In(part, value) if part.constant().is_some() => {
            let globs = part.constant()?.as_str().map(|part| one(Glob::containing(part)));
            Some((value, globs.map_or(Shape::Other, Shape::text)))
        }
        Op::Has(value) => Some((value, Shape::Presence)),
        Op::Coalesce(parts) => match &parts[..] {
            [value, default] if default.constant().is_some() => Some((value, Shape::Other)),
            _ => None,
        },
        Op::Call(call) => {
            let (value, others) = call.args.split_first()?;
            let constants: Vec<Constant> = others.iter().map(Ir::as_constant).collect();
            if value.constant().is_some()
                || constants.iter().any(|of| matches!(of, Constant::Unknown))
            {
                return None;
            }
            Some((value, called(call.function.name(), &constants)))
        }
        Op::Field(_) | Op::Path(..) | Op::Measure(_) => Some((test, Shape::Other)),
        _ => None,
    }
}

fn compared(op: Comparison, constant: &Value<'static>) -> Shape {
    match (op, constant) {
        (Comparison::Eq | Comparison::Ne, value) => {
            Shape::of_values(std::slice::from_ref(value), op == Comparison::Ne)
        }
        (_, value) => number(value).map_or(Shape::Other, |number| Shape::Numbers(vec![number])),
    }
}

fn called(function: &str, constants: &[Constant]) -> Shape {
    let Some(constant) = constants.first() else { return Shape::Other };
    let globs = |glob: fn(&str) -> Glob| Globs {
        patterns: constant.texts().into_iter().map(glob).collect(),
        ignore_case: false,
    };
    Shape::text(match function {
        "starts_with" | "starts_with_any" => globs(Glob::prefix),
        "ends_with" => globs(Glob::suffix),
        "contains" | "contains_any" => globs(Glob::containing),
        "like" | "like_any" => globs(Glob::like),
        "eq_ignore_case" => Globs { ignore_case: true, ..globs(Glob::exact) },
        "in_cidr" => {
            let ranges: Option<Vec<Cidr>> =
                constant.texts().into_iter().map(|text| Cidr::parse(text).ok()).collect();
            return ranges.map_or(Shape::Other, Shape::Addresses);
        }
        _ => return Shape::Other,
    })
}

fn one(glob: Glob) -> Globs {
    Globs { patterns: vec![glob], ignore_case: false }
}

impl Shape {
    fn text(globs: Globs) -> Self {
        Shape::Text { globs, negated: false }
    }

    /// The shape of a test for equality with one of these values.
    fn of_values(values: &[Value<'static>], negated: bool) -> Self {
        let numbers: Option<Vec<i64>> = values.iter().map(number).collect();
        let texts = values.iter().map(|value| value.as_str().map(Glob::exact));
        match (numbers, texts.collect::<Option<Vec<Glob>>>()) {
            (Some(numbers), _) if !numbers.is_empty() => Shape::Numbers(numbers),
            (_, Some(patterns)) => {
                Shape::Text { globs: Globs { patterns, ignore_case: false }, negated }
            }
            _ => Shape::Other,
        }
    }
}

/// The number that stands for a value with an order.
pub(super) fn number(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Time(time) => Some(time.0),
        Value::Duration(duration) => Some(duration.0),
        _ => None,
    }
}
