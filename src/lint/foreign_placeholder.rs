//! Placeholders that are not placeholders here.

use super::Lint;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::source::Span;

/// `{{ event.user }}`, `{event.user}` or `$event.user` in a message.
pub(super) static FOREIGN_PLACEHOLDER: Lint = Lint {
    name: "foreign-placeholder",
    code: &codes::FOREIGN_PLACEHOLDER,
    doc: "A placeholder of another language in the message of a rule.",
    run: |policy, _| {
        let mut problems = Vec::new();
        for rule in &policy.rules {
            let span = rule.message.span();
            let text = policy.sources.text(span);
            if let Some((start, length)) = placeholder(text) {
                let from = span.start as usize + start;
                let written = &text[start..start + length];
                let message = format!("`{written}` is printed unchanged, not replaced by a value");
                problems.push(
                    Diagnostic::warning(&codes::FOREIGN_PLACEHOLDER, message)
                        .at(Span::new(span.file, from, from + length), "")
                        .help("write `${…}`, like `${event.user}`"),
                );
            }
        }
        problems
    },
};

/// Offset and length of the first placeholder of another language.
fn placeholder(text: &str) -> Option<(usize, usize)> {
    // Brackets that are open in a placeholder of ours, which is an expression.
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, c)| {
        let rest = &text[at..];
        match c {
            '{' if depth > 0 => depth += 1,
            '}' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            '{' if text[..at].ends_with('$') => depth = 1,
            '{' if rest.starts_with("{{") => return Some((at, braces(rest, "{{", "}}")?)),
            '{' if !text[..at].ends_with('{') => return Some((at, braces(rest, "{", "}")?)),
            '$' => {
                let name = rest.strip_prefix('$').filter(|name| names_value(name))?;
                let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
                return Some((at, 1 + end.unwrap_or(name.len())));
            }
            _ => {}
        }
        None
    })
}

/// The length of a value in braces at the beginning of a text.
fn braces(text: &str, open: &str, close: &str) -> Option<usize> {
    let inside = text.strip_prefix(open)?;
    names_value(inside.trim_start()).then_some(())?;
    Some(open.len() + inside.find(close)? + close.len())
}

/// Whether a text begins with a field or a parameter.
fn names_value(text: &str) -> bool {
    ["event.", "cred.", "key.", "params."].iter().any(|record| text.starts_with(record))
}

#[cfg(test)]
mod tests {
    use super::placeholder;

    #[test]
    fn only_placeholders_of_other_languages_are_found() {
        for (text, expected) in [
            ("by ${event.user}", None),
            ("by {{ event.user }} again", Some("{{ event.user }}")),
            ("by {event.user}!", Some("{event.user}")),
            ("by $event.user!", Some("$event.user")),
            ("cost $5 {a} {{b}} $ {", None),
            ("é ${event.user} {key.id}", Some("{key.id}")),
            ("{{event.user", None),
            ("in ${if event.ok == true { params.zone } else { params.other }}", None),
        ] {
            let found = placeholder(text).map(|(at, length)| &text[at..at + length]);
            assert_eq!(found, expected, "{text}");
        }
    }
}
