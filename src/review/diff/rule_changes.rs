//! Collects the changes of one rule.

use super::change::{Change, ChangeKind, Effect};
use super::context::{Cause, Context, Data, Places, changed_parameters};
use super::decided::{Difference, Purpose};
use super::version::{Version, changed_lines};
use crate::expr::Expr;
use crate::rule::Rule;
use crate::ruletest;
use crate::source::Span;

/// Collects the changes of a rule.
pub(super) struct RuleChanges<'c, 'p> {
    pub(super) context: &'c Context<'p>,
    pub(super) base: &'c Rule,
    pub(super) head: &'c Rule,
    pub(super) found: Vec<Change>,
}

impl<'c, 'p> RuleChanges<'c, 'p> {
    /// No changes yet.
    pub(super) fn new(context: &'c Context<'p>, base: &'c Rule, head: &'c Rule) -> Self {
        Self { context, base, head, found: Vec::new() }
    }

    /// Adds a change; `message` follows the name of the rule.
    pub(super) fn push(
        &mut self,
        kind: ChangeKind,
        effect: Effect,
        message: &str,
        (base, head): Places,
    ) -> &mut Change {
        let id = &self.head.id;
        let mut rules = vec![id.clone()];
        if self.base.id != *id {
            rules.push(self.base.id.clone());
        }
        let change = Change::new(kind, effect, id, format!("`{id}`: {message}"));
        self.found.push(change.at(base, head).of_rules(rules));
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Adds a change of a condition, if there is one. `what` is its subject in the sentence, and `verb`
    /// and `noun` say what it does to what.
    pub(super) fn condition(
        &mut self,
        kind: ChangeKind,
        (base, head): (&Expr, &Expr),
        purpose: Purpose,
        names: &[&str],
        [what, verb, noun]: [&str; 3],
    ) {
        let fields = base.fields().union(head.fields());
        let of_table = fields.iter().any(|field| self.context.fields.contains(field));
        let mut difference = match Difference::of(base, head, self.head.on) {
            // The same condition reads other values.
            _ if of_table => Difference::UNKNOWN,
            Some(difference) => difference,
            None => return,
        };
        if !of_table && names.is_empty() {
            self.try_tests(&mut difference, base, head);
        }
        let cause = self.context.cause(base, head, Some((self.base, self.head)));
        let effect = difference.effect(purpose);
        let text = difference.predicate(verb, noun);
        let message = format!("{what} {text}{}", cause.clause());
        self.context.led_to(&cause, effect, std::slice::from_ref(&self.head.id));
        self.push(kind, effect, &message, cause.places).record = difference.record(purpose, names);
    }

    /// Decides what is open with the records of the tests of both versions.
    pub(super) fn try_tests(&self, difference: &mut Difference, base: &Expr, head: &Expr) {
        for (rule, version) in [(self.base, &self.context.base), (self.head, &self.context.head)] {
            if difference.is_open() {
                ruletest::each_record(rule, version.policy, &mut |bindings| {
                    difference.try_record(base, head, bindings);
                });
            }
        }
    }

    /// Adds a change of a value that the rule writes below a key, or that a parameter gives.
    pub(super) fn value(&mut self, kind: ChangeKind, effect: Effect, message: &str, path: &[&str]) {
        let cause = self.value_cause(path);
        let message = format!("{message}{}", cause.clause());
        self.context.led_to(&cause, effect, std::slice::from_ref(&self.head.id));
        self.push(kind, effect, &message, cause.places);
    }

    /// Why a value differs: its text, or a parameter that the text names.
    fn value_cause(&self, path: &[&str]) -> Cause {
        let text = |version: &Version<'_>, rule| {
            version.rule_key(rule, path).map(|span| version.text(span).to_owned())
        };
        let before = text(&self.context.base, self.base).unwrap_or_default();
        let after = text(&self.context.head, self.head).unwrap_or_default();
        let named = |name: &String| after.contains(&format!("params.{name}"));
        let data: Vec<Data> = changed_parameters(self.base, self.head)
            .into_iter()
            .filter(|name| before == after && named(name))
            .map(|name| Data::Parameter(self.head.id.clone(), name))
            .collect();
        let places = match data.first() {
            Some(first) => self.context.places(first),
            None => self.key(path),
        };
        Cause { places, data }
    }

    /// The first line that differs of a key of the rule. A key that is not written has the line of the
    /// rule's id.
    pub(super) fn key(&self, path: &[&str]) -> Places {
        let (base, head) = (&self.context.base, &self.context.head);
        let of_base = base.rule_key(self.base, path);
        let of_head = head.rule_key(self.head, path);
        if let (Some(of_base), Some(of_head)) = (of_base, of_head) {
            let (before, after) = changed_lines((base, of_base), (head, of_head));
            return (Some(before), Some(after));
        }
        let of = |version: &Version<'_>, rule: &Rule, key: Option<Span>| {
            Some(version.at(key.unwrap_or(rule.id_span)))
        };
        (of(base, self.base, of_base), of(head, self.head, of_head))
    }
}
