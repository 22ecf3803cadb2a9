//! One allowlist entry, compiled.

use std::sync::Arc;

use super::condition::Condition;
use super::selector::Selector;
use crate::expr::{Bindings, EvalError, Expr};
use crate::record::FieldSet;
use crate::record::field::event;
use crate::source::Span;
use crate::value::{RecordKind, Time};

/// Whether an entry applies at the run clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryState {
    /// It applies.
    InForce,
    /// It applies and ends within 14 days.
    Expiring,
    /// It no longer applies.
    Expired,
}

/// A test of an entry that a match does not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet {
    /// The entry has expired.
    Expired,
    /// None of the values of this selector matches.
    Selector(Selector),
    /// `when` is false, fails, or cannot be evaluated for this kind of record.
    When,
}

/// One allowlist entry. The ledger of a report lists every entry with what it covered.
#[derive(Debug, Clone)]
pub struct AllowlistEntry {
    /// Its id, unique in the policy.
    pub id: String,
    /// Where the id was written.
    pub span: Span,
    /// Why the exception is accepted.
    pub reason: String,
    /// Who is responsible for the entry.
    pub owner: String,
    /// The ticket in which the exception was agreed.
    pub ticket: Option<String>,
    /// The first instant at which it no longer applies; `None` for `never`.
    pub ends: Option<Time>,
    /// The last valid day as written, or `never`.
    pub expires: String,
    /// Where the last valid day was written.
    pub expires_span: Span,
    /// Indices of the rules that it names and can cover, ascending.
    pub rules: Arc<[usize]>,
    /// The extra condition, compiled for each record kind that has its fields.
    pub when: Vec<(RecordKind, Expr)>,
    /// Where `when` was written.
    pub when_span: Option<Span>,
    /// The names of rules that match no rule, if entries are audited; otherwise they are errors.
    pub unknown_rules: Vec<(String, Span)>,
    /// Whether it covers every call, or names every rule, if entries are audited.
    pub covers_everything: bool,
    /// Whether no record of its rules has the fields that it selects by, if entries are audited.
    pub inapplicable: bool,
    pub(super) conditions: Box<[Condition]>,
    /// Where each of them was written.
    pub(super) places: Box<[Span]>,
}

impl AllowlistEntry {
    /// Whether it applies at the run clock.
    pub fn state(&self, clock: Time) -> EntryState {
        const ANNOUNCED: i64 = 14 * crate::value::Duration::DAY;
        match self.ends {
            Some(ends) if clock >= ends => EntryState::Expired,
            Some(ends) if ends.0.saturating_sub(clock.0) <= ANNOUNCED => EntryState::Expiring,
            _ => EntryState::InForce,
        }
    }

    /// The selectors that the entry uses.
    pub fn selectors(&self) -> impl Iterator<Item = Selector> + '_ {
        self.conditions.iter().map(Condition::selector)
    }

    /// Where each selector with its values was written.
    pub fn selector_places(&self) -> &[Span] {
        &self.places
    }

    /// Where the selectors were written that a match of a rule of this kind meets.
    pub fn met<'e>(
        &'e self,
        kind: RecordKind,
        bindings: &'e Bindings<'_>,
    ) -> impl Iterator<Item = Span> + 'e {
        let selectors = self.conditions.iter().zip(&self.places);
        selectors.filter(move |(of, _)| of.holds(kind, bindings)).map(|(_, place)| *place)
    }

    /// Whether it has the same selectors with the same values.
    pub fn same_selectors(&self, other: &AllowlistEntry) -> bool {
        self.conditions == other.conditions
    }

    /// Whether its only test of the caller is the user agent.
    ///
    /// The caller chooses the agent, so anyone who learns the entry can match it.
    pub fn trusts_agent_alone(&self) -> bool {
        let agent = self.selectors().any(|selector| selector == Selector::Agent)
            || self.when_fields().contains(event::AGENT);
        agent && self.trusts_the_caller()
    }

    /// Whether it has tests, and the caller chooses the values of all of them: the user agent, the
    /// operation, its outcome, the region, the parameters.
    pub fn trusts_the_caller(&self) -> bool {
        let chosen = [event::AGENT, event::METHOD, event::SERVICE, event::API, event::NAME]
            .into_iter()
            .chain([event::OPERATION, event::REGION, event::OK, event::CODE, event::PROVIDER])
            .chain([event::PARAMS, event::AK_TYPE])
            .collect::<FieldSet>();
        let identifies = |condition: &Condition| match condition {
            // Every key is of one of these types.
            Condition::Ak { keys, .. } => !keys.is_empty(),
            condition => condition.selector().identifies_caller(),
        };
        let tests = !self.conditions.is_empty() || self.when_span.is_some();
        tests
            && !self.conditions.iter().any(identifies)
            && self.when_fields().union(chosen) == chosen
    }

    fn when_fields(&self) -> FieldSet {
        self.when.iter().fold(FieldSet::EMPTY, |fields, (_, when)| fields.union(when.fields()))
    }

    /// The fields that are read to test records of a kind.
    pub(super) fn fields(&self, kind: RecordKind) -> FieldSet {
        let selected = self.selectors().flat_map(|selector| selector.fields(kind).iter().copied());
        let when = self.when.iter().filter(|(of, _)| *of == kind);
        when.fold(selected.collect(), |set: FieldSet, (_, when)| set.union(when.fields()))
    }

    /// The tests of the entry that a match of a rule of this kind does not meet; empty if the entry
    /// covers the match.
    pub fn unmet(&self, kind: RecordKind, bindings: &Bindings<'_>, clock: Time) -> Vec<Unmet> {
        let expired = (self.state(clock) == EntryState::Expired).then_some(Unmet::Expired);
        let fails = |condition: &&Condition| !condition.holds(kind, bindings);
        let selectors = self.conditions.iter().filter(fails);
        let selectors = selectors.map(|condition| Unmet::Selector(condition.selector()));
        let when = (!self.when_holds(kind, bindings).unwrap_or(false)).then_some(Unmet::When);
        expired.into_iter().chain(selectors).chain(when).collect()
    }

    /// Whether it covers a match of a rule of this kind; expiry is not checked.
    pub(super) fn covers(
        &self,
        kind: RecordKind,
        bindings: &Bindings<'_>,
    ) -> Result<bool, EvalError> {
        if !self.conditions.iter().all(|condition| condition.holds(kind, bindings)) {
            return Ok(false);
        }
        self.when_holds(kind, bindings)
    }

    fn when_holds(&self, kind: RecordKind, bindings: &Bindings<'_>) -> Result<bool, EvalError> {
        if self.when_span.is_none() {
            return Ok(true);
        }
        // If `when` is not compiled for this kind, it cannot be evaluated, so the entry covers
        // nothing.
        self.when
            .iter()
            .find(|(of, _)| *of == kind)
            .map_or(Ok(false), |(_, when)| when.test(bindings))
    }
}
