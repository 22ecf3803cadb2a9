//! Places that require a condition.

use super::super::ast::{At, Node};
use super::super::ir::{Ir, Op};
use super::{Checked, Checker};
use crate::diag::codes::expr as codes;
use crate::value::Type;

impl Checker<'_> {
    /// A node that must be true or false, never missing.
    pub(in crate::expr) fn condition(&mut self, node: &Node) -> Checked {
        let ir = self.check(node)?;
        let text = self.text(node.at).to_owned();
        let place = if is_simple(&text) { text } else { format!("({text})") };
        match ir.ty {
            Type::Bool if !ir.nullable => Ok(ir),
            Type::Bool => {
                let help = format!(
                    "state what a missing value means: `{place} == true`, `{place} == false` or \
                     `{place} ?? false`"
                );
                let message =
                    format!("`{place}` may be missing, but a condition must be true or false");
                Err(self.error(&codes::NULLABLE_CONDITION, node.at, message, Some(help)))
            }
            Type::Untyped => {
                let message = format!("expected a condition, but `{place}` is untyped");
                let help = Some(format!("write `{place} == true` or `{place} == false`"));
                Err(self.error(&codes::NOT_A_CONDITION, node.at, message, help))
            }
            other => {
                let message = format!("expected a condition, but `{place}` is {other}");
                let help = match other {
                    Type::Missing => None,
                    Type::Record(_) | Type::Row => Some(format!("write `has({place})`")),
                    _ if ir.nullable => Some(format!("compare it, or write `has({place})`")),
                    _ => Some("compare it with something".to_owned()),
                };
                Err(self.error(&codes::NOT_A_CONDITION, node.at, message, help))
            }
        }
    }

    pub(super) fn conditions(&mut self, at: At, nodes: &[Node], op: fn(Vec<Ir>) -> Op) -> Checked {
        let parts: Vec<Checked> = nodes.iter().map(|node| self.condition(node)).collect();
        let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(self.node(at, op(parts), Type::Bool, false))
    }

    /// The source text at this range.
    pub(super) fn text(&self, at: At) -> &str {
        self.fragment.text.get(self.base + at.start..self.base + at.end).unwrap_or("")
    }
}

/// Whether a text needs no parentheses before an operator: a name, with any calls, indices and
/// accesses that follow it.
fn is_simple(text: &str) -> bool {
    let (mut depth, mut quoted) = (0_usize, false);
    text.chars().all(|c| {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth = depth.saturating_sub(1),
            _ => return quoted || depth > 0 || c.is_alphanumeric() || "_.?-".contains(c),
        }
        true
    })
}
