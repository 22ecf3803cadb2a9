//! The message for a file that no format claims.

use std::borrow::Cow;

use super::envelope::refused;
use super::json::members;
use crate::record::Format;
use crate::value::Members;

/// How many keys of a record are named.
const KEYS: usize = 8;

/// The longest key that is named, in characters.
const KEY: usize = 40;

/// None of the formats reads the records; `first` is the text of the first one.
pub(super) fn no_format(formats: &[&'static dyn Format], first: Option<&str>) -> String {
    if let Some(content) = first.and_then(refused) {
        return format!("its first record is {content}");
    }
    let tried: Vec<&str> = formats.iter().map(|format| format.name()).collect();
    let keys = first.and_then(keys).map(|keys| format!("; the first has {keys}"));
    format!(
        "none of its records has a known format (tried: {}){}",
        tried.join(", "),
        keys.unwrap_or_default()
    )
}

/// The top-level keys of a record, for a message.
fn keys(text: &str) -> Option<String> {
    let Members(members) = members(text)?;
    let shown = |(key, _): &(Cow<'_, str>, &str)| match key.char_indices().nth(KEY) {
        Some((end, _)) => format!("`{}…`", &key[..end]),
        None => format!("`{key}`"),
    };
    let named: Vec<String> = members.iter().take(KEYS).map(shown).collect();
    let more = members.len().saturating_sub(KEYS);
    Some(match (named.len(), more) {
        (0, _) => "no keys".to_owned(),
        (1, 0) => format!("the key {}", named.join("")),
        (_, 0) => format!("the keys {}", named.join(", ")),
        _ => format!("the keys {} and {more} more", named.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_is_described_by_its_keys() {
        for (record, expected) in [
            ("{}", Some("no keys")),
            (r#"{"a":{"b":1}}"#, Some("the key `a`")),
            (r#"{"a":1,"b":[{"c":2}]}"#, Some("the keys `a`, `b`")),
            (
                r#"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1}"#,
                Some("the keys `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h` and 2 more"),
            ),
            ("[1]", None),
            ("12", None),
            ("{", None),
        ] {
            assert_eq!(keys(record).as_deref(), expected, "{record}");
        }
        let long = format!("{{\"{}\":1}}", "é".repeat(100));
        assert_eq!(keys(&long), Some(format!("the key `{}…`", "é".repeat(KEY))));
    }
}
