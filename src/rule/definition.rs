//! Definitions: named expressions.

use super::name;
use crate::diag::Diagnostic;
use crate::diag::codes::rule as codes;
use crate::expr::{self, Declarations, Definition, Env, Expected};
use crate::source::Span;
use crate::value::{Elem, RecordKind, Type, words};
use crate::yaml::{self, Node, Shape, ShapeKey};

/// The shape of a file of definitions.
pub static DEFINITIONS_FILE: Shape = Shape::Object(&[ShapeKey::required(
    "definitions",
    Shape::Map(&Shape::Object(&[
        ShapeKey::required("on", Shape::Enum(RecordKind::WORDS), "The record it reads."),
        ShapeKey::required("expr", Shape::Expr, "The expression that replaces its name."),
        ShapeKey::optional(
            "params",
            Shape::Map(&Shape::Enum(ArgumentType::WORDS)),
            "Its parameters, each with its type. The expression names them like fields, and other \
             expressions pass values for them: `name(a, b)`. A value may be missing.",
        ),
        ShapeKey::optional("description", Shape::Str, "What it means."),
    ])),
    "Named expressions that other expressions can use.",
)]);

words! {
    /// The type of a parameter of a definition.
    ArgumentType {
        /// `true` or `false`.
        Bool = "bool",
        /// An integer.
        Int = "int",
        /// Text.
        Str = "str",
        /// An instant.
        Time = "time",
        /// A length of time.
        Duration = "duration",
        /// A list of texts.
        List = "list",
        /// A part of the original record.
        Untyped = "untyped",
    }
}

impl ArgumentType {
    fn ty(self) -> Type {
        match self {
            ArgumentType::Bool => Type::Bool,
            ArgumentType::Int => Type::Int,
            ArgumentType::Str => Type::Str,
            ArgumentType::Time => Type::Time,
            ArgumentType::Duration => Type::Duration,
            ArgumentType::List => Type::List(Elem::Str),
            ArgumentType::Untyped => Type::Untyped,
        }
    }
}

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
    for entry in entries {
        diagnostics.extend(name::alone(&entry.key, "definition"));
        let params = entry.value.get("params").map_or(&[][..], Node::entries);
        diagnostics.extend(params.iter().filter_map(|param| name::alone(&param.key, "parameter")));
    }
    let definitions = entries.iter().filter_map(|entry| {
        let on = entry.value.get("on").and_then(Node::text).and_then(RecordKind::parse)?;
        let source = entry.value.get("expr").and_then(Node::scalar)?.fragment.clone();
        Some(NamedDefinition {
            name: entry.key.text().to_owned(),
            span: entry.key.span(),
            definition: Definition { on, params: params(&entry.value), source },
        })
    });
    (definitions.collect(), diagnostics)
}

/// The parameters of a definition. A type that is not one is reported by its shape.
fn params(definition: &Node) -> Vec<(String, Type)> {
    let entries = definition.get("params").map_or(&[][..], Node::entries);
    let ty = |value: &Node| value.text().and_then(ArgumentType::parse).map(ArgumentType::ty);
    entries
        .iter()
        .filter_map(|entry| Some((entry.key.text().to_owned(), ty(&entry.value)?)))
        .collect()
}

/// The diagnostics for the expression of a definition, even if no rule uses it.
pub fn check_definition(named: &NamedDefinition, env: &dyn Env) -> Vec<Diagnostic> {
    let Definition { on, params, source: _ } = &named.definition;
    let declarations = Declarations { on: Some(*on), arguments: params, ..Declarations::default() };
    if !params.is_empty() && env.functions().iter().any(|function| function.name() == named.name) {
        let message = format!("`{}` is the name of a function", named.name);
        return vec![
            Diagnostic::error(&codes::RESERVED_NAME, message)
                .at(named.span, "this name is reserved")
                .help(format!("choose another name, like `{}_of`", named.name)),
        ];
    }
    match expr::compile(&named.definition.source, Expected::Anything, &declarations, env) {
        Ok((_, warnings)) => warnings,
        Err(errors) => errors,
    }
}
