//! What is certain about entries without any record.

use std::collections::BTreeMap;

use crate::allow::AllowlistEntry;
use crate::config::Policy;
use crate::decide::{Answer, Condition, Witness, both, implies, never_true};
use crate::expr::Expr;
use crate::rule::Rule;
use crate::value::RecordKind;

/// What is certain about one entry.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Whether no match can meet it.
    pub(super) never: bool,
    /// Whether guards of the project file forbid it to cover any match.
    pub(super) guarded: bool,
    /// The ids of the rules of which it covers every match.
    pub(super) whole_rules: Vec<String>,
    /// The id of an entry that covers everything that it covers, for at least as long.
    pub(super) shadowed_by: Option<String>,
}

/// Decides about entries of one policy.
pub(super) struct Decider<'p> {
    policy: &'p Policy,
    entries: Vec<OwnConditions<'p>>,
}

/// An entry with its conditions.
struct OwnConditions<'p> {
    entry: &'p AllowlistEntry,
    /// The condition of the entry on each kind of record that its rules read.
    of_kind: BTreeMap<RecordKind, Expr>,
    /// What it covers of each step of its rules.
    covered: Vec<Covered<'p>>,
    /// The ids of the rules of which it covers every match.
    whole_rules: Vec<String>,
}

/// What an entry can cover of one step of a rule.
struct Covered<'p> {
    rule: &'p Rule,
    step: &'p Expr,
    /// The condition of the step and that of the entry.
    condition: Expr,
    /// A record that meets it.
    witness: Option<Box<Witness>>,
    /// Whether no record meets it.
    never: bool,
}

impl<'p> Decider<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        let entries = policy.allowlist.entries.iter();
        let entries = entries.map(|entry| {
            let mut of_kind = BTreeMap::new();
            let mut covered = Vec::new();
            for rule in entry.rules.iter().filter_map(|&rule| policy.rules.get(rule)) {
                let Some(condition) = entry.condition(rule.on, policy) else { continue };
                for step in &rule.steps {
                    covered.push(Covered::new(rule, &step.when, &condition));
                }
                of_kind.entry(rule.on).or_insert(condition);
            }
            let whole_rules = whole_rules(&of_kind, &covered);
            OwnConditions { entry, of_kind, covered, whole_rules }
        });
        Self { policy, entries: entries.collect() }
    }

    /// What is certain about the entry with this index.
    pub(super) fn decide(&self, index: usize) -> Decided {
        let Some(own) = self.entries.get(index) else { return Decided::default() };
        let never = own.entry.inapplicable
            || own.covered.iter().all(|of| of.never) && own.entry.unknown_rules.is_empty();
        if never {
            return Decided { never, ..Decided::default() };
        }
        let guarded = !own.covered.is_empty() && own.covered.iter().all(|of| self.is_guarded(of));
        Decided {
            never,
            guarded,
            whole_rules: own.whole_rules.clone(),
            shadowed_by: if guarded { None } else { self.shadow(index, own) },
        }
    }

    fn is_guarded(&self, of: &Covered<'_>) -> bool {
        let guards = &self.policy.allowlist.guards;
        of.never
            || guards.iter().any(|guard| {
                let named = guard.rules.iter().filter_map(|&rule| self.policy.rules.get(rule));
                let names = named.into_iter().any(|rule| std::ptr::eq(rule, of.rule));
                let when = guard.of_kind(of.rule.on).filter(|_| names);
                when.is_some_and(|when| of.implies(when))
            })
    }

    /// Another entry that covers everything that this one covers. Of two entries that cover the same,
    /// the second by id is shadowed.
    fn shadow(&self, index: usize, own: &OwnConditions<'_>) -> Option<String> {
        let outlasts = |other: &AllowlistEntry| match (own.entry.ends, other.ends) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(other)) => other >= own,
        };
        let shadows = |other: &OwnConditions<'_>, own: &OwnConditions<'_>| {
            !own.covered.is_empty()
                && own.entry.rules.iter().all(|rule| other.entry.rules.contains(rule))
                && own.covered.iter().all(|of| {
                    of.never
                        || other.of_kind.get(&of.rule.on).is_some_and(|when| {
                            // The record that the entry covers refutes most candidates.
                            let refuted = of
                                .witness
                                .as_ref()
                                .is_some_and(|witness| when.test(&witness.bindings()) != Ok(true));
                            !refuted && of.implies(when)
                        })
                })
        };
        // A broad entry is reported itself, and must become narrower.
        let broad = |other: &OwnConditions<'_>| {
            other.entry.covers_everything || !other.whole_rules.is_empty()
        };
        let others = self.entries.iter().enumerate();
        let others = others.filter(|(at, other)| *at != index && !broad(other));
        let mut found = others.filter(|(at, other)| {
            outlasts(other.entry)
                && shadows(other, own)
                && (*at < index || other.entry.ends != own.entry.ends || !shadows(own, other))
        });
        found.next().map(|(_, other)| other.entry.id.clone())
    }
}

impl<'p> Covered<'p> {
    fn new(rule: &'p Rule, step: &'p Expr, own: &Expr) -> Self {
        let condition = both(step, own);
        let answer = never_true(&Condition::new(&condition, rule.on));
        let (never, witness) = match answer {
            Answer::Yes => (true, None),
            Answer::No(witness) => (false, Some(witness)),
            Answer::Undecided => (false, None),
        };
        Self { rule, step, condition, witness, never }
    }

    /// Whether another condition holds for everything that the entry covers.
    fn implies(&self, other: &Expr) -> bool {
        let on = self.rule.on;
        let answer = implies(&Condition::new(&self.condition, on), &Condition::new(other, on));
        matches!(answer, Answer::Yes)
    }
}

/// The rules of which an entry with these conditions covers every match.
fn whole_rules(of_kind: &BTreeMap<RecordKind, Expr>, covered: &[Covered<'_>]) -> Vec<String> {
    let mut rules: BTreeMap<&str, bool> = BTreeMap::new();
    for of in covered {
        let own = of_kind.get(&of.rule.on);
        let all = own.is_some_and(|own| {
            let step = Condition::new(of.step, of.rule.on);
            matches!(implies(&step, &Condition::new(own, of.rule.on)), Answer::Yes)
        });
        *rules.entry(of.rule.id.as_str()).or_insert(true) &= all && !of.never;
    }
    rules.into_iter().filter(|(_, all)| *all).map(|(id, _)| id.to_owned()).collect()
}
