//! What changed in the conditions that raise the severity of a rule.

use super::change::{ChangeKind, Effect};
use super::context::Cause;
use super::decided::{Difference, Purpose, constant, joined};
use super::rule_changes::RuleChanges;
use crate::decide::same;
use crate::expr::Expr;
use crate::rule::{Judged, Raise, Rule, Severity};

/// Adds the changes of `raise`.
pub(super) fn compare(of: &mut RuleChanges<'_, '_>) {
    let (base, head) = (of.base, of.head);
    let same_raises = base.raise.len() == head.raise.len()
        && base
            .raise
            .iter()
            .zip(&head.raise)
            .all(|(base, head)| base.to == head.to && same(&base.when, &head.when));
    if same_raises || base.on != head.on {
        return;
    }
    for to in Severity::ALL {
        // Every finding has at least the severity of its rule.
        if to <= base.severity || to <= head.severity {
            continue;
        }
        level(of, to);
    }
}

/// Compares when the severity is raised to a level or above.
fn level(of: &mut RuleChanges<'_, '_>, to: Severity) {
    let raises = |rule: &'_ Rule| -> Vec<Raise> {
        rule.raise.iter().filter(|raise| raise.to >= to).cloned().collect()
    };
    let (before, after) = (raises(of.base), raises(of.head));
    let of_match = |raise: &Raise| raise.judged == Judged::Match;
    let comparable = before.iter().chain(&after).all(of_match)
        || before.iter().chain(&after).all(|raise| !of_match(raise))
            && names(of.base) == names(of.head);
    let any = |raises: &[Raise]| -> Expr {
        let parts: Vec<&Expr> = raises.iter().map(|raise| &raise.when).collect();
        if parts.is_empty() { constant(false) } else { joined(&parts, false) }
    };
    let (base_any, head_any) = (any(&before), any(&after));
    let matched = before.iter().chain(&after).all(of_match);
    let conditions = match (matched, reported(of.base), reported(of.head)) {
        // Only records that both versions match are raised by both.
        (true, Some(base), Some(head)) => {
            (joined(&[base, head, &base_any], true), joined(&[base, head, &head_any], true))
        }
        _ => (base_any.clone(), head_any.clone()),
    };
    let measures = names(of.base);
    let measures: Vec<&str> = measures.iter().map(String::as_str).collect();
    let difference = match comparable {
        true => {
            let (before, after) = &conditions;
            let Some(mut difference) = Difference::of(before, after, of.head.on) else { return };
            if matched {
                of.try_tests(&mut difference, before, after);
            }
            difference
        }
        false => Difference::UNKNOWN,
    };
    let effect = difference.effect(Purpose::Finds);
    if effect == Effect::Neutral {
        return;
    }
    let cause = match (before.first(), after.first()) {
        (Some(before), Some(after)) => {
            of.context.cause(&before.when, &after.when, Some((of.base, of.head)))
        }
        _ => Cause { places: of.key(&["raise"]), ..Cause::default() },
    };
    let text = difference.predicate("applies to", "matches");
    let message = format!("`raise` to {} {text}{}", to.name(), cause.clause());
    of.context.led_to(&cause, effect, std::slice::from_ref(&of.head.id));
    of.push(ChangeKind::Raise, effect, &message, cause.places).record =
        difference.record(Purpose::Finds, &measures);
}

/// The condition of the record that `raise` reads.
fn reported(rule: &Rule) -> Option<&Expr> {
    rule.steps.get(rule.reported_step()).map(|step| &step.when)
}

fn names(rule: &Rule) -> Vec<String> {
    rule.measures().iter().map(|measure| measure.name.clone()).collect()
}
