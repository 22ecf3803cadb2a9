//! The changes of a rule.

use super::expr_changes::{Changed, changes};
use crate::expr::Expr;
use crate::rule::{Construct, MeasureKind, Rule};
use crate::source::Span;
use crate::value::Duration;
use crate::yaml::Node;

/// A rule with one change.
pub(super) struct RuleChange {
    /// Identifies the change in every variant of the rule.
    pub(super) key: String,
    /// The place of the change.
    pub(super) span: Span,
    /// What was changed, as a clause.
    pub(super) what: String,
    /// Whether it removes one value of a list or set.
    pub(super) removes_value: bool,
    /// Where the changed expression is.
    pub(super) site: Site,
    /// Whether the changed condition has the same constant result as before.
    pub(super) constant: bool,
    pub(super) rule: Rule,
}

/// Where a changed expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// In the condition of this step.
    Step(usize),
    /// In the condition of this `raise`.
    Raise(usize),
    /// In `having`.
    Having,
    /// Anywhere else.
    Other,
}

/// Every change of a rule; `body` is the mapping below `rule` of its file.
pub(super) fn rule_changes(rule: &Rule, body: &Node) -> Vec<RuleChange> {
    // The tests of a rule are most of it, and a mutant needs none.
    let rule = Rule { tests: Vec::new(), ..rule.clone() };
    let mut all = All { rule: &rule, body, found: Vec::new() };
    all.conditions();
    all.subject();
    all.raise();
    all.construct();
    all.found
}

struct All<'r> {
    rule: &'r Rule,
    body: &'r Node,
    found: Vec<RuleChange>,
}

