//! What changed in lists, tables and definitions. Their effect is that of the conditions that read
//! them.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, ChangeKind, Effect};
use super::context::{Context, Data, values};
use crate::diag::escaped;
use crate::rule::Rule;
use crate::source::Span;
use crate::table::Table;

/// The changes of data. Call it after the conditions were compared.
pub(super) fn changes(context: &Context<'_>) -> Vec<Change> {
    let mut out = Vec::new();
    let (base, head) = (context.base.policy, context.head.policy);
    for data in context.changed() {
        let (kind, name, what) = match data {
            Data::List(id) => {
                let lists = (base.lists.get(id), head.lists.get(id));
                let (Some(before), Some(after)) = lists else { continue };
                (ChangeKind::List, id, difference(&values(before), &values(after)))
            }
            Data::Table(id) => {
                let tables = (base.tables.get(id), head.tables.get(id));
                let (Some(before), Some(after)) = tables else { continue };
                (ChangeKind::Table, id, rows(before, after))
            }
            Data::Definition(name) => {
                (ChangeKind::Definition, name, "has another expression".to_owned())
            }
            Data::Parameter(..) | Data::Zone => continue,
        };
        let (mut effect, mut rules) = context.effect_of(data);
        if let Data::Table(_) = data {
            let reading = reading(context, head.rules.iter());
            // The values that the engine takes from a table are not part of a condition.
            effect = if reading.is_empty() { effect } else { effect.max(Effect::Undecided) };
            rules.extend(reading);
        }
        let noun = data.noun();
        let (before, after) = context.places(data);
        out.push(
            Change::new(kind, effect, name, format!("{noun} {what}"))
                .at(before, after)
                .of_rules(rules),
        );
    }
    out.extend(removed(context));
    out
}

/// The rules with a value that comes from a changed table and that their conditions do not read.
fn reading<'r>(context: &Context<'_>, rules: impl Iterator<Item = &'r Rule>) -> Vec<String> {
    let reads = |rule: &&Rule| {
        let by = rule.steps.iter().flat_map(|step| step.by.iter().map(|(_, expr)| expr.fields()));
        let measured = rule.measured().map(|expr| expr.fields());
        by.chain(measured).any(|of| of.iter().any(|field| context.fields.contains(field)))
    };
    rules.filter(reads).map(|rule| rule.id.clone()).collect()
}

/// Data that only one version has. A rule that named it cannot load without it, so its own changes
/// are named, too.
fn removed(context: &Context<'_>) -> Vec<Change> {
    let (base, head) = (context.base.policy, context.head.policy);
    let of = |all: BTreeMap<&String, Data>, others: BTreeSet<&String>| -> Vec<Data> {
        all.into_iter().filter(|(id, _)| !others.contains(id)).map(|(_, data)| data).collect()
    };
    let mut out = Vec::new();
    let mut add = |data: Vec<Data>, word: &str| {
        for data in data {
            let (kind, name) = match &data {
                Data::List(id) => (ChangeKind::List, id.clone()),
                Data::Table(id) => (ChangeKind::Table, id.clone()),
                Data::Definition(name) => (ChangeKind::Definition, name.clone()),
                Data::Parameter(..) | Data::Zone => continue,
            };
            let message = format!("{} is {word}", data.noun());
            let (before, after) = context.places(&data);
            out.push(Change::new(kind, Effect::Neutral, &name, message).at(before, after));
        }
    };
    for (from, to, word) in [(base, head, "gone"), (head, base, "new")] {
        let own = |span: Option<Span>| span.is_none_or(|span| !from.is_builtin(span.file));
        let lists = from.lists.keys().filter(|id| own(from.list_spans.get(*id).copied()));
        let lists = lists.map(|id| (id, Data::List(id.clone()))).collect();
        add(of(lists, to.lists.keys().collect()), word);
        let tables = from.tables.iter().filter(|(_, table)| own(table.declaration().span));
        let tables = tables.map(|(id, _)| (id, Data::Table(id.clone()))).collect();
        add(of(tables, to.tables.keys().collect()), word);
        let definitions = from.definitions.iter().filter(|(_, of)| own(Some(of.source.span)));
        let definitions = definitions.map(|(id, _)| (id, Data::Definition(id.clone()))).collect();
        add(of(definitions, to.definitions.keys().collect()), word);
    }
    out
}

/// `has 2 values more ("a", "b") and 1 value less ("c")`.
pub(super) fn difference(base: &BTreeMap<String, &str>, head: &BTreeMap<String, &str>) -> String {
    let beyond = |of: &BTreeMap<String, &str>, other: &BTreeMap<String, &str>, word: &str| {
        const SHOWN: usize = 4;
        let values: Vec<&str> =
            of.iter().filter(|(key, _)| !other.contains_key(*key)).map(|(_, text)| *text).collect();
        let shown: Vec<String> =
            values.iter().take(SHOWN).map(|value| format!("\"{}\"", escaped(value, 60))).collect();
        let rest = if values.len() > SHOWN { ", …" } else { "" };
        let noun = if values.len() == 1 { "value" } else { "values" };
        (!values.is_empty())
            .then(|| format!("{} {noun} {word} ({}{rest})", values.len(), shown.join(", ")))
    };
    let parts = [beyond(head, base, "more"), beyond(base, head, "less")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => "is another list with the same values".to_owned(),
        false => format!("has {}", parts.join(" and ")),
    }
}

fn rows(base: &Table, head: &Table) -> String {
    match (base.len(), head.len()) {
        (before, after) if before == after => format!("has other values in its {after} rows"),
        (before, after) => format!("has {after} rows instead of {before}"),
    }
}
