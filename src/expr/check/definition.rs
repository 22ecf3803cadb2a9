//! Definitions: `name`, `name(argument)`.

use std::collections::VecDeque;

use super::super::ast::{At, Name, Node};
use super::super::env::Definition;
use super::super::ir::Ir;
use super::super::limits::{MAX_DEFINITIONS, MAX_NODES};
use super::argument::Argument;
use super::{Checked, Checker};
use crate::diag::codes::expr as codes;
use crate::value::Type;

impl Checker<'_> {
    /// Expands a definition that is named without arguments.
    pub(super) fn named_definition(&mut self, at: At, name: &str) -> Checked {
        self.expand(at, name, VecDeque::new(), &[])
    }

    /// Expands a definition that is called with arguments; `None` if there is no such definition.
    pub(super) fn called_definition(
        &mut self,
        at: At,
        name: &Name,
        args: &[Node],
    ) -> Option<Checked> {
        self.env.definition(&name.text)?;
        let values = self.all(args);
        Some(values.and_then(|values| self.expand(at, &name.text, values.into(), args)))
    }

    /// `values` are the checked arguments, and `nodes` the arguments as written.
    fn expand(&mut self, at: At, name: &str, mut values: VecDeque<Ir>, nodes: &[Node]) -> Checked {
        if self.inlining.iter().any(|other| other == name) {
            let path = format!("`{} -> {name}`", self.inlining.join(" -> "));
            let message = format!("the definition `{name}` refers to itself: {path}");
            return Err(self.error(&codes::CYCLE, at, message, None));
        }
        if self.inlining.len() >= MAX_DEFINITIONS {
            let message = format!("more than {MAX_DEFINITIONS} nested definitions");
            return Err(self.error(&codes::LIMIT, at, message, None));
        }
        let Some(definition) = self.env.definition(name) else { return Err(super::Reported) };
        if Some(definition.on) != self.declarations.on {
            let message = format!(
                "the definition `{name}` is declared `on: {}`, but this expression reads another kind of record",
                definition.on.name()
            );
            return Err(self.error(&codes::UNKNOWN_NAME, at, message, None));
        }
        if definition.params.len() != values.len() {
            let (takes, given) = (definition.params.len(), values.len());
            let message = format!(
                "the definition `{name}` takes {takes} argument{}, but {}",
                if takes == 1 { "" } else { "s" },
                if given == 0 { "none is given".to_owned() } else { format!("{given} are given") }
            );
            let help = format!("write it as `{}`", written(name, definition));
            return Err(self.error(&codes::BAD_ARGUMENT, at, message, Some(help)));
        }
        let mut arguments = Vec::new();
        for ((param, ty), node) in definition.params.iter().zip(nodes) {
            let Some(value) = values.pop_front() else { break };
            if !accepts(*ty, value.ty) {
                let message = format!(
                    "expected {ty} as `{param}` of the definition `{name}`, but found {}",
                    value.ty
                );
                let help = conversion(*ty, value.ty);
                return Err(self.error(&codes::WRONG_TYPE, node.at, message, help));
            }
            arguments.push(Argument { name: param.clone(), value });
        }
        let outer = (self.fragment, self.base);
        let locals = std::mem::take(&mut self.locals);
        let arguments = std::mem::replace(&mut self.arguments, arguments);
        self.inlining.push(name.to_owned());
        self.fragment = &definition.source;
        let checked =
            self.parse(0, definition.source.text.len()).and_then(|node| self.check(&node));
        self.inlining.pop();
        self.arguments = arguments;
        self.locals = locals;
        (self.fragment, self.base) = outer;
        checked
    }

    /// The argument for a parameter of the definition that is being expanded.
    pub(super) fn argument(&mut self, at: At, name: &str) -> Option<Checked> {
        let argument = self.arguments.iter().find(|argument| argument.name == name)?;
        let value = argument.inside(self.locals.len());
        let (mut nodes, mut deepest) = (0, 0);
        measure(&value, 1, &mut nodes, &mut deepest);
        self.nodes += nodes;
        if self.nodes > MAX_NODES || self.depth + deepest > self.limit.tree {
            let message = format!(
                "the arguments of the definition `{}` make the expression too large",
                self.inlining.last().map_or("", String::as_str)
            );
            return Some(Err(self.error(&codes::LIMIT, at, message, None)));
        }
        Some(Ok(value))
    }
}

fn measure(ir: &Ir, depth: usize, nodes: &mut usize, deepest: &mut usize) {
    *nodes += 1;
    *deepest = depth.max(*deepest);
    ir.children().into_iter().for_each(|part| measure(part, depth + 1, nodes, deepest));
}

/// Whether a parameter accepts a value of another type.
fn accepts(param: Type, value: Type) -> bool {
    match (param, value) {
        (_, Type::Missing) => true,
        (Type::Str, Type::Str | Type::Enum(_) | Type::Char) => true,
        (Type::List(_), Type::List(_)) => super::types::unify(param, value) == Some(param),
        _ => param == value,
    }
}

/// How to convert an untyped argument to the type of the parameter.
fn conversion(param: Type, value: Type) -> Option<String> {
    let function = match (param, value) {
        (Type::Bool | Type::Int | Type::Str | Type::Time, Type::Untyped) => param.to_string(),
        (Type::List(_), Type::Untyped) => {
            return Some("convert it first, with `as_list(…).map(|item| str(item))`".to_owned());
        }
        _ => return None,
    };
    Some(format!("convert it first, with `{function}(…)`"))
}

/// The definition as it is called: `name(a, b)`.
fn written(name: &str, definition: &Definition) -> String {
    let params: Vec<&str> = definition.params.iter().map(|(param, _)| param.as_str()).collect();
    match params[..] {
        [] => name.to_owned(),
        _ => format!("{name}({})", params.join(", ")),
    }
}
