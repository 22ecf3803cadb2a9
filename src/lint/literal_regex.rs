//! Regular expressions that match a fixed text.

use super::Lint;
use super::conditions::own_conditions;
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, escaped};
use crate::expr::ir::Op;

/// `x.matches("^Get")`, where `x.starts_with("Get")` says the same.
pub(super) static LITERAL_REGEX: Lint = Lint {
    name: "literal-regex",
    code: &codes::LITERAL_REGEX,
    doc: "A regular expression that a comparison or a search for a text replaces.",
    run: |policy, _| {
        let mut problems = Vec::new();
        for (when, _) in own_conditions(policy) {
            when.ir().walk(&mut |node| {
                let Op::Call(call) = &node.op else { return };
                let [_, regex] = &call.args[..] else { return };
                let text = regex.constant().and_then(|value| value.as_str());
                let Some(test) = text.filter(|_| call.function.name() == "matches").and_then(test)
                else {
                    return;
                };
                problems.push(
                    Diagnostic::warning(
                        &codes::LITERAL_REGEX,
                        "this regular expression matches a fixed text",
                    )
                    .at(regex.span, "")
                    .help(format!("write `{test}`, which is easier to read and faster")),
                );
            });
        }
        problems
    },
};

/// The test that replaces a regular expression; `None` if it is more than a text with anchors.
fn test(regex: &str) -> Option<String> {
    let (begins, rest) = match regex.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, regex),
    };
    let (mut text, mut ends) = (String::new(), false);
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            '$' if chars.as_str().is_empty() => ends = true,
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => {
                return None;
            }
            c => text.push(c),
        }
    }
    if text.is_empty() {
        return None;
    }
    let text = format!("{:?}", escaped(&text, 60));
    Some(match (begins, ends) {
        (true, true) => format!("== {text}"),
        (true, false) => format!(".starts_with({text})"),
        (false, true) => format!(".ends_with({text})"),
        (false, false) => format!(".contains({text})"),
    })
}

#[cfg(test)]
mod tests {
    use super::test;

    #[test]
    fn only_texts_with_anchors_are_replaced() {
        for (regex, expected) in [
            ("^Get$", Some("== \"Get\"")),
            ("^Get", Some(".starts_with(\"Get\")")),
            ("\\.pem$", Some(".ends_with(\".pem\")")),
            ("key", Some(".contains(\"key\")")),
            ("", None),
            ("^$", None),
            ("Get.", None),
            ("(?i)get", None),
            ("\\d", None),
            ("a|b", None),
            ("a$b", None),
        ] {
            assert_eq!(test(regex).as_deref(), expected, "{regex}");
        }
    }
}
