//! Parameters that no expression reads.

use super::Lint;
use super::words::words;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// A parameter of a rule that its file never names as `params.NAME`, or of a definition that its
/// expression never names.
pub(super) static UNUSED_PARAMETER: Lint = Lint {
    name: "unused-parameter",
    code: &codes::UNUSED_PARAMETER,
    doc: "A parameter that no expression of its rule or definition reads.",
    run: |policy, _| {
        let mut problems = Vec::new();
        for rule in &policy.rules {
            let text = &policy.sources.file(rule.id_span.file).text;
            for parameter in &rule.parameters {
                if is_named(text, &parameter.name) {
                    continue;
                }
                let message = format!(
                    "nothing in the rule `{}` reads the parameter `{}`",
                    rule.id, parameter.name
                );
                problems.push(
                    Diagnostic::warning(&codes::UNUSED_PARAMETER, message)
                        .at(parameter.span, "")
                        .help(format!(
                            "write `params.{}` in an expression, or delete it",
                            parameter.name
                        )),
                );
            }
        }
        for (name, definition) in &policy.definitions {
            let text = &definition.source.text;
            for (parameter, _) in
                definition.params.iter().filter(|(name, _)| words(text, name) == 0)
            {
                let message =
                    format!("the definition `{name}` does not read its parameter `{parameter}`");
                problems.push(
                    Diagnostic::warning(&codes::UNUSED_PARAMETER, message)
                        .at(definition.source.locate(0, text.len()), "")
                        .help(format!("write `{parameter}` in the expression, or delete it")),
                );
            }
        }
        problems
    },
};

/// Whether `params.NAME` stands in a text.
fn is_named(text: &str, name: &str) -> bool {
    const BEFORE: &str = "params.";
    text.match_indices(BEFORE).any(|(at, _)| {
        let rest = &text[at + BEFORE.len()..];
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        rest.strip_prefix(name).is_some_and(|after| !after.starts_with(word))
    })
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn a_parameter_name_ends_at_a_word_boundary() {
        assert!(is_named("within: params.window", "window"));
        assert!(is_named("params.window2 + params.window", "window"));
        assert!(!is_named("params.window2", "window"));
        assert!(!is_named("params: { window: 1h }", "window"));
    }
}
