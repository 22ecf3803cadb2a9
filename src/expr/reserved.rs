//! Reserved words, which cannot name a field, parameter, list, measure or step.

use rhai::{Engine, Token};

/// Root names of the language, which another name would shadow.
const ROOTS: [&str; 7] = ["event", "cred", "key", "now", "zone", "params", "lists"];

/// Whether Rhai or the language itself reserves the word, so that an expression could not refer to
/// it as `params.WORD` or by itself.
pub fn is_reserved(name: &str) -> bool {
    is_keyword(name) || ROOTS.contains(&name)
}

/// Whether Rhai rejects the word as a name or as a property.
pub fn is_keyword(name: &str) -> bool {
    if Token::lookup_symbol_from_syntax(name).is_some() {
        return true;
    }
    let engine = Engine::new_raw();
    // Words that Rhai reserves for functions (`call`, `type_of`) are rejected only as properties.
    let refused = |text: String| engine.compile_expression(text).is_err();
    is_identifier(name) && (refused(format!("x.{name}")) || refused(name.to_owned()))
}

/// Whether the word is a valid name after a `.`, reserved or not.
pub fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rhais_words_are_reserved() {
        for word in ["call", "default", "match", "new", "case", "if", "this", "in", "fn", "now"] {
            assert!(is_reserved(word), "{word}");
        }
        for word in ["api", "denied", "operations", "type", "x1"] {
            assert!(!is_reserved(word), "{word}");
        }
    }

    #[test]
    fn every_field_can_be_written() {
        for field in crate::record::FIELDS {
            assert!(!is_keyword(field.name) && is_identifier(field.name), "{}", field.path());
        }
    }
}
