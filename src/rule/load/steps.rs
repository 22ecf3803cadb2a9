//! The records of the steps of a sequence, as `where`, `message` and `raise` name them.

use super::loader::{Built, Loader};
use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::ir::Op;
use crate::expr::{Declarations, Expr, NamedStep, Param, Part};
use crate::rule::{Construct, Measure, MeasureKind, StepValue, ValueForm};
use crate::value::{Type, Value};
use crate::yaml::Node;

/// The expression in which a step is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum In {
    When,
    /// `where` of the step with this index.
    Where(usize),
    /// `message` or `raise`.
    Message,
}

/// The steps as an expression can name them.
pub(super) fn named_in(nodes: &[Node], place: In) -> Vec<NamedStep> {
    let step = |(number, node): (usize, &Node)| {
        let absent = node.get("absent").and_then(Node::bool) == Some(true);
        let barred = match place {
            In::When => Some(("`when` reads one record", "put this condition into `where`")),
            In::Where(own) if own == number => {
                Some(("it is the step itself", "its record is `event`"))
            }
            In::Where(own) if own < number => {
                Some(("it is a later step", "put the condition into `where` of the later step"))
            }
            _ if absent => Some((
                "it is `absent`, so it has no record",
                "its own `where` can name the steps before it",
            )),
            In::Where(_) | In::Message => None,
        };
        let name = node.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        NamedStep { name, barred }
    };
    nodes.iter().enumerate().map(step).collect()
}

/// Adds a value to those that are retained from a step, and returns its index.
pub(super) fn retain(retained: &mut Vec<(Expr, ValueForm)>, of: Expr, form: ValueForm) -> usize {
    let field = |expr: &Expr| match expr.ir().op {
        Op::Field(field) => Some(field),
        _ => None,
    };
    let same = |(other, other_form): &(Expr, ValueForm)| {
        field(other).is_some() && field(other) == field(&of) && *other_form == form
    };
    retained.iter().position(same).unwrap_or_else(|| {
        retained.push((of, form));
        retained.len() - 1
    })
}

impl<'a> Loader<'a> {
    /// The steps as `message` and `raise` can name them; none if the rule has no sequence.
    pub(super) fn steps_of_message(&self) -> Vec<NamedStep> {
        let steps = self.body.get("sequence").and_then(|of| of.get("steps")).map(Node::items);
        named_in(steps.unwrap_or(&[]), In::Message)
    }

    /// Rewrites an expression of `message` or `raise` that names steps to read the values that are
    /// retained from them.
    pub(super) fn of_steps(&mut self, written: Expr, built: &mut Option<Built>) -> Expr {
        let Some(Built { construct: Construct::Sequence(sequence), steps }) = built else {
            return written;
        };
        if !written.names_steps() {
            return written;
        }
        let last = steps.iter().rposition(|step| !step.absent).unwrap_or_default();
        let is_message = !matches!(written.ty(), Type::Bool);
        let mut mixed = None;
        let of_values = written.over_values(&mut |Part { step, expr, whole }| {
            let number = matches!(
                expr.ty(),
                Type::Bool | Type::Int | Type::Time | Type::Duration | Type::Missing
            );
            if is_message && !whole && !number {
                mixed.get_or_insert(expr.span());
            }
            let form = if is_message && whole { ValueForm::Text } else { ValueForm::Whole };
            let name = self.sources.text(expr.span()).trim().to_owned();
            let step = step.unwrap_or(last);
            let Some(of_step) = steps.get_mut(step) else { return usize::MAX };
            let read = StepValue { step, value: retain(&mut of_step.retained, expr.clone(), form) };
            sequence.shown.iter().position(|other| *other == read).unwrap_or_else(|| {
                sequence.measures.push(Measure::new(&name, MeasureKind::Step, expr));
                sequence.shown.push(read);
                sequence.shown.len() - 1
            })
        });
        if let Some(at) = mixed {
            let message = "a placeholder of `message` shows text of one step";
            self.diagnostics.push(
                Diagnostic::error(&codes::STEPS, message)
                    .at(at, "the placeholder reads several steps")
                    .help("use a separate `${…}` for each step"),
            );
        }
        let _ = self.reads_no_report(&of_values);
        of_values
    }

    /// Reports a look-up in the credential reports by values of several steps, because a look-up
    /// belongs to a single record.
    pub(super) fn reads_no_report(&mut self, of_values: &Expr) -> Option<()> {
        let mut report = None;
        of_values.ir().walk(&mut |node| {
            if matches!(node.op, Op::Report(..)) {
                report.get_or_insert(node.span);
            }
        });
        let Some(at) = report else { return Some(()) };
        let message = "a row of a credential report is found by the values of one step";
        self.diagnostics
            .push(Diagnostic::error(&codes::STEPS, message).at(at, "this names several steps"));
        None
    }

    /// A number, as written or from a parameter.
    pub(super) fn number(&mut self, node: &Node, declarations: &Declarations<'_>) -> Option<i64> {
        let text = node.text()?;
        let Some(name) = text.strip_prefix("params.") else {
            if node.int().is_none() {
                let message = format!("`{}` is not a number", escaped(text, 60));
                self.diagnostics.push(
                    Diagnostic::error(&codes::STEPS, message)
                        .at(node.span, "expected one like `5`, or `params.NAME`"),
                );
            }
            return node.int();
        };
        let params = declarations.params;
        let (code, message, help) = match params.and_then(|params| params.get(name)) {
            Some(Param::Value(Value::Int(number))) => return Some(*number),
            Some(Param::Broken) => return None,
            Some(_) => {
                let message = format!("the parameter `{}` is not a number", escaped(name, 60));
                (&codes::PARAM, message, Some("declare it with `type: int`".to_owned()))
            }
            None => {
                let names = params.into_iter().flat_map(|p| p.keys().map(String::as_str));
                let message = format!("the rule has no parameter `{}`", escaped(name, 60));
                (&codes::UNKNOWN_PARAM, message, did_you_mean(name, names))
            }
        };
        self.diagnostics.push(Diagnostic::error(code, message).at(node.span, "").maybe_help(help));
        None
    }
}
