//! Values and source text on one line, as explanations show them.

use crate::diag::escaped;
use crate::value::Value;

/// A value, shortened.
pub(crate) fn shown_value(value: &Value<'_>) -> String {
    match value {
        Value::Missing => "()".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Str(value) => format!("\"{}\"", escaped(value, 60)),
        Value::Time(value) => value.to_string(),
        Value::Duration(value) => value.to_string(),
        Value::List(items) if items.len() > 3 => format!("[{} items]", items.len()),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(shown_value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Record(kind, _) => format!("a {}", kind.name()),
        Value::Json(json) => escaped(&json.text, 60),
    }
}

/// A text of several lines on one, shortened.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    escaped(&text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}
