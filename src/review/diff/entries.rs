//! What changed in the allowlist.

use std::collections::BTreeMap;

use super::change::{Change, ChangeKind, Effect};
use super::context::{Context, Places};
use super::decided::{Difference, Purpose};
use super::version::{Version, changed_lines};
use crate::allow::AllowlistEntry;
use crate::config::Policy;
use crate::decide::{Answer, Condition, implies};
use crate::expr::Expr;
use crate::source::Span;
use crate::value::{RecordKind, Time};

/// The changes of all entries.
pub(super) fn changes(context: &Context<'_>) -> Vec<Change> {
    let (base, head) = (context.base.policy, context.head.policy);
    let before = |id: &str| base.allowlist.entries.iter().find(|entry| entry.id == id);
    let mut out = Vec::new();
    for entry in &head.allowlist.entries {
        match before(&entry.id) {
            Some(old) => changed(context, old, entry, &mut out),
            None => out.push(added(context, entry)),
        }
    }
    for entry in &base.allowlist.entries {
        if !head.allowlist.entries.iter().any(|other| other.id == entry.id) {
            let message = format!("the entry `{}` is gone", entry.id);
            let rules = rule_ids(base, entry);
            out.push(
                Change::new(ChangeKind::EntryRemoved, Effect::Stronger, &entry.id, message)
                    .at(Some(context.base.at(entry.span)), None)
                    .of_rules(rules),
            );
        }
    }
    out
}

fn rule_ids(policy: &Policy, entry: &AllowlistEntry) -> Vec<String> {
    entry.rules.iter().filter_map(|rule| Some(policy.rules.get(*rule)?.id.clone())).collect()
}

fn kind_of(policy: &Policy, id: &str) -> Option<RecordKind> {
    policy.rules.iter().find(|rule| rule.id == id).map(|rule| rule.on)
}

fn added(context: &Context<'_>, entry: &AllowlistEntry) -> Change {
    let (base, head) = (context.base.policy, context.head.policy);
    let rules = rule_ids(head, entry);
    let covering = base.allowlist.entries.iter().find(|other| covers_all(context, other, entry));
    let (effect, note) = match covering {
        Some(other) => (
            Effect::Neutral,
            format!("; `{}` at the base covers everything that it covers", other.id),
        ),
        None if rules.is_empty() => (Effect::Neutral, " and covers no rule".to_owned()),
        None => (Effect::Weaker, format!(" and covers matches of {}", named(&rules))),
    };
    let message = format!("the entry `{}` is new{note}", entry.id);
    Change::new(ChangeKind::EntryAdded, effect, &entry.id, message)
        .at(None, Some(context.head.at(entry.span)))
        .of_rules(rules)
}

/// Whether an entry of the base covers every match that an entry of the head covers.
fn covers_all(context: &Context<'_>, base: &AllowlistEntry, head: &AllowlistEntry) -> bool {
    let (of_base, of_head) = (context.base.policy, context.head.policy);
    let before = rule_ids(of_base, base);
    let after = rule_ids(of_head, head);
    !after.is_empty()
        && later(base.ends, head.ends) != Some(true)
        && after.iter().all(|id| before.contains(id))
        && kinds(of_head, &after).into_iter().all(|kind| {
            let exprs = (context.base.condition(base, kind), context.head.condition(head, kind));
            let (Some(before), Some(after)) = exprs else { return false };
            let reads = before.fields().union(after.fields());
            !reads.iter().any(|field| context.fields.contains(field))
                && matches!(
                    implies(&Condition::new(&after, kind), &Condition::new(&before, kind)),
                    Answer::Yes
                )
        })
}

