//! Syntax tree -> typed tree: names, types, nullability, constants.
//!
//! One file per kind of construct. Errors are collected: both operands of an operator are checked
//! before an error is returned.

mod address;
mod argument;
mod arithmetic;
mod call;
mod compare;
mod condition;
mod definition;
mod flow;
mod lookup;
mod name;
mod path;
mod template;
mod types;
mod values_at;

use argument::Argument;
pub(super) use name::visible;

use crate::diag::{Code, Diagnostic};
use crate::source::{Fragment, Span};
use crate::value::{Elem, RecordKind, Type, Value};

use super::ast::{At, Node, Operator, Syntax};
use super::env::{Declarations, Env};
use super::fold;
use super::ir::{Ir, NodeId, Op};
use super::limits::{Depth, MAX_NODES};
use super::syntax::SyntaxProblem;
use super::typed::Typed;

/// An error that is already among the diagnostics.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported;

pub(super) type Checked = Result<Ir, Reported>;

/// Checks one expression and the definitions it names.
pub(super) struct Checker<'c> {
    pub(super) diagnostics: Vec<Diagnostic>,
    declarations: &'c Declarations<'c>,
    env: &'c dyn Env,
    /// The text being checked: the expression, or a definition.
    fragment: &'c Fragment,
    /// The offset in that text at which the positions of nodes begin.
    base: usize,
    /// Parameters of the closures around the node: name, type, and whether they may be missing.
    locals: Vec<(String, Type, bool)>,
    /// Definitions being expanded.
    inlining: Vec<String>,
    /// The arguments of the definition that is being expanded.
    arguments: Vec<Argument>,
    /// Members that follow the node being checked: `c` while `a.b` in `a.b.c` is checked.
    following: Vec<String>,
    /// Whether a name was used whose declaration has an error that is reported there.
    pub(super) names_broken: bool,
    nodes: usize,
    /// Number of nodes around the current one, including those of the text that names a definition.
    depth: usize,
    pub(super) limit: Depth,
    /// The parts whose type is known, if the caller requests them.
    pub(super) typed: Option<Vec<Typed>>,
}

impl<'c> Checker<'c> {
    pub(super) fn new(
        fragment: &'c Fragment,
        declarations: &'c Declarations<'c>,
        env: &'c dyn Env,
    ) -> Self {
        Self {
            diagnostics: Vec::new(),
            declarations,
            env,
            fragment,
            base: 0,
            locals: declarations
                .arguments
                .iter()
                .map(|(name, ty)| (name.clone(), *ty, true))
                .collect(),
            inlining: Vec::new(),
            arguments: Vec::new(),
            following: Vec::new(),
            names_broken: false,
            nodes: 0,
            depth: 0,
            limit: Depth::HERE,
            typed: None,
        }
    }

