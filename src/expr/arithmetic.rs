//! Checked arithmetic: the only operations that can fail.

use super::env::{EvalError, Fault};
use super::operator::Arithmetic;
use crate::source::Span;
use crate::value::{Duration, Time, Value};

/// `a op b`. If an operand is missing, the result is missing, except that a text plus a missing
/// value is the text.
pub(super) fn apply<'v>(
    op: Arithmetic,
    a: Value<'v>,
    b: Value<'v>,
    span: Span,
) -> Result<Value<'v>, Fault> {
    let fault = |a: &dyn std::fmt::Display, b: &dyn std::fmt::Display| {
        Box::new(EvalError { span, message: reason(op, a, b) })
    };
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => {
            integer(op, a, b).map(Value::Int).ok_or_else(|| fault(&a, &b))
        }
        (Value::Str(a), Value::Str(b)) => Ok(Value::Str(a + b)),
        (Value::Str(a), Value::Missing) | (Value::Missing, Value::Str(a)) => Ok(Value::Str(a)),
        (Value::Time(Time(a)), Value::Time(Time(b))) => a
            .checked_sub(b)
            .map(|micros| Value::Duration(Duration(micros)))
            .ok_or_else(|| fault(&Time(a), &Time(b))),
        (Value::Time(Time(a)), Value::Duration(Duration(b))) => sum(op, a, b)
            .map(|micros| Value::Time(Time(micros)))
            .ok_or_else(|| fault(&Time(a), &Duration(b))),
        (Value::Duration(Duration(a)), Value::Time(Time(b))) => sum(op, a, b)
            .map(|micros| Value::Time(Time(micros)))
            .ok_or_else(|| fault(&Duration(a), &Time(b))),
        (Value::Duration(Duration(a)), Value::Duration(Duration(b))) => sum(op, a, b)
            .map(|micros| Value::Duration(Duration(micros)))
            .ok_or_else(|| fault(&Duration(a), &Duration(b))),
        _ => Ok(Value::Missing),
    }
}

/// `-a`.
pub(super) fn negate<'v>(a: &Value<'v>, span: Span) -> Result<Value<'v>, Fault> {
    match a {
        Value::Int(a) => a.checked_neg().map(Value::Int).ok_or_else(|| {
            Box::new(EvalError { span, message: format!("-({a}) does not fit into 64 bits") })
        }),
        _ => Ok(Value::Missing),
    }
}

fn sum(op: Arithmetic, a: i64, b: i64) -> Option<i64> {
    if op == Arithmetic::Sub { a.checked_sub(b) } else { a.checked_add(b) }
}

fn integer(op: Arithmetic, a: i64, b: i64) -> Option<i64> {
    match op {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Sub => a.checked_sub(b),
        Arithmetic::Mul => a.checked_mul(b),
        Arithmetic::Div => a.checked_div(b),
        Arithmetic::Rem => a.checked_rem(b),
        Arithmetic::Pow => a.checked_pow(u32::try_from(b).ok()?),
    }
}

fn reason(op: Arithmetic, a: &dyn std::fmt::Display, b: &dyn std::fmt::Display) -> String {
    let (symbol, zero) = (op.symbol(), b.to_string() == "0");
    match op {
        Arithmetic::Div | Arithmetic::Rem if zero => format!("{a} {symbol} {b} divides by zero"),
        Arithmetic::Pow if b.to_string().starts_with('-') => {
            format!("{a} {symbol} {b} has a negative exponent")
        }
        _ => format!("{a} {symbol} {b} does not fit into 64 bits"),
    }
}
