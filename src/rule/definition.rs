//! Definitions: named expressions.

use super::name;
use crate::diag::Diagnostic;
use crate::expr::{self, Declarations, Definition, Env, Expected};
use crate::source::Span;
use crate::value::RecordKind;
use crate::yaml::{self, Node, Shape, ShapeKey};

/// The shape of a file of definitions.
pub static DEFINITIONS_FILE: Shape = Shape::Object(&[ShapeKey::required(
    "definitions",
    Shape::Map(&Shape::Object(&[
        ShapeKey::required("on", Shape::Enum(RecordKind::WORDS), "The record it reads."),
        ShapeKey::required("expr", Shape::Expr, "The expression that replaces its name."),
        ShapeKey::optional("description", Shape::Str, "What it means."),
    ])),
    "Named expressions that other expressions can use.",
)]);

/// A definition with its name as written.
#[derive(Debug, Clone)]
pub struct NamedDefinition {
    /// The name.
    pub name: String,
    /// Where the name was written.
    pub span: Span,
    /// The expression that the name refers to.
    pub definition: Definition,
}

/// Loads a file of definitions; `document` is its whole document. [`check_definition`] checks the
/// expressions after every definition is known.
pub fn load_definitions(document: &Node) -> (Vec<NamedDefinition>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    yaml::check(document, &DEFINITIONS_FILE, &mut diagnostics);
    let entries = document.get("definitions").map(Node::entries).unwrap_or(&[]);
    diagnostics.extend(entries.iter().filter_map(|entry| name::alone(&entry.key, "definition")));
    let definitions = entries.iter().filter_map(|entry| {
        let on = entry.value.get("on").and_then(Node::text).and_then(RecordKind::parse)?;
        let source = entry.value.get("expr").and_then(Node::scalar)?.fragment.clone();
        Some(NamedDefinition {
            name: entry.key.text().to_owned(),
            span: entry.key.span(),
            definition: Definition { on, source },
        })
    });
    (definitions.collect(), diagnostics)
}

/// The diagnostics for the expression of a definition, even if no rule uses it.
pub fn check_definition(named: &NamedDefinition, env: &dyn Env) -> Vec<Diagnostic> {
    let declarations = Declarations { on: Some(named.definition.on), ..Declarations::default() };
    match expr::compile(&named.definition.source, Expected::Anything, &declarations, env) {
        Ok((_, warnings)) => warnings,
        Err(errors) => errors,
    }
}