fn kinds(policy: &Policy, rules: &[String]) -> Vec<RecordKind> {
    let mut kinds: Vec<RecordKind> = rules.iter().filter_map(|id| kind_of(policy, id)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Whether the second end is later than the first; `None` if they are equal.
fn later(base: Option<Time>, head: Option<Time>) -> Option<bool> {
    let rank = |ends: Option<Time>| ends.map_or(i64::MAX, |ends| ends.0);
    (base != head).then(|| rank(head) > rank(base))
}

fn changed(
    context: &Context<'_>,
    base: &AllowlistEntry,
    head: &AllowlistEntry,
    out: &mut Vec<Change>,
) {
    let (of_base, of_head) = (context.base.policy, context.head.policy);
    let id = &head.id;
    let (before, after) = (rule_ids(of_base, base), rule_ids(of_head, head));
    let places = entry_places(context, base, head);
    let new: Vec<String> = after
        .iter()
        .filter(|id| !before.contains(id) && kind_of(of_base, id).is_some())
        .cloned()
        .collect();
    if !new.is_empty() {
        let message = format!("the entry `{id}` covers matches of {} too", named(&new));
        let change = Change::new(ChangeKind::Entry, Effect::Weaker, id, message);
        out.push(change.at(places.0.clone(), places.1.clone()).of_rules(new));
    }
    let gone: Vec<String> = before
        .iter()
        .filter(|id| !after.contains(id) && kind_of(of_head, id).is_some())
        .cloned()
        .collect();
    if !gone.is_empty() {
        let message = format!("the entry `{id}` no longer covers matches of {}", named(&gone));
        let change = Change::new(ChangeKind::Entry, Effect::Stronger, id, message);
        out.push(change.at(places.0.clone(), places.1.clone()).of_rules(gone));
    }
    let both: Vec<String> = after.iter().filter(|id| before.contains(id)).cloned().collect();
    let mut by_kind: BTreeMap<RecordKind, Vec<String>> = BTreeMap::new();
    for id in &both {
        if let Some(kind) = kind_of(of_head, id) {
            by_kind.entry(kind).or_default().push(id.clone());
        }
    }
    for (kind, rules) in by_kind {
        out.extend(covered(context, base, head, kind, rules, &places));
    }
    if let Some(longer) = later(base.ends, head.ends) {
        let (effect, word) = match longer {
            true => (Effect::Weaker, "longer"),
            false => (Effect::Stronger, "less long"),
        };
        let message = format!(
            "the entry `{id}` applies {word}: it expires {} instead of {}",
            head.expires, base.expires
        );
        let at = |version: &Version<'_>, span| Some(version.at(span));
        out.push(
            Change::new(ChangeKind::Expiry, effect, id, message)
                .at(at(&context.base, base.expires_span), at(&context.head, head.expires_span))
                .of_rules(after.clone()),
        );
    }
    let texts = [
        ("reason", base.reason != head.reason),
        ("owner", base.owner != head.owner),
        ("ticket", base.ticket != head.ticket),
    ];
    let texts: Vec<&str> =
        texts.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    if !texts.is_empty() {
        let message = format!("the entry `{id}` has another {}", texts.join(", "));
        let change = Change::new(ChangeKind::Entry, Effect::Neutral, id, message);
        out.push(change.at(places.0, places.1).of_rules(after));
    }
}

/// What changed in the condition of an entry for records of one kind.
fn covered(
    context: &Context<'_>,
    base: &AllowlistEntry,
    head: &AllowlistEntry,
    kind: RecordKind,
    rules: Vec<String>,
    places: &Places,
) -> Option<Change> {
    let before = context.base.condition(base, kind);
    let after = context.head.condition(head, kind);
    let (difference, cause) = match (&before, &after) {
        (Some(before), Some(after)) => {
            let reads = before.fields().union(after.fields());
            let moved = reads.iter().any(|field| context.fields.contains(field));
            let difference = match Difference::of(before, after, kind) {
                _ if moved => Difference::UNKNOWN,
                difference => difference?,
            };
            (difference, when_cause(context, base, head, kind))
        }
        _ if base.same_selectors(head) && same_when(base, head, kind) => return None,
        _ => (Difference::UNKNOWN, when_cause(context, base, head, kind)),
    };
    let effect = difference.effect(Purpose::Hides);
    let cause = cause.unwrap_or_default();
    let text = difference.predicate("covers", "matches");
    let message = format!("the entry `{}` {text}{}", head.id, cause.clause());
    context.led_to(&cause, effect, &rules);
    let (base_place, head_place) = match cause.data.is_empty() {
        true => places.clone(),
        false => cause.places,
    };
    let mut change = Change::new(ChangeKind::Entry, effect, &head.id, message)
        .at(base_place, head_place)
        .of_rules(rules);
    change.record = difference.record(Purpose::Hides, &[]);
    Some(change)
}

fn same_when(base: &AllowlistEntry, head: &AllowlistEntry, kind: RecordKind) -> bool {
    match (when(base, kind), when(head, kind)) {
        (Some(base), Some(head)) => crate::decide::same(base, head),
        (base, head) => base.is_none() == head.is_none(),
    }
}

fn when(entry: &AllowlistEntry, kind: RecordKind) -> Option<&Expr> {
    entry.when.iter().find(|(of, _)| *of == kind).map(|(_, when)| when)
}

/// The data that `when` reads and that changed.
fn when_cause(
    context: &Context<'_>,
    base: &AllowlistEntry,
    head: &AllowlistEntry,
    kind: RecordKind,
) -> Option<super::context::Cause> {
    Some(context.cause(when(base, kind)?, when(head, kind)?, None))
}

/// The first lines of both versions of an entry that differ, from its id on.
fn entry_places(context: &Context<'_>, base: &AllowlistEntry, head: &AllowlistEntry) -> Places {
    let rest = |version: &Version<'_>, entry: &AllowlistEntry| {
        let file = version.policy.sources.file(entry.span.file);
        Span { end: u32::try_from(file.text.len()).unwrap_or(u32::MAX), ..entry.span }
    };
    let (of_base, of_head) = (rest(&context.base, base), rest(&context.head, head));
    let (before, after) = changed_lines((&context.base, of_base), (&context.head, of_head));
    (Some(before), Some(after))
}

fn named(rules: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = rules.iter().take(SHOWN).map(|rule| format!("`{rule}`")).collect();
    match rules.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more rules", shown.join(", ")),
    }
}
