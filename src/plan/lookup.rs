//! What the index makes of a rule, for people.

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

/// What a condition is looked up by.
#[derive(Debug, Clone)]
pub enum Lookup<'r> {
    /// Nothing: the condition is tried on every record of its kind. The part that prevents an index
    /// lookup, and the reason as a clause whose subject is that part.
    Always(&'r Ir, &'static str),
    /// One of these fields must show one of so many things.
    By(BTreeMap<FieldId, Amounts>),
}

/// How many things of each kind a field may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Whole values.
    pub values: usize,
    /// Texts that it may begin with.
    pub prefixes: usize,
    /// Texts that may stand in it.
    pub literals: usize,
    /// Ranges of addresses that it may lie in.
    pub ranges: usize,
}

impl<'r> Lookup<'r> {
    /// What each condition of a rule is looked up by, with the step's name or `among`; the only
    /// condition of a rule has no name.
    pub fn of_rule(rule: &'r Rule) -> Vec<(&'r str, Self)> {
        let steps = rule.steps.iter().map(|step| (step.id.as_str(), Self::of(&step.when, rule.on)));
        let mut all: Vec<_> = steps.collect();
        if let Construct::FirstSeen(first_seen) = &rule.construct {
            all.push(("among", Self::of(&first_seen.among, rule.on)));
        }
        all
    }

    /// What a condition of a rule over these records is looked up by.
    fn of(when: &'r Expr, on: RecordKind) -> Self {
        let ir = when.ir();
        let Some(keys) = keys(ir, on) else {
            let (part, what) = unindexed_reason(ir, on);
            return Lookup::Always(part, what);
        };
        let mut fields: BTreeMap<FieldId, Amounts> = BTreeMap::new();
        for key in keys.any_of {
            let amounts = fields.entry(key.field).or_default();
            *match key.shows {
                Shows::Bool(_) | Shows::Int(_) | Shows::Text(Required::Text(_)) => {
                    &mut amounts.values
                }
                Shows::Text(Required::Prefix(_)) => &mut amounts.prefixes,
                Shows::Text(Required::Literal(_)) => &mut amounts.literals,
                Shows::Text(Required::Range(_)) => &mut amounts.ranges,
            } += 1;
        }
        Lookup::By(fields)
    }
}

impl fmt::Display for Lookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = match self {
            Lookup::Always(..) => return f.write_str("nothing, tried on every record"),
            Lookup::By(fields) if fields.is_empty() => return f.write_str("nothing, never true"),
            Lookup::By(fields) => fields,
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
