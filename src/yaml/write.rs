//! Texts as YAML.

/// A text as a scalar that YAML reads as this text: plain if that is unambiguous, else in quotes.
pub fn written_scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./@".contains(&b))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    // A JSON string is a YAML scalar in double quotes.
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::written_scalar;

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
            assert_eq!(written_scalar(text), expected);
        }
    }
}