    /// The text being checked.
    pub(super) fn fragment(&self) -> &'c Fragment {
        self.fragment
    }

    /// Parses a part of the fragment.
    pub(super) fn parse(&mut self, start: usize, end: usize) -> Result<Node, Reported> {
        self.base = start;
        let text = self.fragment.text.get(start..end).unwrap_or("");
        super::syntax::parse(text, self.limit).map_err(|problem| {
            let SyntaxProblem { code, at, message, help } = *problem;
            self.report(Diagnostic::error(code, message).at(self.span(at), "").maybe_help(help))
        })
    }

    /// Parses a part of the fragment without reporting errors.
    pub(super) fn try_parse(&mut self, start: usize, end: usize) -> Option<Node> {
        self.base = start;
        super::syntax::parse(self.fragment.text.get(start..end)?, self.limit).ok()
    }

    /// Runs `work` with a local name of this type, as in the body of a closure.
    pub(super) fn with_local<T>(
        &mut self,
        name: &str,
        ty: Type,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.locals.push((name.to_owned(), ty, ty == Type::Untyped));
        let done = work(self);
        self.locals.pop();
        done
    }

    fn span(&self, at: At) -> Span {
        self.fragment.locate(self.base + at.start, self.base + at.end)
    }

    fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        self.diagnostics.push(diagnostic);
        Reported
    }

    fn error(
        &mut self,
        code: &'static Code,
        at: At,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Reported {
        let span = self.span(at);
        self.report(Diagnostic::error(code, message).at(span, "").maybe_help(help))
    }

    /// A node of the typed tree, folded if all its parts are constant.
    fn node(&self, at: At, op: Op, ty: Type, nullable: bool) -> Ir {
        fold::constant(Ir { id: NodeId::default(), op, ty, nullable, span: self.span(at) })
    }

    fn value(&self, at: At, value: Value<'static>, ty: Type) -> Ir {
        let nullable = value.is_missing();
        Ir { id: NodeId::default(), op: Op::Const(value), ty, nullable, span: self.span(at) }
    }

    /// Checks a node.
    pub(super) fn check(&mut self, node: &Node) -> Checked {
        if self.depth >= self.limit.tree {
            let message = format!(
                "the expression has more than {} nested levels, including its definitions",
                self.limit.tree
            );
            return Err(self.error(&crate::diag::codes::expr::LIMIT, node.at, message, None));
        }
        self.depth += 1;
        let checked = self.check_node(node);
        self.depth -= 1;
        if let (Ok(ir), Some(typed), true) = (&checked, &mut self.typed, self.inlining.is_empty()) {
            typed.push(Typed::new(self.base + node.at.start..self.base + node.at.end, ir));
        }
        checked
    }

    fn check_node(&mut self, node: &Node) -> Checked {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!(
                "the expression has more than {MAX_NODES} parts, including its definitions"
            );
            let at = node.at;
            return Err(self.error(&crate::diag::codes::expr::LIMIT, at, message, None));
        }
        let at = node.at;
        match &node.syntax {
            Syntax::Unit => Ok(self.value(at, Value::Missing, Type::Missing)),
            Syntax::Bool(b) => Ok(self.value(at, Value::Bool(*b), Type::Bool)),
            Syntax::Int(i) => Ok(self.value(at, Value::Int(*i), Type::Int)),
            // A character compares and joins like a text of length one.
            Syntax::Char(c) => Ok(self.value(at, Value::Str(c.to_string().into()), Type::Char)),
            Syntax::Str(text) => Ok(self.value(at, Value::Str(text.clone().into()), Type::Str)),
            Syntax::Template(parts) => {
                let parts = parts.iter().map(|part| self.hole(part)).collect::<Vec<_>>();
                let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
                Ok(self.node(at, Op::Template(parts), Type::Str, false))
            }
            Syntax::List(items) => self.list(at, items),
            Syntax::Name(name) => self.name(at, name),
            Syntax::Get(base, name) => self.get(at, base, name),
            Syntax::Index(base, index) => self.index(at, base, index),
            Syntax::Call { name, method, args } => self.call(at, name, *method, args),
            Syntax::Not(operand) => {
                let operand = self.condition(operand)?;
                Ok(self.node(at, Op::Not(Box::new(operand)), Type::Bool, false))
            }
            Syntax::Minus(operand) => self.negate(at, operand),
            Syntax::Binary(Operator::Compare(op), _, operands) => {
                self.compare(at, *op, &operands.0, &operands.1)
            }
            Syntax::Binary(Operator::Arithmetic(op), place, operands) => {
                self.arithmetic(at, *op, *place, &operands.0, &operands.1)
            }
            Syntax::In { needle, haystack, negated } => {
                let test = self.membership(at, needle, haystack)?;
                if *negated {
                    return Ok(self.node(at, Op::Not(Box::new(test)), Type::Bool, false));
                }
                Ok(test)
            }
            Syntax::And(operands) => self.conditions(at, operands, Op::And),
            Syntax::Or(operands) => self.conditions(at, operands, Op::Or),
            Syntax::Coalesce(operands) => self.coalesce(at, operands),
            Syntax::Range(..) => Err(self.error(
                &crate::diag::codes::expr::CONSTRUCT,
                at,
                "a range can be used only after `in` or as a case of `switch`",
                None,
            )),
            Syntax::If(parts) => self.if_else(at, parts),
            Syntax::Switch(switch) => self.switch(at, switch),
            Syntax::Closure(..) => Err(self.error(
                &crate::diag::codes::expr::CONSTRUCT,
                at,
                "a closure can be used only as the argument of `some`, `all`, `filter` or `map`",
                None,
            )),
        }
    }

    /// Checks every node, even if one fails.
    fn all(&mut self, nodes: &[Node]) -> Result<Vec<Ir>, Reported> {
        let checked: Vec<Checked> = nodes.iter().map(|node| self.check(node)).collect();
        checked.into_iter().collect()
    }

    /// Checks a hole of a template.
    pub(super) fn hole(&mut self, node: &Node) -> Checked {
        let part = self.check(node)?;
        let whole = match part.ty {
            Type::Record(kind) => Some(format!(
                "{} {} cannot be converted to text; use one of its fields",
                if kind == RecordKind::Event { "an" } else { "a" },
                kind.name()
            )),
            Type::List(Elem::Record(kind)) => Some(format!(
                "a list of {0}s cannot be converted to text; use a field of each, as in `.map(|k| k.id)`",
                kind.name()
            )),
            Type::Row => Some(
                "a row of a table cannot be converted to text; use one of its columns".to_owned(),
            ),
            _ => None,
        };
        if let Some(message) = whole {
            return Err(self.error(&crate::diag::codes::expr::WRONG_TYPE, node.at, message, None));
        }
        Ok(part)
    }

    fn list(&mut self, at: At, items: &[Node]) -> Checked {
        let parts = self.all(items)?;
        let mut ty = Type::Missing;
        for (part, node) in parts.iter().zip(items) {
            let Some(both) = types::unify(ty, part.ty) else {
                let message =
                    format!("a list can contain values of only one type, not {ty} and {}", part.ty);
                let code = &crate::diag::codes::expr::TYPES_DIFFER;
                return Err(self.error(code, node.at, message, None));
            };
            ty = both;
        }
        let Some(elem) = types::elem(ty) else {
            let code = &crate::diag::codes::expr::CONSTRUCT;
            let (message, help) = types::no_item(ty);
            return Err(self.error(code, at, message, help));
        };
        Ok(self.node(at, Op::List(parts), Type::List(elem), false))
    }
}
