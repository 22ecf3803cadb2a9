//! Why a test fails: the clause that decided each condition, and the measures of the fullest window.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::matches::Matches;
use super::observer::RecordObserver;
use super::text::{one_line, shown_value};
use crate::diag::Diagnostic;
use crate::expr::ir::{Ir, NodeId, Op};
use crate::expr::{Bindings, EvalError, Expr, Trace};
use crate::finding::{Display, Redactor};
use crate::rule::{Construct, Correlate, MeasureKind, Rule};
use crate::source::{Sources, Span};
use crate::value::{Time, Value};

/// Clauses that are shown of one condition.
const MOST_CLAUSES: usize = 3;

/// The results of a rule's conditions for the records of a test.
pub(super) struct Explanation<'r> {
    rule: &'r Rule,
    records: usize,
    /// By step: the number of records for which it holds, and its nearest record.
    steps: Vec<StepResult>,
    matches: Matches<'r>,
}

#[derive(Default)]
struct StepResult {
    holds: usize,
    nearest: Option<Nearest>,
}

/// The record for which the most clauses of a condition hold.
struct Nearest {
    /// Its number, from 1.
    record: usize,
    satisfied: usize,
    clauses: Vec<Clause>,
}

/// A part of a condition that decided it.
struct Clause {
    span: Span,
    text: String,
}

impl<'r> Explanation<'r> {
    pub(super) fn new(rule: &'r Rule, now: Time) -> Self {
        let steps = rule.steps.iter().map(|_| StepResult::default()).collect();
        Self { rule, records: 0, steps, matches: Matches::new(rule, now) }
    }

    /// The measures of the fullest window of each subject of a rule with measures.
    pub(super) fn windows(&self) -> Vec<Vec<Value<'static>>> {
        self.matches.fullest().into_iter().map(|(_, window)| window.measures).collect()
    }
}

impl RecordObserver for Explanation<'_> {
    fn record(&mut self, bindings: &Bindings<'_>, sources: &Sources) {
        self.records += 1;
        for (result, step) in self.steps.iter_mut().zip(&self.rule.steps) {
            let values = Values::of(&step.when, bindings);
            let holds = values.holds(step.when.ir());
            result.holds += usize::from(holds);
            let mut clauses = Vec::new();
            values.decisive(step.when.ir(), holds, sources, &mut clauses);
            let satisfied = values.satisfied(step.when.ir());
            if result.nearest.as_ref().is_none_or(|nearest| nearest.satisfied < satisfied) {
                result.nearest = Some(Nearest { record: self.records, satisfied, clauses });
            }
            if holds {
                self.matches.add(step, bindings);
            }
        }
    }
}

impl Explanation<'_> {
    /// Adds what decided the result of a test to its diagnostic.
    pub(super) fn add_to(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let single = self.records == 1;
        for (result, step) in self.steps.iter().zip(&self.rule.steps) {
            match &result.nearest {
                None => diagnostic = diagnostic.at(step.when.span(), "by this condition"),
                Some(nearest) if single || result.holds == 0 => {
                    for clause in nearest.clauses.iter().take(MOST_CLAUSES) {
                        let text = match single {
                            true => clause.text.clone(),
                            false => format!("in record {}, {}", nearest.record, clause.text),
                        };
                        diagnostic = diagnostic.at(clause.span, text);
                    }
                }
                Some(_) => {
                    let text = format!("true for {} of {} records", result.holds, self.records);
                    diagnostic = diagnostic.at(step.when.span(), text);
                }
            }
        }
        match &self.rule.construct {
            Construct::Correlate(correlate) => self.add_window(correlate, diagnostic),
            Construct::Sequence(sequence) if self.steps.iter().all(|step| step.holds > 0) => {
                let within =
                    sequence.within.map_or(String::new(), |within| format!(" within {within}"));
                let steps = &self.rule.steps;
                let related = match steps.iter().any(|step| step.relation.is_some()) {
                    true => ", and with each `where` true",
                    false => "",
                };
                let records = match steps.iter().any(|step| step.count > 1) {
                    true => "each step as many records as its `count`",
                    false => "them",
                };
                diagnostic.help(format!(
                    "every step has a record; a finding requires {records} in this order{within}, with equal values of `by`{related}"
                ))
            }
            _ => diagnostic,
        }
    }

    /// Adds the measures of the fullest window of the subject with the most matches.
    fn add_window(&self, correlate: &Correlate, diagnostic: Diagnostic) -> Diagnostic {
        let Some((matches, window)) = self.matches.most() else { return diagnostic };
        // A test shows the values that it writes itself.
        let display = Display::new(Redactor { show_keys: true }, &correlate.measures);
        let values = correlate.measures.iter().zip(&window.measures);
        let values: Vec<String> = values
            .map(|(measure, value)| {
                let value = match measure.kind {
                    MeasureKind::Values => {
                        display.measure(measure, value).map(|of| one_line(&of, 60))
                    }
                    _ => None,
                }
                .unwrap_or_else(|| shown_value(value));
                format!("{} = {value}", measure.name)
            })
            .collect();
        let over = match correlate.within {
            Some(within) => format!(
                "in the fullest window of {within}, with {} of {} matches of one subject",
                window.matches, matches
            ),
            None => format!("over all {} matches of one subject", matches),
        };
        diagnostic
            .at(correlate.having.span(), format!("{}: {} {over}", window.holds, values.join(", ")))
    }
}

