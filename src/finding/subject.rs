//! What makes two matches one finding.

use crate::value::Value;

/// Appends a value so that different values, and values of different types, never meet.
pub fn encode(value: &Value<'_>, out: &mut Vec<u8>) {
    let mut tagged = |tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        out.extend_from_slice(bytes);
    };
    match value {
        Value::Missing | Value::Record(..) => tagged(0, &[]),
        Value::Bool(b) => tagged(1, &[u8::from(*b)]),
        Value::Int(i) => tagged(2, &i.to_le_bytes()),
        // A character equals the text of it, in the language and so here.
        Value::Char(c) => tagged(3, c.encode_utf8(&mut [0; 4]).as_bytes()),
        Value::Str(text) => tagged(3, text.as_bytes()),
        Value::Time(time) => tagged(4, &time.0.to_le_bytes()),
        Value::Duration(duration) => tagged(5, &duration.0.to_le_bytes()),
        Value::Json(json) => tagged(6, json.text.as_bytes()),
        Value::List(items) => {
            out.push(7);
            out.extend_from_slice(&(items.len() as u64).to_le_bytes());
            items.iter().for_each(|item| encode(item, out));
        }
    }
}

/// A value as a report shows it; `None` for a missing one.
pub fn show(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::Missing | Value::Record(..) => return None,
        Value::Bool(b) => b.to_string(),
        Value::Int(i) => i.to_string(),
        Value::Char(c) => c.to_string(),
        Value::Str(text) => text.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Duration(duration) => duration.to_string(),
        Value::Json(json) => json.text.to_string(),
        Value::List(items) => {
            let shown: Vec<String> =
                items.iter().map(|item| show(item).unwrap_or_else(|| "-".into())).collect();
            format!("[{}]", shown.join(", "))
        }
    })
}
