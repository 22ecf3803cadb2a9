//! Comparisons with numbers that a function never returns.

use std::ops::RangeInclusive;

use super::super::ir::{Comparison, Ir, Op};
use super::expr_lint::{ExprLint, Subject};
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::source::Span;
use crate::value::Value;

/// `hour() >= 24`.
pub(super) static OUT_OF_RANGE: ExprLint = ExprLint {
    name: "out-of-range",
    code: &codes::OUT_OF_RANGE,
    doc: "A comparison with a number that the function never returns, such as `hour() >= 24`.",
    run,
};

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    subject.ir.walk(&mut |node| match &node.op {
        Op::Compare(op, a, b) => {
            if let (Some(of), Some(number)) = (Returned::of(a), int(b)) {
                problems
                    .extend(always(*op, &of.values, number).map(|is| of.problem(is, node.span)));
            } else if let (Some(number), Some(of)) = (int(a), Returned::of(b)) {
                let op = flipped(*op);
                problems.extend(always(op, &of.values, number).map(|is| of.problem(is, node.span)));
            }
        }
        Op::InSet(value, set) => {
            let Some(of) = Returned::of(value) else { return };
            let outside =
                |value: &Value<'_>| matches!(value, Value::Int(n) if !of.values.contains(n));
            if set.values().iter().any(outside) {
                problems.push(of.problem_of_item(node.span));
            }
        }
        Op::InRange(value, first, last) => {
            let Some(of) = Returned::of(value) else { return };
            if last < of.values.start() || first > of.values.end() {
                problems.push(of.problem(false, node.span));
            }
        }
        _ => {}
    });
    problems
}

/// A call with the numbers that it can return.
struct Returned {
    function: &'static str,
    values: RangeInclusive<i64>,
}

impl Returned {
    fn of(ir: &Ir) -> Option<Self> {
        let Op::Call(call) = &ir.op else { return None };
        Some(Self { function: call.function.name(), values: call.function.values()? })
    }

    /// The numbers in words.
    fn range(&self) -> String {
        match (self.values.start(), self.values.end()) {
            (first, &i64::MAX) => format!("at least {first}"),
            (first, last) => format!("{first} to {last}"),
        }
    }

    fn problem(&self, always: bool, span: Span) -> Diagnostic {
        let word = if always { "always" } else { "never" };
        let message = format!("this is {word} true: `{}` is {}", self.function, self.range());
        Diagnostic::warning(&codes::OUT_OF_RANGE, message).at(span, "")
    }

    fn problem_of_item(&self, span: Span) -> Diagnostic {
        let message = format!(
            "the list has a number that never occurs: `{}` is {}",
            self.function,
            self.range()
        );
        Diagnostic::warning(&codes::OUT_OF_RANGE, message).at(span, "")
    }
}

fn int(ir: &Ir) -> Option<i64> {
    match ir.constant() {
        Some(Value::Int(number)) => Some(*number),
        _ => None,
    }
}

/// Whether a comparison with a number has the same result for all of the values.
fn always(op: Comparison, values: &RangeInclusive<i64>, number: i64) -> Option<bool> {
    let (first, last) = (*values.start(), *values.end());
    let outside = !values.contains(&number);
    match op {
        Comparison::Eq => outside.then_some(false),
        Comparison::Ne => outside.then_some(true),
        Comparison::Lt => one_result(last < number, first >= number),
        Comparison::Le => one_result(last <= number, first > number),
        Comparison::Gt => one_result(first > number, last <= number),
        Comparison::Ge => one_result(first >= number, last < number),
    }
}

fn one_result(always: bool, never: bool) -> Option<bool> {
    match (always, never) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// The operator with its operands exchanged.
fn flipped(op: Comparison) -> Comparison {
    match op {
        Comparison::Lt => Comparison::Gt,
        Comparison::Le => Comparison::Ge,
        Comparison::Gt => Comparison::Lt,
        Comparison::Ge => Comparison::Le,
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comparison_is_checked_with_the_call_on_either_side() {
        use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
        for (op, number, expected) in [
            (Eq, 23, None),
            (Eq, 24, Some(false)),
            (Ne, 0, None),
            (Ne, -1, Some(true)),
            (Lt, 0, Some(false)),
            (Lt, 1, None),
            (Lt, 24, Some(true)),
            (Le, -1, Some(false)),
            (Le, 0, None),
            (Le, 23, Some(true)),
            (Gt, 22, None),
            (Gt, 23, Some(false)),
            (Gt, -1, Some(true)),
            (Ge, 23, None),
            (Ge, 24, Some(false)),
            (Ge, 0, Some(true)),
        ] {
            assert_eq!(always(op, &(0..=23), number), expected, "{op:?} {number}");
        }
    }
}
