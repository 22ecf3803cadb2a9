//! Advice on an expression that compiles but may not mean what its author intended; one file per
//! lint.
//!
//! These lints run wherever an expression is compiled: in rules, definitions, allowlists and
//! queries. The project file sets their level by name, like that of the lints of a whole policy.

mod arn_name;
mod empty_list;
mod empty_text;
mod equality;
mod expr_lint;
mod literal_wildcard;
mod masked_key;
mod mixed_logic;
mod negated;
mod no_provider;
mod out_of_range;
mod success_code;
mod text_search;

pub use expr_lint::ExprLint;
pub(super) use expr_lint::Subject;

use crate::diag::Diagnostic;

/// Every lint, sorted by name.
pub static EXPR_LINTS: &[&ExprLint] = &[
    &arn_name::ARN_NAME,
    &empty_list::EMPTY_LIST,
    &empty_text::EMPTY_TEXT,
    &literal_wildcard::LITERAL_WILDCARD,
    &masked_key::MASKED_KEY,
    &mixed_logic::MIXED_LOGIC,
    &negated::NEGATED_NULLABLE,
    &no_provider::NO_PROVIDER,
    &out_of_range::OUT_OF_RANGE,
    &success_code::SUCCESS_CODE,
    &text_search::TEXT_SEARCH,
];

/// The advice of every lint. Advice on a definition is reported where the definition is checked,
/// and not again for each expression that names it.
pub(super) fn lint(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let here = subject.fragment.locate(0, 0).file;
    let is_here =
        |problem: &Diagnostic| problem.labels.first().is_none_or(|at| at.span.file == here);
    EXPR_LINTS.iter().flat_map(|lint| (lint.run)(subject)).filter(is_here).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_documented() {
        assert!(EXPR_LINTS.is_sorted_by(|a, b| a.name < b.name));
        for lint in EXPR_LINTS {
            assert!(lint.doc.ends_with('.'), "{}", lint.name);
            let same = EXPR_LINTS.iter().filter(|other| other.code.id == lint.code.id);
            assert_eq!(same.count(), 1, "{} has a code of its own", lint.name);
        }
    }
}
