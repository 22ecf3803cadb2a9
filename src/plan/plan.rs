//! The plan: which fields a run reads, and which rules are candidates for a record.

use std::collections::BTreeMap;

use super::candidates::Candidates;
use super::enrich::Enrichment;
use super::index::Index;
use super::owner_lookup::{OwnerSubject, owner_fields, owner_subjects};
use crate::allow::Allowlist;
use crate::expr::{Env, Expr};
use crate::record::field::{cred, event, key};
use crate::record::{FieldId, FieldSet, Record};
use crate::rule::{Construct, FirstSeen, Rule, Step};
use crate::value::RecordKind;

/// The compiled rule set of a run.
#[derive(Debug)]
pub struct Plan<'p> {
    /// The rules in the order of their ids. A rule is referred to by its index here.
    pub rules: &'p [Rule],
    /// The allowlist.
    pub allowlist: &'p Allowlist,
    /// The conditions to evaluate: the steps of every rule, in the order of the rules.
    pub conditions: Vec<Condition<'p>>,
    /// Adds fields from the tables of the policy to records.
    pub enrichment: Enrichment,
    /// Whether an expression looks up rows of the credential reports.
    pub looks_up: bool,
    /// Whether a rule requires the reach of the events of an account.
    pub needs_reach: bool,
    /// The steps whose subject can be the owner of a key, by rule and step.
    pub owner_subjects: BTreeMap<(u32, u8), OwnerSubject>,
    index: [Index; 3],
    condition_fields: FieldSet,
    evidence_fields: FieldSet,
    joined_fields: FieldSet,
}

/// One condition that is evaluated on records.
#[derive(Debug, Clone, Copy)]
pub struct Condition<'p> {
    /// The index of the rule.
    pub rule: u32,
    /// The step of the rule.
    pub step: u8,
    /// The role of the condition in its rule.
    pub role: Role,
    /// The condition.
    pub when: &'p Expr,
    /// Whether its rule joins the event's key or user from the credential reports.
    pub joined: bool,
}

/// The role of a condition in its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A record that meets it is a match.
    Step,
    /// A record that meets it is an observation: its values are not new afterwards.
    Among,
    /// A record that meets it may end a silence: it is a match if no earlier record is too near.
    AfterSilence,
}

impl<'p> Plan<'p> {
    /// The plan of these rules and this allowlist, with the tables of `env`.
    pub fn new(rules: &'p [Rule], allowlist: &'p Allowlist, env: &dyn Env) -> Self {
        Self::build(rules, allowlist, env, true)
    }

    /// The plan that evaluates every rule on every record: the reference that [`Plan::new`] is
    /// tested against.
    #[doc(hidden)]
    pub fn exhaustive(rules: &'p [Rule], allowlist: &'p Allowlist, env: &dyn Env) -> Self {
        Self::build(rules, allowlist, env, false)
    }

