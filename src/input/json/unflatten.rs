//! Records whose keys were flattened: `event.userIdentity.type` for nested objects.

use super::members;
use crate::value::{Members, push_string};

/// Writes the record that the keys with this prefix represent to `out`; returns whether there are
/// any.
///
/// A key is split as long as `is_object` confirms that the part before a dot is the path of an
/// object: other names may contain dots. Text that is not JSON has no keys.
pub(in crate::input) fn unflatten(
    text: &str,
    prefix: &str,
    is_object: &dyn Fn(&str) -> bool,
    out: &mut String,
) -> bool {
    out.clear();
    let Some(Members(pairs)) = members(text) else { return false };
    let mut entries: Vec<(Vec<&str>, &str)> = pairs
        .iter()
        .filter_map(|(key, value)| Some((parts(key.strip_prefix(prefix)?, is_object), *value)))
        .collect();
    // Keys of one object are adjacent; duplicate keys remain duplicates.
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut open: Vec<&str> = Vec::new();
    out.push('{');
    for (path, value) in &entries {
        let Some((key, around)) = path.split_last() else { continue };
        let shared = open.iter().zip(around).take_while(|(a, b)| a == b).count();
        for _ in shared..open.len() {
            out.push('}');
        }
        open.truncate(shared);
        for object in &around[shared..] {
            put_key(object, out);
            out.push('{');
            open.push(object);
        }
        put_key(key, out);
        out.push_str(value);
    }
    out.extend(std::iter::repeat_n('}', open.len() + 1));
    !entries.is_empty()
}

/// The keys on the way to a value.
fn parts<'k>(key: &'k str, is_object: &dyn Fn(&str) -> bool) -> Vec<&'k str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for (dot, _) in key.match_indices('.') {
        if !is_object(&key[..dot]) {
            break;
        }
        parts.push(&key[start..dot]);
        start = dot + 1;
    }
    parts.push(&key[start..]);
    parts
}

fn put_key(key: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    push_string(key, out);
    out.push(':');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_keys_are_split_at_known_objects() {
        let is_object =
            |path: &str| ["who", "who.more", "asked", "list", "said", "said.Key"].contains(&path);
        for (text, expected) in [
            (
                r#"{"e.who.type":"a","e.id":1,"e.who.more.k":"b","e.who.name":null,"x":5}"#,
                r#"{"id":1,"who":{"more":{"k":"b"},"name":null,"type":"a"}}"#,
            ),
            (
                r#"{"e.asked.Look.1.Key":"v","e.asked.User":"u","e.list.x.y":[1]}"#,
                r#"{"asked":{"Look.1.Key":"v","User":"u"},"list":{"x.y":[1]}}"#,
            ),
            (r#"{"e.said.Key.Id":1,"e.said.User":2}"#, r#"{"said":{"Key":{"Id":1},"User":2}}"#),
            (r#"{"e.id":1,"e.id":2}"#, r#"{"id":1,"id":2}"#),
            (r#"{"e.who":"{}","e.who.type":1}"#, r#"{"who":"{}","who":{"type":1}}"#),
            (r#"{"e.a\"b":1}"#, r#"{"a\"b":1}"#),
        ] {
            let mut out = String::new();
            assert!(unflatten(text, "e.", &is_object, &mut out), "{text}");
            assert_eq!(out, expected, "{text}");
        }
        for text in [r#"{"id":1}"#, "{}", "[]", "1"] {
            assert!(!unflatten(text, "e.", &is_object, &mut String::new()), "{text}");
        }
    }
}
