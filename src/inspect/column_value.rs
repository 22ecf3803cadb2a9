//! The values that records are counted by, as they may be shown.

use crate::expr::{Bindings, EvalError, Expr};
use crate::finding::{Display, Redactor, cut, digest128, encode, show};
use crate::query::Column;
use crate::value::Value;

/// Bytes of a text that are kept; what an event says is as long as its caller likes.
const LONGEST: usize = 512;

/// What tells the group of a record from every other.
pub(super) fn key(columns: &[Column], bindings: &Bindings<'_>) -> Result<u128, EvalError> {
    let mut bytes = Vec::new();
    for column in columns {
        encode(&column.expr.eval(bindings)?, &mut bytes);
    }
    Ok(digest128(&[&bytes]))
}

/// The value of a column, redacted, masked and of bounded length.
pub(super) fn shown(expr: &Expr, bindings: &Bindings<'_>, redactor: Redactor) -> Value<'static> {
    // What fails was told when the key was made.
    let Ok(value) = expr.eval(bindings) else { return Value::Missing };
    let display = Display::new(redactor, &[]);
    bounded(match value {
        // Keys are found in the text of a value, which an untyped one need not be.
        Value::Str(_) | Value::List(_) => match expr.render(bindings, &display) {
            Ok(text) => Value::Str(text.into()),
            Err(_) => Value::Missing,
        },
        value => display.value(expr, &value).into_owned(),
    })
}

fn bounded(value: Value<'static>) -> Value<'static> {
    let long = match &value {
        Value::Str(text) => text.len() > LONGEST,
        Value::Json(json) => json.text.len() > LONGEST,
        Value::List(_) => true,
        _ => false,
    };
    match show(&value).filter(|text| long && text.len() > LONGEST) {
        Some(mut text) => {
            cut(&mut text, LONGEST);
            Value::Str(text.into())
        }
        None => value,
    }
}
