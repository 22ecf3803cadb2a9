//! What changed in the guards of the project file.

use super::change::{Change, ChangeKind, Effect};
use super::context::{Cause, Context};
use super::decided::{Decided, Difference, Purpose, constant, joined};
use super::version::Version;
use crate::allow::Guard;
use crate::expr::Expr;
use crate::value::RecordKind;

/// The changes of all guards. A guard has no name, so each is compared with all of the other version.
pub(super) fn changes(context: &Context<'_>) -> Vec<Change> {
    let mut out = Vec::new();
    let (base, head) = (&context.base, &context.head);
    for guard in &base.policy.allowlist.guards {
        if let Some((difference, rules)) = missing(context, guard, (base, head)) {
            let effect = difference.effect(Purpose::Finds);
            let message = format!(
                "matches of {} {} guarded any more (guard: {})",
                named(&rules),
                match effect {
                    Effect::Weaker => "are not all",
                    _ => "may not all be",
                },
                crate::diag::escaped(&guard.reason, 80),
            );
            let (_, place) = context.setting_or_project(&["guards"]);
            let mut change = Change::new(ChangeKind::Guard, effect, "guards", message)
                .at(Some(base.at(guard.span)), place)
                .of_rules(rules);
            change.record = difference.record(Purpose::Finds, &[]);
            for (_, when) in &guard.when {
                let cause = Cause { data: context.data_of(base, when), ..Cause::default() };
                context.led_to(&cause, effect, &change.rules);
            }
            out.push(change);
        }
    }
    for guard in &head.policy.allowlist.guards {
        if let Some((_, rules)) = missing(context, guard, (head, base)) {
            let message = format!("more matches of {} may not be covered", named(&rules));
            out.push(
                Change::new(ChangeKind::Guard, Effect::Stronger, "guards", message)
                    .at(None, Some(head.at(guard.span)))
                    .of_rules(rules),
            );
        }
    }
    out
}

/// What the guards of another version lack of a guard, and for which rules; `None` if nothing.
fn missing(
    context: &Context<'_>,
    guard: &Guard,
    (own, other): (&Version<'_>, &Version<'_>),
) -> Option<(Difference, Vec<String>)> {
    let (mut worst, mut rules): (Option<Difference>, Vec<String>) = (None, Vec::new());
    for rule in guard.rules.iter().filter_map(|at| own.policy.rules.get(*at)) {
        let Some(index) = other.policy.rules.iter().position(|of| of.id == rule.id) else {
            continue;
        };
        let Some(when) = guard.of_kind(rule.on) else { continue };
        let difference = lacks(context, when, rule.on, &guards_of(other, index, rule.on));
        if matches!(difference.lost, Decided::No) {
            continue;
        }
        rules.push(rule.id.clone());
        let is_worse =
            |worst: &Difference| difference.effect(Purpose::Finds) > worst.effect(Purpose::Finds);
        if worst.as_ref().is_none_or(is_worse) {
            worst = Some(difference);
        }
    }
    worst.map(|difference| (difference, rules))
}

/// The conditions of the guards of a rule.
fn guards_of<'v>(version: &Version<'v>, rule: usize, on: RecordKind) -> Vec<&'v Expr> {
    let guards = version.policy.allowlist.guards.iter();
    guards
        .filter(|guard| guard.rules.contains(&rule))
        .filter_map(|guard| guard.of_kind(on))
        .collect()
}

/// Whether a condition is true for a record for which none of the others is.
fn lacks(context: &Context<'_>, when: &Expr, on: RecordKind, others: &[&Expr]) -> Difference {
    let no = Difference { lost: Decided::No, gained: Decided::No };
    let any = match others {
        [] => constant(false),
        others => joined(others, false),
    };
    if when.fields().union(any.fields()).iter().any(|field| context.fields.contains(field)) {
        return Difference::UNKNOWN;
    }
    let Some(difference) = Difference::of(when, &any, on) else { return no };
    Difference { gained: Decided::No, ..difference }
}

fn named(rules: &[String]) -> String {
    match rules {
        [one] => format!("`{one}`"),
        [first, second] => format!("`{first}` and `{second}`"),
        [first, ..] => format!("`{first}` and {} more rules", rules.len() - 1),
        [] => String::new(),
    }
}