impl All<'_> {
    fn push(&mut self, site: &str, key: &str, span: Span, what: impl Into<String>, rule: Rule) {
        let (what, (removes_value, constant)) = (what.into(), (false, false));
        let key = self.unique(site, key, span);
        let site = Site::Other;
        self.found.push(RuleChange { key, span, what, removes_value, constant, site, rule });
    }

    /// A key that no other change has.
    fn unique(&self, site: &str, key: &str, span: Span) -> String {
        let key = format!("{site} {} {}-{} {key}", span.file.0, span.start, span.end);
        // The same text can be in one expression twice, by a definition.
        let count = self.found.iter().filter(|other| other.key.split('#').next() == Some(&key));
        format!("{key}#{}", count.count())
    }

    /// Adds the changes of one expression.
    fn expr(&mut self, (site, at): (&str, Site), expr: &Expr, put: &dyn Fn(&mut Rule, Expr)) {
        for changed in changes(expr, self.rule.id_span.file) {
            let Changed { span, what, key, removes_value, expr: changed } = changed;
            let key = self.unique(site, &key, span);
            let constant = expr.constant().is_some() && expr.constant() == changed.constant();
            let mut rule = self.rule.clone();
            put(&mut rule, changed);
            let site = at;
            self.found.push(RuleChange { key, span, what, removes_value, constant, site, rule });
        }
    }

    /// Where a key of the construct is written.
    fn at(&self, construct: &str, key: &str) -> Span {
        let node = self.body.get(construct);
        let node = node.and_then(|node| node.get(key)).or(node);
        node.map_or(self.rule.id_span, |node| node.span)
    }

    fn conditions(&mut self) {
        let rule = self.rule;
        for (number, step) in rule.steps.iter().enumerate() {
            self.expr(
                (&format!("step {number}"), Site::Step(number)),
                &step.when,
                &|rule, expr| {
                    rule.steps[number].when = expr;
                },
            );
            if let Some(relation) = &step.relation {
                self.expr(
                    (&format!("where {number}"), Site::Other),
                    &relation.condition,
                    &|rule, expr| {
                        if let Some(relation) = &mut rule.steps[number].relation {
                            relation.condition = expr;
                        }
                    },
                );
            }
        }
    }

    /// Drops each value of `by`.
    fn subject(&mut self) {
        let rule = self.rule;
        let Some(first) = rule.steps.first() else { return };
        // The default subject is not written in the rule.
        let count = first.by.len();
        if self.body.get("by").is_none() && rule.steps.len() == 1 {
            return;
        }
        for (number, (text, by)) in first.by.iter().enumerate() {
            let mut changed = rule.clone();
            for step in &mut changed.steps {
                if step.by.len() == count {
                    step.by.remove(number);
                    step.each = match step.each {
                        Some(each) if each == number => None,
                        Some(each) if each > number => Some(each - 1),
                        each => each,
                    };
                }
            }
            self.push("by", "drop", by.span(), format!("`{text}` was dropped from `by`"), changed);
        }
    }

    fn raise(&mut self) {
        let rule = self.rule;
        for (number, raise) in rule.raise.iter().enumerate() {
            let site = format!("raise {number}");
            let mut dropped = rule.clone();
            dropped.raise.remove(number);
            let to = raise.to.name();
            self.push(
                &site,
                "drop",
                raise.when.span(),
                format!("the `raise` to {to} was dropped"),
                dropped,
            );
            self.expr((&site, Site::Raise(number)), &raise.when, &|rule, expr| {
                rule.raise[number].when = expr
            });
        }
    }

    fn construct(&mut self) {
        let rule = self.rule;
        match &rule.construct {
            Construct::Plain => {}
            Construct::Correlate(correlate) => {
                self.expr(("having", Site::Having), &correlate.having, &|rule, expr| {
                    if let Construct::Correlate(correlate) = &mut rule.construct {
                        correlate.having = expr;
                    }
                });
                for (number, measure) in correlate.measures.iter().enumerate() {
                    if measure.kind != MeasureKind::Count {
                        continue;
                    }
                    let site = format!("measure {number}");
                    self.expr((&site, Site::Other), &measure.operand, &|rule, expr| {
                        if let Construct::Correlate(correlate) = &mut rule.construct {
                            correlate.measures[number].operand = expr;
                        }
                    });
                }
                let at = self.at("correlate", "within");
                self.lengths("within", at, correlate.within, &|rule, length| {
                    if let Construct::Correlate(correlate) = &mut rule.construct {
                        correlate.within = Some(length);
                    }
                });
            }
            Construct::Sequence(sequence) => {
                let at = self.at("sequence", "within");
                self.lengths("within", at, sequence.within, &|rule, length| {
                    if let Construct::Sequence(sequence) = &mut rule.construct {
                        sequence.within = Some(length);
                    }
                });
                self.steps(&sequence.shown.iter().map(|shown| shown.step).collect::<Vec<_>>());
            }
            Construct::FirstSeen(first_seen) => {
                self.expr(("among", Site::Other), &first_seen.among, &|rule, expr| {
                    if let Construct::FirstSeen(first_seen) = &mut rule.construct {
                        first_seen.among = expr;
                    }
                });
                let at = self.at("first_seen", "history");
                self.lengths("history", at, Some(first_seen.history), &|rule, length| {
                    if let Construct::FirstSeen(first_seen) = &mut rule.construct {
                        first_seen.history = length;
                    }
                });
            }
            Construct::AfterSilence(silence) => {
                let at = self.at("after_silence", "for");
                self.lengths("for", at, Some(silence.length), &|rule, length| {
                    if let Construct::AfterSilence(silence) = &mut rule.construct {
                        silence.length = length;
                    }
                });
            }
        }
    }

    /// A window twice and half as long.
    fn lengths(
        &mut self,
        site: &str,
        at: Span,
        length: Option<Duration>,
        put: &dyn Fn(&mut Rule, Duration),
    ) {
        let Some(length) = length else { return };
        let others = [(length.0.checked_mul(2), "double"), (Some(length.0 / 2), "half")];
        for (other, key) in others {
            let Some(other) = other.map(Duration) else { continue };
            let mut rule = self.rule.clone();
            put(&mut rule, other);
            self.push(site, key, at, format!("{length} became {other}"), rule);
        }
    }

    /// Steps swapped, counts moved by one, absent steps dropped; `shown` are the steps whose values
    /// the message names.
    fn steps(&mut self, shown: &[usize]) {
        let rule = self.rule;
        let related = rule.steps.iter().any(|step| step.relation.is_some());
        for (number, step) in rule.steps.iter().enumerate() {
            let at = step.when.span();
            for (count, key) in [(step.count + 1, "count+"), (step.count - 1, "count-")] {
                if count == 0 || step.absent || (step.count == 1 && self.count_is_implied(number)) {
                    continue;
                }
                let mut changed = rule.clone();
                changed.steps[number].count = count;
                let what = format!("the `count` {} became {count}", step.count);
                self.push(&format!("step {number}"), key, at, what, changed);
            }
            if related || !shown.is_empty() {
                continue;
            }
            if step.absent {
                let mut changed = rule.clone();
                changed.steps.remove(number);
                let what = format!("the absent step `{}` was dropped", step.id);
                self.push("steps", "absent", at, what, changed);
            }
            if let Some(next) = rule.steps.get(number + 1) {
                let mut changed = rule.clone();
                changed.steps.swap(number, number + 1);
                let what = format!("the steps `{}` and `{}` were swapped", step.id, next.id);
                self.push("steps", "swap", at, what, changed);
            }
        }
    }

    /// Whether a step has no `count`, so that the number 1 is not written.
    fn count_is_implied(&self, number: usize) -> bool {
        let steps = self.body.get("sequence").and_then(|node| node.get("steps"));
        let step = steps.and_then(|steps| steps.items().get(number));
        step.is_none_or(|step| step.get("count").is_none())
    }
}
