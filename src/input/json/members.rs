//! The members of an object and the items of an array, unchanged.

use serde_json::value::RawValue;

use crate::value::Members;

/// The members of an object; `None` for another text.
pub(in crate::input) fn members(json: &str) -> Option<Members<'_>> {
    serde_json::from_str(json).ok()
}

/// The JSON of each item of an array; `None` for another text.
pub(in crate::input) fn items(json: &str) -> Option<Vec<&str>> {
    let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(items.into_iter().map(RawValue::get).collect())
}

/// Consecutive JSON values; `None` if the text contains anything else.
pub(in crate::input) fn values(text: &str) -> Option<Vec<&str>> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    values.map(|value| Some(value.ok()?.get())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn items_and_values_are_split_without_parsing() {
        assert_eq!(items(r#"[{"a": 1}, "x",[2]]"#).unwrap(), [r#"{"a": 1}"#, "\"x\"", "[2]"]);
        assert!(items("{}").is_none());
        assert_eq!(values("{\"a\":1}\n{\"b\":2}{}").unwrap(), ["{\"a\":1}", "{\"b\":2}", "{}"]);
        assert_eq!(values(" ").unwrap(), [""; 0]);
        for text in ["{\"a\":1} x", "{\"a\":"] {
            assert!(values(text).is_none(), "{text}");
        }
    }
}
