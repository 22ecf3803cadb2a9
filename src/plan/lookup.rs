//! What the index makes of a rule, for people.

use std::collections::BTreeMap;
use std::fmt;

use super::key::{Key, keys};
use crate::record::FieldId;
use crate::rule::Rule;

/// What a rule is looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// Nothing: it is tried on every record of its kind.
    Always,
    /// One of these fields must have one of so many values, or begin with one of so many prefixes.
    By(BTreeMap<FieldId, (usize, usize)>),
}

impl Lookup {
    /// What this rule is looked up by.
    pub fn of(rule: &Rule) -> Self {
        let Some(keys) = keys(rule.when.ir(), rule.on) else { return Lookup::Always };
        let mut fields: BTreeMap<FieldId, (usize, usize)> = BTreeMap::new();
        for key in keys.any_of {
            let (values, prefixes) = fields.entry(key.field()).or_default();
            match key {
                Key::Exact(..) => *values += 1,
                Key::Prefix(..) => *prefixes += 1,
            }
        }
        Lookup::By(fields)
    }
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = match self {
            Lookup::Always => return f.write_str("nothing, tried on every record"),
            Lookup::By(fields) if fields.is_empty() => return f.write_str("nothing, never true"),
            Lookup::By(fields) => fields,
        };
        let amount = |n: usize, one: &str, many: &str| {
            (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { many }))
        };
        let parts = fields.iter().map(|(field, &(values, prefixes))| {
            let amounts =
                [amount(values, "value", "values"), amount(prefixes, "prefix", "prefixes")];
            let amounts: Vec<String> = amounts.into_iter().flatten().collect();
            format!("{} ({})", field.field().path(), amounts.join(", "))
        });
        f.write_str(&parts.collect::<Vec<_>>().join(" or "))
    }
}
