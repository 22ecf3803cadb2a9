//! Guards: matches that no entry may cover.

use std::sync::Arc;

use super::pattern::names_rule;
use crate::expr::{Bindings, Expr};
use crate::record::FieldSet;
use crate::source::{Fragment, Span};
use crate::value::RecordKind;
use crate::yaml::{Node, Scalar, Shape, ShapeKey};

/// Matches of some rules that no entry may cover. The project file states them.
#[derive(Debug, Clone)]
pub struct Guard {
    /// The names and patterns of the rules, as written.
    pub names: Vec<String>,
    /// Indices of the rules whose matches it guards, ascending.
    pub rules: Arc<[usize]>,
    /// The condition, compiled for each record kind that has its fields.
    pub when: Vec<(RecordKind, Expr)>,
    /// Why no entry may cover these matches.
    pub reason: String,
    /// Where the guard was written.
    pub span: Span,
}

impl Guard {
    /// Whether it guards a match of a rule of this kind. If the condition fails, it does: an entry must
    /// not cover a match because a guard could not be evaluated.
    pub(super) fn holds(&self, rule: usize, kind: RecordKind, bindings: &Bindings<'_>) -> bool {
        self.rules.contains(&rule)
            && self.of_kind(kind).is_some_and(|when| when.test(bindings) != Ok(false))
    }

    /// The condition for records of a kind.
    pub fn of_kind(&self, kind: RecordKind) -> Option<&Expr> {
        self.when.iter().find(|(of, _)| *of == kind).map(|(_, when)| when)
    }

    /// The same guard for other rules, which have these ids and kinds.
    pub(super) fn for_rules(&self, rules: &[(&str, RecordKind)]) -> Self {
        let named = |id: &str| self.names.iter().any(|name| names_rule(name, id));
        let rules = rules.iter().enumerate();
        let rules = rules.filter(|(_, (id, kind))| named(id) && self.of_kind(*kind).is_some());
        Self { rules: rules.map(|(index, _)| index).collect(), ..self.clone() }
    }

    /// The fields that it reads from records of a kind.
    pub(super) fn fields(&self, kind: RecordKind) -> FieldSet {
        self.of_kind(kind).map(Expr::fields).unwrap_or_default()
    }
}

/// A guard as the project file states it.
#[derive(Debug, Clone)]
pub struct WrittenGuard {
    /// The names and patterns of rules.
    pub(super) names: Vec<(String, Span)>,
    pub(super) when: Fragment,
    pub(super) reason: String,
    pub(super) span: Span,
}

/// The shape of a guard.
pub static GUARD: Shape = Shape::Object(&[
    ShapeKey::required(
        "rules",
        Shape::List(&Shape::Str),
        "The rules whose matches are guarded; `*` matches any text.",
    ),
    ShapeKey::required("when", Shape::Expr, "The matches that no entry may cover."),
    ShapeKey::required("reason", Shape::Str, "Why no entry may cover them."),
]);

impl WrittenGuard {
    /// Reads a guard; `None` if it has an error, which its shape reports.
    pub fn read(node: &Node) -> Option<Self> {
        let names = node.get("rules")?.items().iter();
        let names = names.filter_map(|name| Some((name.text()?.to_owned(), name.span)));
        Some(Self {
            names: names.collect(),
            when: node
                .get("when")
                .and_then(Node::scalar)
                .map(|when: &Scalar| when.fragment.clone())?,
            reason: node.get("reason")?.text()?.to_owned(),
            span: node.get("when")?.span,
        })
    }
}
