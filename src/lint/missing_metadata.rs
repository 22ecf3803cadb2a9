//! Rules that do not explain themselves.

use super::Lint;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::rule::Rule;

/// What stands for a text that is not written yet.
const PLACEHOLDER: &str = "TODO";

/// A rule that leaves out what a reader of its findings needs.
pub(super) static MISSING_METADATA: Lint = Lint {
    name: "missing-metadata",
    code: &codes::MISSING_METADATA,
    doc: "A rule without a description or a remediation, or with one that begins with `TODO`.",
    run: |policy, _| {
        let own = policy.rules.iter().filter(|rule| !rule.builtin);
        own.filter_map(problem).collect()
    },
};

fn problem(rule: &Rule) -> Option<Diagnostic> {
    let unwritten = |text: &str| text.trim().is_empty() || text.trim().starts_with(PLACEHOLDER);
    let keys = match (unwritten(&rule.description), unwritten(&rule.remediation)) {
        (false, false) => return None,
        (true, false) => "`description`",
        (false, true) => "`remediation`",
        (true, true) => "`description` and `remediation`",
    };
    let message = format!("the {keys} of the rule `{}` must still be written", rule.id);
    Some(
        Diagnostic::note(&codes::MISSING_METADATA, message)
            .at(rule.id_span, "")
            .help("say what the rule finds and why that matters, and what to do about a finding"),
    )
}
