//! Rhai's nodes -> ours.

use std::ops::{Range, RangeInclusive};

use rhai::{Expr, Position, RangeCase, Stmt};

use super::super::ast::{At, Name, Node, Switch, Syntax};
use super::super::limits::{MAX_LIST, MAX_NESTING};
use super::super::tokens::Tokens;
use super::problem::{Parsed, problem, too_deep};
use crate::diag::codes::expr as codes;

pub(super) fn at(tokens: &Tokens<'_>, position: Position) -> usize {
    tokens.offset(position.line().unwrap_or(1), position.position().unwrap_or(1))
}

/// A closure as Rhai stores it: a function of the tree, called by name.
pub(super) struct Closure {
    pub(super) name: String,
    pub(super) params: Vec<String>,
    pub(super) body: Stmt,
}

/// Converts Rhai's nodes to ours.
pub(super) struct Converter<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t Tokens<'t>,
    pub(super) closures: Vec<Closure>,
}

impl Converter<'_> {
    pub(super) fn start(&self, position: Position) -> usize {
        self.tokens.at(at(self.tokens, position)).start
    }

    /// The token at a position, to its end or to the end of the bracket it opens.
    pub(super) fn token(&self, position: Position) -> At {
        let token = self.tokens.at(at(self.tokens, position));
        let end = match &self.text[token.start..token.end] {
            // A negative number is one node that consists of two tokens.
            "-" => self.tokens.close(self.tokens.after(token.start)),
            _ => self.tokens.close(token),
        };
        At { start: token.start, end }
    }

    /// The token at a position, without what it encloses.
    pub(super) fn spot(&self, position: Position) -> At {
        let token = self.tokens.at(at(self.tokens, position));
        At { start: token.start, end: token.end }
    }

    pub(super) fn name(&self, text: &str, position: Position) -> Name {
        Name { text: text.to_owned(), at: self.token(position) }
    }

    /// A range that contains both nodes, with the parentheses around them.
    pub(super) fn across(&self, start: usize, end: usize) -> At {
        let (start, end) = self.tokens.balance(start, end);
        At { start, end }
    }

    pub(super) fn refuse<T>(&self, at: At, what: &str, help: Option<&str>) -> Parsed<T> {
        let message = format!("{what} is not part of the expression language");
        problem(&codes::CONSTRUCT, at, message, help.map(Into::into))
    }

    pub(super) fn statement(&self, statement: &Stmt, depth: usize) -> Parsed<Node> {
        match statement {
            Stmt::Expr(expr) => self.expr(expr, depth),
            Stmt::FnCall(call, position) => self.call(call, *position, depth),
            Stmt::If(flow, position) => {
                let condition = self.expr(&flow.expr, depth + 1)?;
                let then = self.block(flow.body.statements(), *position, depth + 1)?;
                let otherwise = match flow.branch.statements() {
                    [] => None,
                    branch => Some(self.block(branch, *position, depth + 1)?),
                };
                let start = self.start(*position);
                let last = otherwise.as_ref().unwrap_or(&then).at.end;
                let at = self.close_brace(start, last);
                Ok(Node { at, syntax: Syntax::If(Box::new((condition, then, otherwise))) })
            }
            Stmt::Switch(switch, position) => {
                let (subject, cases) = &**switch;
                let subject = self.expr(subject, depth + 1)?;
                let mut arms = Vec::new();
                for arm in &cases.expressions {
                    let guard = match &arm.lhs {
                        Expr::BoolConstant(true, position) if position.is_none() => None,
                        guard => Some(self.expr(guard, depth + 1)?),
                    };
                    arms.push((guard, self.expr(&arm.rhs, depth + 1)?));
                }
                let start = self.start(*position);
                let brace = self.tokens.after(subject.at.end.saturating_sub(1));
                let at = At { start, end: self.tokens.close(brace).max(subject.at.end) };
                let mut labels = Vec::new();
                for case in cases.cases.values() {
                    // Ranges are also listed separately, in order; see below.
                    if case.value.is::<Range<i64>>() || case.value.is::<RangeInclusive<i64>>() {
                        continue;
                    }
                    labels.push((self.label(&case.value, at)?, case.blocks.to_vec()));
                }
                // Rhai stores them in a hash map.
                labels.sort_by_cached_key(|(label, arms)| (arms.clone(), format!("{label:?}")));
                let ranges = cases.ranges.iter().map(|range| match range {
                    RangeCase::ExclusiveInt(range, arm) => {
                        (range.start, range.end.saturating_sub(1), *arm)
                    }
                    RangeCase::InclusiveInt(range, arm) => (*range.start(), *range.end(), *arm),
                });
                let ranges = ranges.collect();
                let switch = Switch { subject, arms, labels, ranges, default: cases.def_case };
                Ok(Node { at, syntax: Syntax::Switch(Box::new(switch)) })
            }
            Stmt::Block(block) => self.block(block.statements(), block.position(), depth),
            other => self.refuse(self.token(other.position()), "a statement", None),
        }
    }

    pub(super) fn label(&self, value: &rhai::Dynamic, at: At) -> Parsed<Syntax> {
        if value.is_unit() {
            return Ok(Syntax::Unit);
        }
        if let Ok(b) = value.as_bool() {
            return Ok(Syntax::Bool(b));
        }
        if let Ok(i) = value.as_int() {
            return Ok(Syntax::Int(i));
        }
        if let Ok(c) = value.as_char() {
            return Ok(Syntax::Char(c));
        }
        match value.as_immutable_string_ref() {
            Ok(text) => Ok(Syntax::Str(text.to_string())),
            Err(kind) => self.refuse(at, &format!("a `switch` case of type {kind}"), None),
        }
    }

    /// The range from `start` past the `}` that follows `last`.
    pub(super) fn close_brace(&self, start: usize, last: usize) -> At {
        let next = self.tokens.at(last);
        let end = if self.text[next.start..next.end] == *"}" { next.end } else { last };
        self.across(start, end)
    }

    pub(super) fn block(
        &self,
        statements: &[Stmt],
        position: Position,
        depth: usize,
    ) -> Parsed<Node> {
        match statements {
            [one] => self.statement(one, depth),
            _ => self.refuse(self.token(position), "a block of several statements", None),
        }
    }

    pub(super) fn nodes<'e>(
        &self,
        exprs: impl IntoIterator<Item = &'e Expr>,
        depth: usize,
    ) -> Parsed<Vec<Node>> {
        exprs.into_iter().map(|expr| self.expr(expr, depth + 1)).collect()
    }

    pub(super) fn expr(&self, expr: &Expr, depth: usize) -> Parsed<Node> {
        let place = |position: &Position| self.token(*position);
        if depth > MAX_NESTING {
            return too_deep(self.token(expr.start_position()));
        }
        let (at, syntax) = match expr {
            Expr::Unit(position) => (place(position), Syntax::Unit),
            Expr::BoolConstant(b, position) => (place(position), Syntax::Bool(*b)),
            Expr::IntegerConstant(i, position) => (place(position), Syntax::Int(*i)),
            Expr::CharConstant(c, position) => (place(position), Syntax::Char(*c)),
            Expr::StringConstant(text, position) => {
                (place(position), Syntax::Str(text.to_string()))
            }
            Expr::FloatConstant(_, position) => {
                let help = "numbers must be integers of at most 9223372036854775807";
                return self.refuse(place(position), "a floating-point number", Some(help));
            }
            Expr::InterpolatedString(parts, position) => {
                let parts = self.nodes(parts, depth)?;
                (place(position), Syntax::Template(parts))
            }
            Expr::Array(items, position) => {
                let at = place(position);
                if items.len() > MAX_LIST {
                    let message =
                        format!("the list has {} items; the limit is {MAX_LIST}", items.len());
                    return problem(&codes::LIMIT, at, message, None);
                }
                (at, Syntax::List(self.nodes(items, depth)?))
            }
            Expr::Map(_, position) => return self.refuse(place(position), "a map `#{…}`", None),
            Expr::ThisPtr(position) => return self.refuse(place(position), "`this`", None),
            Expr::Variable(variable, _, position) => {
                (place(position), Syntax::Name(variable.1.to_string()))
            }
            Expr::And(operands, _) => self.operands(operands, depth, Syntax::And)?,
            Expr::Or(operands, _) => self.operands(operands, depth, Syntax::Or)?,
            Expr::Coalesce(operands, _) => self.operands(operands, depth, Syntax::Coalesce)?,
            Expr::Dot(..) | Expr::Index(..) => return self.chain(expr, depth),
            Expr::FnCall(call, position) => return self.call(call, *position, depth),
            Expr::Stmt(block) => return self.code(block.statements(), block.position(), depth),
            Expr::DynamicConstant(value, position) => {
                let name = value.clone().try_cast::<rhai::FnPtr>();
                let Some(name) = name else {
                    return self.refuse(place(position), "this constant", None);
                };
                return self.closure(name.fn_name(), 0, *position, depth);
            }
            other => {
                let at = self.token(other.start_position());
                return self.refuse(at, "this construct", None);
            }
        };
        Ok(Node { at, syntax })
    }

    pub(super) fn operands(
        &self,
        operands: &[Expr],
        depth: usize,
        syntax: fn(Vec<Node>) -> Syntax,
    ) -> Parsed<(At, Syntax)> {
        let nodes = self.nodes(operands, depth)?;
        let start = nodes.first().map_or(0, |node| node.at.start);
        let end = nodes.last().map_or(0, |node| node.at.end);
        Ok((self.across(start, end), syntax(nodes)))
    }

    /// A block in expression position: `if`, `switch`, the hole of a template, or a closure that
    /// captures variables.
    pub(super) fn code(
        &self,
        statements: &[Stmt],
        position: Position,
        depth: usize,
    ) -> Parsed<Node> {
        if let [Stmt::Share(_), Stmt::Expr(curry)] = statements
            && let Expr::FnCall(call, position) = &**curry
            && let Some(Expr::DynamicConstant(value, _)) = call.args.first()
            && let Some(pointer) = value.clone().try_cast::<rhai::FnPtr>()
        {
            return self.closure(pointer.fn_name(), call.args.len() - 1, *position, depth);
        }
        self.block(statements, position, depth)
    }

    /// The first `captured` parameters of the function are names of the surrounding expression.
    pub(super) fn closure(
        &self,
        name: &str,
        captured: usize,
        position: Position,
        depth: usize,
    ) -> Parsed<Node> {
        let start = self.start(position);
        let Some(closure) = self.closures.iter().find(|closure| closure.name == name) else {
            return self.refuse(self.token(position), "a pointer to a function", None);
        };
        let body = self.statement(&closure.body, depth + 1)?;
        let params = closure.params.iter().skip(captured).cloned().collect();
        let at = At { start, end: body.at.end.max(start) };
        Ok(Node { at, syntax: Syntax::Closure(params, Box::new(body)) })
    }
}