    fn build(rules: &'p [Rule], allowlist: &'p Allowlist, env: &dyn Env, indexed: bool) -> Self {
        let of_rules: Vec<(FieldSet, FieldSet)> =
            (0..).zip(rules).map(|(index, rule)| fields(index, rule, allowlist)).collect();
        let joined: Vec<FieldSet> = rules
            .iter()
            .zip(&of_rules)
            .map(|(rule, (conditions, evidence))| joined(rule, conditions.union(*evidence)))
            .collect();
        let conditions: Vec<Condition<'p>> = (0u32..)
            .zip(rules)
            .flat_map(|(rule, definition)| {
                let joined = !joined[rule as usize].is_empty();
                let role = match &definition.construct {
                    Construct::AfterSilence(_) => Role::AfterSilence,
                    _ => Role::Step,
                };
                let step = move |(step, of): (u8, &'p Step)| Condition {
                    rule,
                    step,
                    role,
                    when: &of.when,
                    joined,
                };
                let among = first_seen(definition).map(move |first_seen| {
                    let when = &first_seen.among;
                    Condition { rule, step: 0, role: Role::Among, when, joined }
                });
                (0u8..).zip(&definition.steps).map(step).chain(among)
            })
            .collect();
        let index = RecordKind::ALL.map(|kind| {
            let of_kind = (0u32..).zip(&conditions);
            let of_kind = of_kind.filter(|(_, c)| rules[c.rule as usize].on == kind);
            let count = conditions.len();
            if indexed {
                Index::new(of_kind.map(|(number, c)| (number, c.when.ir())), kind, count)
            } else {
                Index::exhaustive(of_kind.map(|(number, _)| number), count)
            }
        });
        let sum =
            |start, sets: &mut dyn Iterator<Item = FieldSet>| sets.fold(start, FieldSet::union);
        let reported = sum(FieldSet::EMPTY, &mut expressions(rules, allowlist).map(Expr::reported));
        let joined_fields = sum(reported, &mut joined.into_iter());
        let join = if joined_fields.is_empty() { FieldSet::EMPTY } else { join_fields() };
        let needs_reach = rules.iter().any(needs_reach);
        let reach = if needs_reach { reach_fields() } else { FieldSet::EMPTY };
        let rows = (0..).zip(rules).filter(|(_, rule)| rule.correlates());
        let rows =
            sum(FieldSet::EMPTY, &mut rows.map(|(index, rule)| row_fields(index, rule, allowlist)));
        let owner_subjects = owner_subjects(rules);
        let owners = if owner_subjects.is_empty() { FieldSet::EMPTY } else { owner_fields() };
        let condition_fields = sum(
            confirmed_user_fields().union(join).union(reach).union(rows).union(owners),
            &mut of_rules.iter().map(|(conditions, _)| *conditions),
        );
        let evidence_fields = sum(always(), &mut of_rules.iter().map(|(_, evidence)| *evidence));
        let needed = condition_fields.union(evidence_fields).union(joined_fields);
        Self {
            rules,
            allowlist,
            conditions,
            enrichment: Enrichment::new(env, needed),
            looks_up: !reported.is_empty(),
            needs_reach,
            owner_subjects,
            index,
            condition_fields,
            evidence_fields,
            joined_fields,
        }
    }

    /// The plan that records the reach of the events of every account, whether or not a rule
    /// requires it.
    #[must_use]
    pub fn noting_reach(mut self) -> Self {
        self.needs_reach = true;
        self.condition_fields = self.condition_fields.union(reach_fields());
        self
    }

    /// The fields that conditions require, and those that the rows of correlation rules contain; read
    /// from every record. A log matches correlation rules so often that a second projection for
    /// these rows costs more than their fields.
    pub fn condition_fields(&self) -> FieldSet {
        self.condition_fields
    }

    /// The fields that findings require; read from records that match.
    pub fn evidence_fields(&self) -> FieldSet {
        self.evidence_fields
    }

    /// The fields of creds and keys that rules over events read; empty if no rule does.
    pub fn joined_fields(&self) -> FieldSet {
        self.joined_fields
    }

    /// Whether a rule joins the event's key or user from the credential reports.
    pub fn joins(&self, rule: u32) -> bool {
        let first = self.conditions.partition_point(|condition| condition.rule < rule);
        self.conditions.get(first).is_some_and(|condition| condition.joined)
    }

    /// Fills `candidates` with every condition that the record may meet; every other condition
    /// would be false.
    pub fn candidates(&self, record: &Record<'_>, candidates: &mut Candidates) {
        self.index[record.kind as usize].candidates(record, candidates);
    }
}

/// The fields that evaluating a match of a rule requires, and the further fields that its finding
/// requires.
fn fields(index: usize, rule: &Rule, allowlist: &Allowlist) -> (FieldSet, FieldSet) {
    let all =
        |sets: &mut dyn Iterator<Item = FieldSet>| sets.fold(FieldSet::EMPTY, FieldSet::union);
    let by = all(&mut rule.steps.iter().flat_map(|step| &step.by).map(|(_, by)| by.fields()));
    let measured = all(&mut rule.measured().map(Expr::fields));
    let raise = all(&mut rule.raise.iter().map(|raise| raise.when.fields()));
    let evidence = [by, measured, raise, allowlist.fields(index), rule.message.fields()];
    // Observations are recorded without reading the record a second time.
    let among = first_seen(rule).map_or(FieldSet::EMPTY, |first_seen| {
        first_seen.among.fields().union(by).union(measured).union(reach_fields())
    });
    let uses = match &rule.construct {
        Construct::AfterSilence(_) => by.union(reach_fields()),
        _ => FieldSet::EMPTY,
    };
    (rule.condition_fields().union(among).union(uses), all(&mut evidence.into_iter()))
}

