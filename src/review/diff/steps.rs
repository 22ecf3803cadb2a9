//! What changed in the steps of a sequence.

use super::change::{ChangeKind, Effect};
use super::decided::Purpose;
use super::parts::{length, subject, undecided};
use super::rule_changes::RuleChanges;
use crate::decide::same;
use crate::rule::{Relation, Rule, Step};
use crate::value::Duration;

/// Adds the changes of a sequence.
pub(super) fn compare(
    of: &mut RuleChanges<'_, '_>,
    base_within: Option<Duration>,
    head_within: Option<Duration>,
) {
    let (base, head) = (of.base, of.head);
    let absent = base.steps.iter().chain(&head.steps).any(|step| step.absent);
    // A longer window has more instances, and more time in which an absent step can be present.
    let effects = match absent {
        true => [Effect::Undecided; 2],
        false => [Effect::Stronger, Effect::Weaker],
    };
    let lengths = (base_within, head_within);
    length(of, lengths, &["sequence", "within"], "the window", effects);
    let ids =
        |rule: &Rule| -> Vec<String> { rule.steps.iter().map(|step| step.id.clone()).collect() };
    let (before, after) = (ids(base), ids(head));
    if before != after {
        let (effect, message) = match absent {
            false if is_part(&before, &after) => {
                let new: Vec<&String> = after.iter().filter(|id| !before.contains(id)).collect();
                (Effect::Weaker, format!("the sequence requires {} too", named(&new)))
            }
            false if is_part(&after, &before) => {
                let gone: Vec<&String> = before.iter().filter(|id| !after.contains(id)).collect();
                (Effect::Stronger, format!("the sequence no longer requires {}", named(&gone)))
            }
            _ => (Effect::Undecided, "the sequence has other steps".to_owned()),
        };
        of.value(ChangeKind::Correlation, effect, &message, &["sequence", "steps"]);
    }
    let pairs: Vec<(&Step, &Step)> = base
        .steps
        .iter()
        .filter_map(|before| Some((before, head.steps.iter().find(|after| after.id == before.id)?)))
        .collect();
    let by: Vec<(&[Step], &[Step])> = pairs
        .iter()
        .map(|(before, after)| (std::slice::from_ref(*before), std::slice::from_ref(*after)))
        .collect();
    subject(of, &by, Effect::Weaker);
    for (before, after) in pairs {
        step(of, before, after);
    }
}

fn step(of: &mut RuleChanges<'_, '_>, base: &Step, head: &Step) {
    let what = format!("the step `{}`", head.id);
    let path = ["sequence", "steps"];
    if base.absent != head.absent {
        let word = if head.absent { "absent" } else { "present" };
        return undecided(of, false, &path, &format!("{what} must be {word}"));
    }
    let purpose = if head.absent { Purpose::Hides } else { Purpose::Finds };
    let text = [what.as_str(), "matches", "records"];
    of.condition(ChangeKind::Condition, (&base.when, &head.when), purpose, &[], text);
    if base.count != head.count {
        let effect = if head.count > base.count { Effect::Weaker } else { Effect::Stronger };
        let message = format!("{what} requires {} records instead of {}", head.count, base.count);
        of.value(ChangeKind::Correlation, effect, &message, &path);
    }
    match (&base.relation, &head.relation) {
        (None, None) => {}
        (Some(before), Some(after)) if same(&before.written, &after.written) => {}
        (Some(before), Some(after)) if reads_the_same(of, before, after) => {
            let text = [what.as_str(), "relates", "records by `where`"];
            let conditions = (&before.condition, &after.condition);
            of.condition(ChangeKind::Correlation, conditions, purpose, &[], text);
        }
        (Some(_), Some(_)) => undecided(of, false, &path, &format!("`where` of {what} is changed")),
        (before, _) => {
            let (word, narrower) = match before {
                None => ("has a condition `where` now", true),
                Some(_) => ("has no condition `where` any more", false),
            };
            let effect = match narrower == (purpose == Purpose::Finds) {
                true => Effect::Weaker,
                false => Effect::Stronger,
            };
            of.value(ChangeKind::Correlation, effect, &format!("{what} {word}"), &path);
        }
    }
}

/// Whether two relations read the same values in the same slots.
fn reads_the_same(of: &RuleChanges<'_, '_>, base: &Relation, head: &Relation) -> bool {
    let retained = |rule: &Rule, relation: &Relation| -> Option<Vec<_>> {
        let value = |read: &crate::rule::StepValue| {
            let step = rule.steps.get(read.step)?;
            let (expr, form) = step.retained.get(read.value)?;
            Some((step.id.clone(), expr.clone(), *form))
        };
        relation.reads.iter().map(value).collect()
    };
    let (Some(before), Some(after)) = (retained(of.base, base), retained(of.head, head)) else {
        return false;
    };
    before.len() == after.len()
        && before.iter().zip(&after).all(|(a, b)| a.0 == b.0 && same(&a.1, &b.1) && a.2 == b.2)
}

/// Whether the names occur in the others in the same order.
fn is_part(names: &[String], of: &[String]) -> bool {
    let mut others = of.iter();
    names.iter().all(|name| others.any(|other| other == name))
}

fn named(ids: &[&String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("the step `{id}`")).collect();
    ids.join(" and ")
}