/// The values of the nodes of a condition for one record.
struct Values {
    of: RefCell<BTreeMap<NodeId, Traced>>,
}

struct Traced {
    text: String,
    truth: Option<bool>,
}

impl Trace for Values {
    fn node(&self, id: NodeId, outcome: Result<&Value<'_>, &EvalError>) {
        let traced = match outcome {
            Ok(value) => Traced { text: shown_value(value), truth: value.as_bool() },
            Err(error) => Traced { text: one_line(&error.message, 60), truth: None },
        };
        // The body of a closure is reported for each item; the first is shown.
        self.of.borrow_mut().entry(id).or_insert(traced);
    }
}

impl Values {
    fn of(condition: &Expr, bindings: &Bindings<'_>) -> Self {
        let values = Values { of: RefCell::new(BTreeMap::new()) };
        // A failed evaluation is reported with the result of the test.
        let _ = condition.trace(bindings, &values);
        values
    }

    fn holds(&self, node: &Ir) -> bool {
        self.truth(node) == Some(true)
    }

    fn truth(&self, node: &Ir) -> Option<bool> {
        match &node.op {
            Op::Const(value) => value.as_bool(),
            _ => self.of.borrow().get(&node.id).and_then(|traced| traced.truth),
        }
    }

    /// The number of clauses before the one that decides.
    fn satisfied(&self, node: &Ir) -> usize {
        match &node.op {
            Op::And(parts) | Op::Or(parts) => parts.iter().map(|part| self.satisfied(part)).sum(),
            _ => usize::from(self.holds(node)),
        }
    }

    /// Collects the clauses that make a condition true or false.
    fn decisive(&self, node: &Ir, holds: bool, sources: &Sources, out: &mut Vec<Clause>) {
        match &node.op {
            Op::And(parts) if !holds => {
                let first = parts.iter().find(|part| !self.holds(part));
                first.into_iter().for_each(|part| self.decisive(part, false, sources, out));
            }
            Op::Or(parts) if holds => {
                let first = parts.iter().find(|part| self.holds(part));
                first.into_iter().for_each(|part| self.decisive(part, true, sources, out));
            }
            Op::And(parts) | Op::Or(parts) => {
                parts.iter().for_each(|part| self.decisive(part, holds, sources, out));
            }
            Op::Not(part) => self.decisive(part, !holds, sources, out),
            Op::If(parts) => {
                let taken = if self.holds(&parts.0) { Some(&parts.1) } else { parts.2.as_ref() };
                match taken {
                    Some(taken) => self.decisive(taken, holds, sources, out),
                    None => out.push(self.clause(&parts.0, holds, sources)),
                }
            }
            Op::Switch(switch) => {
                let taken = switch.arms.iter().map(|(_, body)| body);
                let taken = taken.filter(|body| self.of.borrow().contains_key(&body.id)).last();
                match taken {
                    Some(taken) => self.decisive(taken, holds, sources, out),
                    None => out.push(self.clause(&switch.subject, holds, sources)),
                }
            }
            _ => out.push(self.clause(node, holds, sources)),
        }
    }

    fn clause(&self, node: &Ir, holds: bool, sources: &Sources) -> Clause {
        let of = self.of.borrow();
        let written = |part: &Ir| {
            let text = sources
                .file(part.span.file)
                .text
                .get(part.span.start as usize..part.span.end as usize);
            one_line(text.unwrap_or_default(), 60)
        };
        let read = match &node.op {
            // The values of a closure differ from item to item.
            Op::Each(_, list, _) => vec![&**list],
            _ => node.children(),
        };
        let values: Vec<String> = read
            .into_iter()
            .filter(|part| part.constant().is_none())
            .filter_map(|part| Some(format!("`{}` is {}", written(part), of.get(&part.id)?.text)))
            .collect();
        let text = match values.is_empty() {
            true => holds.to_string(),
            false => format!("{holds}: {}", values.join(", ")),
        };
        Clause { span: node.span, text }
    }
}
