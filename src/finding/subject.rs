//! The subject of a finding: matches with equal subjects form one finding.

use std::borrow::Cow;

use crate::value::{Duration, Items, Json, Time, Value};

/// Appends an encoding of a value. Different values, and values of different types, are never
/// encoded alike.
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

/// Decodes the values that [`encode`] wrote. Stops at the first invalid one.
pub fn decode(bytes: &[u8]) -> impl Iterator<Item = Value<'static>> {
    let mut rest = bytes;
    std::iter::from_fn(move || decode_one(&mut rest))
}

fn decode_one(rest: &mut &[u8]) -> Option<Value<'static>> {
    let (tag, behind) = rest.split_first()?;
    let (length, behind) = behind.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    if *tag == 7 {
        *rest = behind;
        // Each item takes at least nine bytes. Reserve no more items than fit into the remaining
        // bytes, because the length is not trusted.
        let mut items = Vec::with_capacity(length.min(behind.len() / 9));
        for _ in 0..length {
            items.push(decode_one(rest)?);
        }
        return Some(Value::List(Items::Owned(items)));
    }
    let (bytes, behind) = behind.split_at_checked(length)?;
    *rest = behind;
    let number = || bytes.try_into().ok().map(i64::from_le_bytes);
    let text = || String::from_utf8(bytes.to_vec()).ok().map(Cow::Owned);
    Some(match tag {
        0 => Value::Missing,
        1 => Value::Bool(bytes == [1]),
        2 => Value::Int(number()?),
        3 => Value::Str(text()?),
        4 => Value::Time(Time(number()?)),
        5 => Value::Duration(Duration(number()?)),
        6 => Value::Json(Json::new(text()?)),
        _ => return None,
    })
}

/// A value as reports show it; `None` for a missing one.
pub fn show(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::Missing | Value::Record(..) => return None,
        Value::Bool(b) => b.to_string(),
        Value::Int(i) => i.to_string(),
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

/// The name of a part of a subject as shown to people: `account` for `event.account`.
pub fn subject_name(by: &str) -> &str {
    // The default subject of a rule on keys.
    let by = if by == "key.id ?? key.slot" { "key" } else { by };
    // The first of several alternative fields names the part.
    let first = by.split_once(" ?? ").map_or(by, |(first, _)| first);
    let plain = ["event.", "cred.", "key."].iter().find_map(|kind| first.strip_prefix(kind));
    plain.unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = Value<'static>> {
        let one = prop_oneof![
            Just(Value::Missing),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<i64>().prop_map(|time| Value::Time(Time(time))),
            any::<i64>().prop_map(|length| Value::Duration(Duration(length))),
            ".{0,8}".prop_map(|text| Value::Str(Cow::Owned(text))),
            Just(Value::Json(Json::new("{}"))),
        ];
        one.prop_recursive(3, 12, 4, |items| {
            prop::collection::vec(items, 0..4).prop_map(|items| Value::List(Items::Owned(items)))
        })
    }

    proptest! {
        #[test]
        fn a_subject_round_trips(values in prop::collection::vec(values(), 0..5)) {
            let mut bytes = Vec::new();
            values.iter().for_each(|value| encode(value, &mut bytes));
            prop_assert_eq!(decode(&bytes).collect::<Vec<_>>(), values);
        }

        #[test]
        fn decoding_any_bytes_does_not_panic(bytes in prop::collection::vec(0u8..9, 0..60)) {
            decode(&bytes).for_each(drop);
        }
    }
}
