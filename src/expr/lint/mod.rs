//! Advice on an expression that compiles but may not mean what its author intended; one file per
//! lint.
//!
//! These lints run wherever an expression is compiled: in rules, definitions, allowlists and
//! queries. The project file sets their level by name, like that of the lints of a whole policy.

mod arn_name;
mod empty_list;
mod literal_wildcard;
mod masked_key;
mod mixed_logic;
mod negated;
mod no_provider;
mod out_of_range;
mod success_code;
mod text_search;

use super::ast::Node;
use super::ir::{Comparison, Ir, Op};
use crate::diag::{Code, Diagnostic};
use crate::record::FieldId;
use crate::source::{Fragment, Span};
use crate::value::Value;

/// A registry entry: one mistake to look for.
#[derive(Debug)]
pub struct ExprLint {
    /// Its name in `lints` of the project file.
    pub name: &'static str,
    /// The code of its diagnostics.
    pub code: &'static Code,
    /// The problem that it looks for, in one sentence.
    pub doc: &'static str,
    /// Returns its diagnostics.
    run: fn(&Subject<'_>) -> Vec<Diagnostic>,
}

/// Every lint, sorted by name.
pub static EXPR_LINTS: &[&ExprLint] = &[
    &arn_name::ARN_NAME,
    &empty_list::EMPTY_LIST,
    &literal_wildcard::LITERAL_WILDCARD,
    &masked_key::MASKED_KEY,
    &mixed_logic::MIXED_LOGIC,
    &negated::NEGATED_NULLABLE,
    &no_provider::NO_PROVIDER,
    &out_of_range::OUT_OF_RANGE,
    &success_code::SUCCESS_CODE,
    &text_search::TEXT_SEARCH,
];

/// The expression that a lint inspects.
pub(super) struct Subject<'e> {
    /// The typed tree, with definitions expanded.
    pub(super) ir: &'e Ir,
    /// The syntax tree; none for a template, which has one for each hole.
    pub(super) node: Option<&'e Node>,
    /// The text.
    pub(super) fragment: &'e Fragment,
}

/// The advice of every lint. What concerns a definition is reported where the definition is
/// checked, and not again for each expression that names it.
pub(super) fn lint(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let here = subject.fragment.locate(0, 0).file;
    let is_here = |told: &Diagnostic| told.labels.first().is_none_or(|at| at.span.file == here);
    EXPR_LINTS.iter().flat_map(|lint| (lint.run)(subject)).filter(is_here).collect()
}

/// A test of a value for equality with constants, `==`, `!=` or `in [..]`.
struct Equality<'e> {
    /// The value.
    value: &'e Ir,
    /// The constants, each with the place to point at.
    constants: Vec<(&'e Value<'static>, Span)>,
    /// Whether it is a list.
    list: bool,
}

/// Every test for equality with constants, in the order of the expression.
fn equalities<'e>(ir: &'e Ir) -> Vec<Equality<'e>> {
    let mut found = Vec::new();
    ir.walk(&mut |node| match &node.op {
        Op::Compare(Comparison::Eq | Comparison::Ne, a, b) => {
            for (value, constant) in [(a, b), (b, a)] {
                if let (None, Some(of)) = (value.constant(), constant.constant()) {
                    let constants = vec![(of, constant.span)];
                    found.push(Equality { value, constants, list: false });
                }
            }
        }
        Op::InSet(value, set) => {
            let constants = set.values().iter().map(|of| (of, node.span)).collect();
            found.push(Equality { value, constants, list: true });
        }
        _ => {}
    });
    found
}

impl Equality<'_> {
    /// The texts among the constants.
    fn texts(&self) -> impl Iterator<Item = (&str, Span)> {
        self.constants.iter().filter_map(|(of, span)| Some((of.as_str()?, *span)))
    }
}

/// The field that a node reads.
fn field(ir: &Ir) -> Option<FieldId> {
    match ir.op {
        Op::Field(id) | Op::Member(_, id, _) => Some(id),
        _ => None,
    }
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
