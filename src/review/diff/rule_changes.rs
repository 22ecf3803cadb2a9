//! Collects the changes of one rule.

use super::change::{Change, ChangeKind, Effect};
use super::context::{Context, Places};
use super::decided::{Difference, Purpose};
use super::version::Version;
use crate::expr::Expr;
use crate::rule::Rule;
use crate::ruletest;

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

    /// Where a key of the rule is written, or its id.
    pub(super) fn key(&self, path: &[&str]) -> Places {
        let (base, head) = (&self.context.base, &self.context.head);
        let base_key = base.rule_key(self.base, path);
        let head_key = head.rule_key(self.head, path);
        let of = |version: &Version<'_>, rule: &Rule, key| {
            Some(version.at(Option::unwrap_or(key, rule.id_span)))
        };
        (of(base, self.base, base_key), of(head, self.head, head_key))
    }
}
