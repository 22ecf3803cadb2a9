//! Explains how the index looks up a rule.

use std::collections::BTreeMap;
use std::fmt;

use super::field_value::Shows;
use super::key::keys;
use super::unindexed::unindexed_reason;
use crate::expr::ir::Ir;
use crate::expr::{Expr, Required};
use crate::record::FieldId;
use crate::rule::{Construct, Rule};
use crate::value::RecordKind;

/// How a condition is looked up.
#[derive(Debug, Clone)]
pub enum ConditionLookup<'r> {
    /// It is not indexed: the condition is evaluated on every record of its kind. Contains the part
    /// that prevents an index lookup, and the reason as a clause whose subject is that part.
    Always(&'r Ir, &'static str),
    /// One of these fields must meet one of its requirements; contains the number of requirements
    /// on each field.
    By(BTreeMap<FieldId, Amounts>),
}

/// The number of requirements of each kind on a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Exact values.
    pub values: usize,
    /// Prefixes.
    pub prefixes: usize,
    /// Texts that it may contain.
    pub literals: usize,
    /// Address ranges that may contain it.
    pub ranges: usize,
}

impl<'r> ConditionLookup<'r> {
    /// How each condition of a rule is looked up, with the id of its step or `among`. The id is
    /// empty if the rule has no `sequence`.
    pub fn of_rule(rule: &'r Rule) -> Vec<(&'r str, Self)> {
        let steps = rule.steps.iter().map(|step| (step.id.as_str(), Self::of(&step.when, rule.on)));
        let mut all: Vec<_> = steps.collect();
        if let Construct::FirstSeen(first_seen) = &rule.construct {
            all.push(("among", Self::of(&first_seen.among, rule.on)));
        }
        all
    }

    /// How a condition over records of this kind is looked up.
    fn of(when: &'r Expr, on: RecordKind) -> Self {
        let ir = when.ir();
        let Some(keys) = keys(ir, on) else {
            let (part, what) = unindexed_reason(ir, on);
            return ConditionLookup::Always(part, what);
        };
        let mut fields: BTreeMap<FieldId, Amounts> = BTreeMap::new();
        for key in keys.any_of {
            // It accompanies the literals of a text whose case is changed.
            if key.shows == Shows::NonAscii {
                continue;
            }
            let amounts = fields.entry(key.field).or_default();
            *match key.shows {
                Shows::Bool(_) | Shows::Int(_) | Shows::Text(Required::Text(_)) => {
                    &mut amounts.values
                }
                Shows::Text(Required::Prefix(_)) => &mut amounts.prefixes,
                Shows::Text(Required::Literal(_)) => &mut amounts.literals,
                Shows::Text(Required::Range(_)) | Shows::NonAscii => &mut amounts.ranges,
            } += 1;
        }
        ConditionLookup::By(fields)
    }
}

impl fmt::Display for ConditionLookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = match self {
            ConditionLookup::Always(..) => return f.write_str("nothing, tried on every record"),
            ConditionLookup::By(fields) if fields.is_empty() => {
                return f.write_str("nothing, never true");
            }
            ConditionLookup::By(fields) => fields,
        };
        let parts =
            fields.iter().map(|(field, amounts)| format!("{} ({amounts})", field.field().path()));
        f.write_str(&parts.collect::<Vec<_>>().join(" or "))
    }
}

impl fmt::Display for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = |n: usize, one: &str, many: &str| {
            (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { many }))
        };
        let amounts = [
            amount(self.values, "value", "values"),
            amount(self.prefixes, "prefix", "prefixes"),
            amount(self.literals, "literal", "literals"),
            amount(self.ranges, "range", "ranges"),
        ];
        f.write_str(&amounts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}
