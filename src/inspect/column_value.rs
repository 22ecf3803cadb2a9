//! The values that records are counted by, in the form in which they may be shown.

use crate::expr::{Bindings, EvalError, Expr};
use crate::finding::{Display, Redactor, cut, digest128, encode, show};
use crate::query::CountColumn;
use crate::value::Value;

/// The maximum length of a retained text in bytes. The caller of an event controls how long its
/// texts are.
const LONGEST: usize = 512;

/// The digest that identifies the group of a record.
pub(super) fn key(columns: &[CountColumn], bindings: &Bindings<'_>) -> Result<u128, EvalError> {
    let mut bytes = Vec::new();
    for column in columns {
        encode(&column.expr.eval(bindings)?, &mut bytes);
    }
    Ok(digest128(&[&bytes]))
}

/// The value of a column, redacted, masked and of bounded length.
pub(crate) fn shown(expr: &Expr, bindings: &Bindings<'_>, redactor: Redactor) -> Value<'static> {
    // A failure was already reported when the key was computed.
    let Ok(value) = expr.eval(bindings) else { return Value::Missing };
    let display = Display::new(redactor, &[]);
    bounded(match value {
        // Access keys are searched for in text; an untyped value need not be text.
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
