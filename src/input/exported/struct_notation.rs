//! Objects in the notation of query engines: `{type=IAMUser, tags=[a, b], issuer={arn=x}}`.
//!
//! The notation is ambiguous if a text contains `, name=`. If that makes a key appear twice, the
//! record is skipped like any other with a duplicate key.

use crate::value::push_string;

/// How deep such objects may nest.
const MAX_DEPTH: usize = 16;

/// Converts a text that is one object or list to JSON; `None` if it is not.
pub(super) fn json(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 32);
    let rest = value(text, 0, '\0', &mut out)?;
    rest.is_empty().then_some(out)
}

/// Converts the value at the start of a text, up to `end` or a comma; returns what follows it.
fn value<'t>(text: &'t str, depth: usize, end: char, out: &mut String) -> Option<&'t str> {
    if depth > MAX_DEPTH {
        return None;
    }
    if let Some(rest) = text.strip_prefix('{') {
        out.push('{');
        let rest = items(rest, '}', out, |rest, out| {
            let (key, rest) = rest.split_once('=').filter(|(key, _)| is_key(key))?;
            push_string(key, out);
            out.push(':');
            value(rest, depth + 1, '}', out)
        })?;
        out.push('}');
        return Some(rest);
    }
    if let Some(rest) = text.strip_prefix('[') {
        out.push('[');
        let rest = items(rest, ']', out, |rest, out| value(rest, depth + 1, ']', out))?;
        out.push(']');
        return Some(rest);
    }
    let len = text_end(text, end)?;
    match &text[..len] {
        "null" => out.push_str("null"),
        text => push_string(text, out),
    }
    Some(&text[len..])
}

/// Converts the items up to and including the closing bracket; returns what follows it.
fn items<'t>(
    mut rest: &'t str,
    end: char,
    out: &mut String,
    mut item: impl FnMut(&'t str, &mut String) -> Option<&'t str>,
) -> Option<&'t str> {
    if let Some(after) = rest.strip_prefix(end) {
        return Some(after);
    }
    loop {
        rest = item(rest, out)?;
        if let Some(after) = rest.strip_prefix(end) {
            return Some(after);
        }
        rest = rest.strip_prefix(", ")?;
        out.push(',');
    }
}

/// The end of a text: at the closing bracket, or at the comma before the next item.
fn text_end(text: &str, end: char) -> Option<usize> {
    text.char_indices().find_map(|(at, c)| {
        let ends = c == end || (c == ',' && begins_item(&text[at..], end));
        ends.then_some(at)
    })
}

fn begins_item(rest: &str, end: char) -> bool {
    let Some(item) = rest.strip_prefix(", ") else { return false };
    end == ']' || item.split_once('=').is_some_and(|(key, _)| is_key(key))
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b))
}
