//! Implications that follow from the structure of two conditions.
//!
//! A list has hundreds of values, for which an enumeration of cases gives up. A condition that differs
//! from another one only by fewer values implies it all the same.

use super::key::key;
use crate::expr::Constant;
use crate::expr::ir::{Call, Ir, Op};

/// Functions that are true if the text fits one of the constants.
const ANY_OF: [&str; 4] = ["contains_any", "starts_with_any", "like_any", "in_cidr"];

/// Whether `b` is true wherever `a` is true. `false` means that the structure does not show it.
pub(super) fn implies(a: &Ir, b: &Ir) -> bool {
    let all =
        |a: &[Ir], b: &[Ir]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| implies(a, b));
    match (&a.op, &b.op) {
        (Op::And(a), Op::And(b)) | (Op::Or(a), Op::Or(b)) => all(a, b),
        (Op::If(a), Op::If(b)) => {
            let otherwise = match (&a.2, &b.2) {
                (Some(a), Some(b)) => implies(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            key(&a.0) == key(&b.0) && implies(&a.1, &b.1) && otherwise
        }
        // If the value fails, neither test is true.
        (Op::Not(a), Op::Not(b)) => fewer_values(b, a) || key(a) == key(b),
        _ => fewer_values(a, b) || key(a) == key(b),
    }
}

/// Whether both test the same value, and every constant of the first is one of the second.
fn fewer_values(a: &Ir, b: &Ir) -> bool {
    match (&a.op, &b.op) {
        (Op::InList(a, fewer), Op::InList(b, more)) => {
            let has =
                |text: &str| more.values().iter().any(|of| of.text.eq_ignore_ascii_case(text));
            key(a) == key(b) && fewer.values().iter().all(|of| has(&of.text))
        }
        (Op::InSet(a, fewer), Op::InSet(b, more)) => {
            key(a) == key(b) && fewer.values().iter().all(|value| more.values().contains(value))
        }
        (Op::Call(a), Op::Call(b)) => calls(a, b),
        _ => false,
    }
}

fn calls(a: &Call, b: &Call) -> bool {
    let name = a.function.name();
    let ([of_a, fewer], [of_b, more]) = (&a.args[..], &b.args[..]) else { return false };
    let (fewer, more) = (fewer.as_constant(), more.as_constant());
    let known = |of: &Constant| !of.texts().is_empty();
    name == b.function.name()
        && ANY_OF.contains(&name)
        && key(of_a) == key(of_b)
        && known(&fewer)
        && fewer.texts().iter().all(|text| more.texts().contains(text))
}
