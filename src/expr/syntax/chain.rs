//! `a.b[c].d(e)`.

use rhai::{ASTFlags, Expr};

use super::super::ast::{Node, Syntax};
use super::super::limits::MAX_NESTING;
use super::convert::{Converter, at};
use super::problem::{Parsed, too_deep};

impl Converter<'_> {
    /// `a.b[c].d(e)`: Rhai nests it to the right, the tree here to the left.
    pub(super) fn chain(&self, expr: &Expr, depth: usize) -> Parsed<Node> {
        let (mut base, mut rest) = match expr {
            Expr::Dot(pair, ..) | Expr::Index(pair, ..) => (self.expr(&pair.lhs, depth + 1)?, expr),
            other => return self.expr(other, depth + 1),
        };
        let mut links = depth;
        loop {
            links += 1;
            if links > MAX_NESTING {
                return too_deep(base.at);
            }
            let (pair, flags, dot, position) = match rest {
                Expr::Dot(pair, flags, position) => (pair, flags, true, position),
                Expr::Index(pair, flags, position) => (pair, flags, false, position),
                other => return self.refuse(self.token(other.position()), "this access", None),
            };
            // The rest of the chain after this link, if there is any.
            let (link, next) = match &pair.rhs {
                Expr::Dot(inner, ..) | Expr::Index(inner, ..)
                    if !flags.contains(ASTFlags::BREAK) =>
                {
                    (&inner.lhs, Some(&pair.rhs))
                }
                last => (last, None),
            };
            base = if dot {
                self.member(base, link, depth)?
            } else {
                let index = self.expr(link, depth + 1)?;
                let bracket = self.tokens.at(at(self.tokens, *position));
                let at = self.across(base.at.start, self.tokens.close(bracket));
                Node { at, syntax: Syntax::Index(Box::new(base), Box::new(index)) }
            };
            match next {
                Some(next) => rest = next,
                None => return Ok(base),
            }
        }
    }

    pub(super) fn member(&self, base: Node, link: &Expr, depth: usize) -> Parsed<Node> {
        match link {
            Expr::Property(property, position) => {
                let name = self.name(&property.2, *position);
                let at = self.across(base.at.start, name.at.end);
                Ok(Node { at, syntax: Syntax::Get(Box::new(base), name) })
            }
            Expr::MethodCall(call, position) => {
                let name = self.name(&call.name, *position);
                let end = self.tokens.close(self.tokens.after(name.at.start));
                let at = self.across(base.at.start, end);
                let mut args = vec![base];
                args.extend(self.nodes(&call.args, depth)?);
                Ok(Node { at, syntax: Syntax::Call { name, method: true, args } })
            }
            other => self.refuse(self.token(other.position()), "this after a `.`", None),
        }
    }
}
