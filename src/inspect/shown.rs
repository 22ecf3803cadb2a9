//! The values that records are counted by, as they may be shown.

use crate::expr::ir::{Ir, Op};
use crate::expr::{Bindings, EvalError, Expr, Step};
use crate::finding::{Redactor, cut, digest128, encode, show};
use crate::query::Column;
use crate::record::FieldId;
use crate::record::field::event;
use crate::value::{Type, Value};

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
    bounded(masked(expr, &value, bindings, redactor))
}

fn masked(
    expr: &Expr,
    value: &Value<'_>,
    bindings: &Bindings<'_>,
    redactor: Redactor,
) -> Value<'static> {
    let ir = expr.ir();
    match (&ir.op, value) {
        (_, Value::Missing) => return Value::Missing,
        // The actor is the key, or a name that may be read.
        (Op::Field(field), _) if *field != event::ACTOR => {
            return redactor.field(*field, value).into_owned();
        }
        _ => {}
    }
    let mut shown = match value {
        // A number or a time shows nothing of a key.
        Value::Bool(_) | Value::Int(_) | Value::Time(_) | Value::Duration(_) => {
            value.borrow().into_owned()
        }
        _ if ir.ty == Type::Untyped => value.borrow().into_owned(),
        _ => match expr.render(bindings, redactor.show_keys) {
            Ok(text) => Value::Str(redactor.text(&text).into_owned().into()),
            Err(_) => Value::Missing,
        },
    };
    for (field, keys) in paths(ir) {
        shown = redactor.below(field, keys, &shown).into_owned();
    }
    shown
}

/// The untyped fields, and the parts of them, that a value is made of: the field, and the keys that
/// lead to the part.
fn paths(ir: &Ir) -> Vec<(FieldId, Vec<&str>)> {
    let mut found = Vec::new();
    ir.walk(&mut |node| match &node.op {
        Op::Field(field) if node.ty == Type::Untyped => found.push((*field, Vec::new())),
        Op::Path(base, steps) => {
            if let Op::Field(field) = base.op {
                found.push((field, steps.iter().filter_map(key_of).collect()));
            }
        }
        _ => {}
    });
    found
}

fn key_of(step: &Step) -> Option<&str> {
    match step {
        Step::Key(key) => Some(key),
        Step::Item(_) => None,
    }
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
