//! Which fields a run reads and which rules a record is tried against.

use super::index::Index;
use crate::allow::Allowlist;
use crate::record::field::{cred, event, key};
use crate::record::{FieldSet, Record};
use crate::rule::Rule;
use crate::value::RecordKind;

/// The compiled rule set of a run.
#[derive(Debug)]
pub struct Plan<'p> {
    /// The rules, in the order of their ids; a rule is named by its index here.
    pub rules: &'p [Rule],
    /// The allowlist.
    pub allowlist: &'p Allowlist,
    index: [Index; 3],
    conditions: FieldSet,
    evidence: FieldSet,
}

/// Rules to try for one record; a buffer that is reused from record to record.
#[derive(Debug, Default)]
pub struct Candidates {
    rules: Vec<u32>,
}

impl Candidates {
    /// Indices of the rules, ascending.
    pub fn rules(&self) -> &[u32] {
        &self.rules
    }
}

impl<'p> Plan<'p> {
    /// The plan of these rules and this allowlist.
    pub fn new(rules: &'p [Rule], allowlist: &'p Allowlist) -> Self {
        let index = RecordKind::ALL.map(|kind| Index::new(rules, kind));
        let mut conditions = FieldSet::EMPTY;
        let mut evidence = always();
        for (index, rule) in rules.iter().enumerate() {
            conditions = conditions.union(rule.when.fields());
            evidence = evidence.union(allowlist.fields(index)).union(rule.message.fields());
            for (_, expr) in &rule.by {
                evidence = evidence.union(expr.fields());
            }
            for raise in &rule.raise {
                evidence = evidence.union(raise.when.fields());
            }
        }
        Self { rules, allowlist, index, conditions, evidence }
    }

    /// The fields that deciding about a record needs; read from every record.
    pub fn condition_fields(&self) -> FieldSet {
        self.conditions
    }

    /// The fields that a finding needs; read from records that match.
    pub fn evidence_fields(&self) -> FieldSet {
        self.evidence
    }

    /// Fills `candidates` with every rule that may match the record; the others would be false.
    pub fn candidates(&self, record: &Record<'_>, candidates: &mut Candidates) {
        self.index[record.kind as usize].candidates(record, &mut candidates.rules);
    }
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
        event::USER,
        event::OK,
        event::REQUEST_ID,
        event::RAW,
        cred::PROVIDER,
        cred::ACCOUNT,
        cred::USER,
        key::SLOT,
        key::ID,
    ]
    .into_iter()
    .collect()
}
