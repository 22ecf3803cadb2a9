//! The definition of a lint of an expression.

use super::super::ast::Node;
use super::super::ir::Ir;
use crate::diag::{Code, Diagnostic};
use crate::source::Fragment;

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
    pub(super) run: fn(&Subject<'_>) -> Vec<Diagnostic>,
}

/// The expression that a lint inspects.
pub(in crate::expr) struct Subject<'e> {
    /// The typed tree, with definitions expanded.
    pub(in crate::expr) ir: &'e Ir,
    /// The syntax tree; none for a template, which has one for each hole.
    pub(in crate::expr) node: Option<&'e Node>,
    /// The text.
    pub(in crate::expr) fragment: &'e Fragment,
}
