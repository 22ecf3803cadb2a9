//! Operators and calls, which are one kind of node in Rhai.

use rhai::{Expr, FnCallExpr, Position, Token as RhaiToken};

use super::super::ast::{At, Node, Operator, Syntax};
use super::super::operator::{Arithmetic, Comparison};
use super::convert::Converter;
use super::problem::Parsed;

impl Converter<'_> {
    pub(super) fn call(&self, call: &FnCallExpr, position: Position, depth: usize) -> Parsed<Node> {
        let place = self.spot(position);
        if call.capture_parent_scope {
            return self.refuse(place, "`!` before the arguments of a call", None);
        }
        let word = &self.text[place.start..place.end];
        if call.op_token.is_none() && !(call.name == "contains" && word == "in") {
            let name = self.name(&call.name, position);
            let end = self.tokens.close(self.tokens.after(place.start));
            let args = self.nodes(&call.args, depth)?;
            let at = At { start: place.start, end };
            return Ok(Node { at, syntax: Syntax::Call { name, method: false, args } });
        }
        match &call.args[..] {
            [haystack, needle] if call.name == "contains" => {
                self.membership(needle, haystack, false, depth)
            }
            // Rhai parses `x !in y` as `!(y contains x)`.
            [Expr::FnCall(inner, _)] if inner.op_token == Some(RhaiToken::NotIn) => {
                match &inner.args[..] {
                    [haystack, needle] => self.membership(needle, haystack, true, depth),
                    _ => self.refuse(place, "this operator", None),
                }
            }
            [operand] => {
                let node = Box::new(self.expr(operand, depth + 1)?);
                let at = self.across(self.start(position), node.at.end);
                match call.name.as_str() {
                    "!" => Ok(Node { at, syntax: Syntax::Not(node) }),
                    "-" => Ok(Node { at, syntax: Syntax::Minus(node) }),
                    name => self.refuse(at, &format!("unary `{name}`"), None),
                }
            }
            [left, right] => self.binary(&call.name, place, left, right, depth),
            _ => self.refuse(place, "this operator", None),
        }
    }

    pub(super) fn membership(
        &self,
        needle: &Expr,
        haystack: &Expr,
        negated: bool,
        depth: usize,
    ) -> Parsed<Node> {
        let needle = Box::new(self.expr(needle, depth + 1)?);
        let haystack = Box::new(self.expr(haystack, depth + 1)?);
        let at = self.across(needle.at.start, haystack.at.end);
        Ok(Node { at, syntax: Syntax::In { needle, haystack, negated } })
    }

    pub(super) fn binary(
        &self,
        operator: &str,
        place: At,
        left: &Expr,
        right: &Expr,
        depth: usize,
    ) -> Parsed<Node> {
        if let ".." | "..=" = operator {
            return self.range(operator, place, left, right);
        }
        let operator = match operator {
            "==" => Operator::Compare(Comparison::Eq),
            "!=" => Operator::Compare(Comparison::Ne),
            "<" => Operator::Compare(Comparison::Lt),
            "<=" => Operator::Compare(Comparison::Le),
            ">" => Operator::Compare(Comparison::Gt),
            ">=" => Operator::Compare(Comparison::Ge),
            "+" => Operator::Arithmetic(Arithmetic::Add),
            "-" => Operator::Arithmetic(Arithmetic::Sub),
            "*" => Operator::Arithmetic(Arithmetic::Mul),
            "/" => Operator::Arithmetic(Arithmetic::Div),
            "%" => Operator::Arithmetic(Arithmetic::Rem),
            "**" => Operator::Arithmetic(Arithmetic::Pow),
            other => {
                let help = match other {
                    "|" => Some("write `||`"),
                    "&" => Some("write `&&`"),
                    "^" => Some("write `!=` between conditions"),
                    _ => None,
                };
                return self.refuse(place, &format!("the operator `{other}`"), help);
            }
        };
        let operands = Box::new((self.expr(left, depth + 1)?, self.expr(right, depth + 1)?));
        let at = self.across(operands.0.at.start, operands.1.at.end);
        Ok(Node { at, syntax: Syntax::Binary(operator, place, operands) })
    }

    pub(super) fn range(
        &self,
        operator: &str,
        place: At,
        left: &Expr,
        right: &Expr,
    ) -> Parsed<Node> {
        match (left, right) {
            (Expr::IntegerConstant(first, a), Expr::IntegerConstant(last, b)) => {
                let at = self.across(self.token(*a).start, self.token(*b).end);
                let last = if operator == ".." { last.checked_sub(1) } else { Some(*last) };
                // An exclusive range that ends at the smallest number is empty.
                let (first, last) = last.map_or((1, 0), |last| (*first, last));
                Ok(Node { at, syntax: Syntax::Range(first, last) })
            }
            _ => {
                let help = "is one `.` too many? A range consists of integers";
                self.refuse(place, &format!("`{operator}` between these"), Some(help))
            }
        }
    }
}
