//! A condition as a tree, with the values that its tests read from one record.

use super::clause::{Clause, kleene};
use super::explanation::{ExplainedNode, ExplainedValue};
use super::missing::Origins;
use crate::expr::Expr;
use crate::expr::ir::{Ir, Op};
use crate::finding::{Redactor, TypedName};
use crate::inspect::shown;
use crate::ruletest::{one_line, shown_value};
use crate::source::{Sources, Span};

/// The longest text of a part, in characters.
const TEXT: usize = 160;

/// Describes conditions for one record.
#[derive(Clone, Copy)]
pub(super) struct Describe<'d> {
    pub(super) sources: &'d Sources,
    pub(super) origins: Origins<'d>,
    pub(super) redactor: Redactor,
    /// The name that somebody typed in a failed sign-in, which is not shown.
    pub(super) typed: Option<&'d TypedName>,
}

impl Describe<'_> {
    /// A condition with the result of each part.
    pub(super) fn condition(&self, clause: &Clause) -> ExplainedNode {
        let text = self.text(clause.span());
        let of = |parts: &[Clause], all: bool| {
            let parts: Vec<ExplainedNode> = parts.iter().map(|part| self.condition(part)).collect();
            let holds = parts.iter().map(|part| part.holds).reduce(|a, b| kleene(a, b, all));
            (holds.unwrap_or(Some(all)), parts)
        };
        let (operator, (holds, parts)) = match clause {
            Clause::Test(expr) => return self.test(expr, text),
            Clause::All(parts, _) => ("&&", of(parts, true)),
            Clause::Any(parts, _) => ("||", of(parts, false)),
            Clause::Not(part, _) => {
                let part = self.condition(part);
                ("!", (part.holds.map(|holds| !holds), vec![part]))
            }
        };
        let operator = Some(operator);
        ExplainedNode { text, operator, holds, error: None, parts, values: Vec::new() }
    }

    fn test(&self, expr: &Expr, text: String) -> ExplainedNode {
        let (holds, error) = match expr.test(self.origins.bindings) {
            Ok(holds) => (Some(holds), None),
            Err(error) => (None, Some(one_line(&error.message, TEXT))),
        };
        let mut values = Vec::new();
        self.read(expr.ir(), &mut values);
        ExplainedNode { text, operator: None, holds, error, parts: Vec::new(), values }
    }

    /// Adds the values that a test reads, the nearest first.
    fn read(&self, node: &Ir, out: &mut Vec<ExplainedValue>) {
        // A condition that is itself a field has no parts.
        if let Op::Field(_) = node.op {
            return self.value(node, out);
        }
        let parts = match &node.op {
            // The body of a closure has a value for each item.
            Op::Each(_, list, _) => vec![&**list],
            _ => node.children(),
        };
        for part in parts {
            match &part.op {
                Op::NamedList(_) => {}
                // A parameter was replaced by its value.
                Op::Const(_) if !self.sources.text(part.span).starts_with("params.") => {}
                Op::Const(_) => self.value(part, out),
                Op::Field(_) | Op::Path(..) => self.value(part, out),
                _ => {
                    self.value(part, out);
                    self.read(part, out);
                }
            }
        }
    }

    fn value(&self, node: &Ir, out: &mut Vec<ExplainedValue>) {
        let text = self.text(node.span);
        if out.iter().any(|other| other.text == text) {
            return;
        }
        let shown = shown(&Expr::of_part(node), self.origins.bindings, self.redactor);
        let missing = if shown.is_missing() { self.origins.why_missing(node) } else { None };
        let value = match self.typed {
            Some(name) => shown_value(&name.conceal(shown)),
            None => shown_value(&shown),
        };
        out.push(ExplainedValue { text, value, missing });
    }

    /// The text of a part on one line.
    pub(super) fn text(&self, span: Span) -> String {
        one_line(self.sources.text(span), TEXT)
    }
}
