//! Parts of allowlist entries as YAML.

use crate::allow::Selector;

/// The values of selectors.
pub(crate) type Selected = Vec<(Selector, Vec<String>)>;

/// A list of texts in one line.
pub(crate) fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| scalar(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Selectors as a block, each on a line that is indented by this many spaces.
pub(crate) fn block(selectors: &Selected, indent: usize) -> String {
    if selectors.is_empty() {
        return " {}".to_owned();
    }
    let line = |(selector, values): &(Selector, Vec<String>)| {
        format!("\n{:indent$}{}: {}", "", selector.name(), list(values))
    };
    selectors.iter().map(line).collect()
}

/// Selectors in one line.
pub(super) fn flow(selectors: &Selected) -> String {
    let of = |(selector, values): &(Selector, Vec<String>)| {
        format!("{}: {}", selector.name(), list(values))
    };
    match selectors.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", selectors.iter().map(of).collect::<Vec<_>>().join(", ")),
    }
}

/// A text as a scalar that YAML reads as this text: plain if that is unambiguous, else in quotes.
pub(crate) fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./@".contains(&b))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    // A JSON string is a YAML scalar in double quotes.
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn only_unambiguous_texts_are_plain() {
        for (text, expected) in [
            ("ci-deploy", "ci-deploy"),
            ("203.0.113.7", "\"203.0.113.7\""),
            ("111122223333", "\"111122223333\""),
            ("No", "\"No\""),
            ("aws:iam.*", "\"aws:iam.*\""),
            ("a: b # c", "\"a: b # c\""),
            ("*", "\"*\""),
            ("a\"b\n", "\"a\\\"b\\n\""),
            ("", "\"\""),
            ("bob@example.com", "bob@example.com"),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }
}