/// The fields that a row of a correlation rule is built from. The record itself is read again if a
/// finding shows it.
fn row_fields(index: usize, rule: &Rule, allowlist: &Allowlist) -> FieldSet {
    let by = rule.steps.iter().flat_map(|step| &step.by).map(|(_, by)| by.fields());
    let measured = rule.measured().map(Expr::fields);
    let raise = rule.raise.iter().map(|raise| raise.when.fields());
    let values = by.chain(measured).chain(raise).chain([allowlist.fields(index)]);
    let of_rule = values.fold(FieldSet::EMPTY, FieldSet::union);
    let every = [
        event::PROVIDER,
        event::ID,
        event::TIME,
        event::ACCOUNT,
        event::AK,
        event::SOURCE,
        event::METHOD,
        event::SERVICE,
        event::API,
        event::USER,
        event::USER_TYPE,
        event::CALLER_ACCOUNT,
        event::LOCATION,
        event::OK,
        event::KIND,
        event::RAW,
    ];
    of_rule.union(every.into_iter().collect())
}

/// Every expression that a run evaluates over a record.
fn expressions<'p>(rules: &'p [Rule], allowlist: &'p Allowlist) -> impl Iterator<Item = &'p Expr> {
    let of_rule = |rule: &'p Rule| {
        let steps = rule
            .steps
            .iter()
            .flat_map(|step| [&step.when].into_iter().chain(step.by.iter().map(|(_, by)| by)));
        let raise = rule.raise.iter().map(|raise| &raise.when);
        let among = first_seen(rule).map(|first_seen| &first_seen.among);
        steps.chain(raise).chain(among).chain(rule.measured()).chain([&rule.message])
    };
    let entries = allowlist.entries.iter().flat_map(|entry| &entry.when).map(|(_, when)| when);
    let guards = allowlist.guards.iter().flat_map(|guard| &guard.when).map(|(_, when)| when);
    rules.iter().flat_map(of_rule).chain(entries).chain(guards)
}

fn first_seen(rule: &Rule) -> Option<&FirstSeen> {
    match &rule.construct {
        Construct::FirstSeen(first_seen) => Some(first_seen),
        _ => None,
    }
}

/// Whether the findings of a rule, or their certainty, depend on the reach of the input.
pub(crate) fn needs_reach(rule: &Rule) -> bool {
    let absent = |step: Option<&Step>| step.is_some_and(|step| step.absent);
    match &rule.construct {
        Construct::FirstSeen(_) => true,
        Construct::Sequence(sequence) => {
            sequence.within.is_some() && (absent(rule.steps.first()) || absent(rule.steps.last()))
        }
        // A log that is shorter than the silence cannot show it.
        Construct::AfterSilence(_) => true,
        Construct::Plain | Construct::Correlate(_) => false,
    }
}

/// The fields that determine the reach of an account: its provider and name, and the time.
fn reach_fields() -> FieldSet {
    [event::PROVIDER, event::ACCOUNT, event::TIME].into_iter().collect()
}

/// The subset of these fields that a rule over events reads from the credential reports.
fn joined(rule: &Rule, fields: FieldSet) -> FieldSet {
    let elsewhere = |field: &FieldId| rule.on == RecordKind::Event && field.kind() != rule.on;
    fields.iter().filter(elsewhere).collect()
}

/// The fields that identify the key and the user of an event, and those that any record uses to
/// look up report rows.
pub fn join_fields() -> FieldSet {
    [
        event::PROVIDER,
        event::TIME,
        event::ACCOUNT,
        event::CALLER_ACCOUNT,
        event::AK,
        event::USER_TYPE,
        event::USER_ID,
        event::USER,
        cred::PROVIDER,
        cred::ACCOUNT,
    ]
    .into_iter()
    .collect()
}

/// The fields that determine the known users.
fn confirmed_user_fields() -> FieldSet {
    [event::OK, event::USER, cred::USER].into_iter().collect()
}

/// The fields that every finding shows.
fn always() -> FieldSet {
    [
        event::PROVIDER,
        event::ID,
        event::TIME,
        event::ACCOUNT,
        event::REGION,
        event::AK,
        event::IP,
        event::SOURCE,
        event::METHOD,
        event::SERVICE,
        event::API,
        event::KIND,
        event::USER,
        event::USER_TYPE,
        event::CALLER_ACCOUNT,
        event::LOCATION,
        event::OK,
        event::REQUEST_ID,
        event::RAW,
        event::PARAMS,
        cred::PROVIDER,
        cred::ACCOUNT,
        cred::USER,
        cred::USER_TYPE,
        key::SLOT,
        key::ID,
    ]
    .into_iter()
    .collect()
}
