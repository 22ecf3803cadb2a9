//! What changed in the conditions of a rule and in what relates its matches.

use super::change::{ChangeKind, Effect};
use super::decided::Purpose;
use super::parts::{length, subject, undecided};
use super::rule_changes::RuleChanges;
use super::steps;
use crate::decide::same;
use crate::rule::{Construct, Correlate, FirstSeen, MeasureKind};

/// Adds the changes of conditions, subject and construct.
pub(super) fn compare(of: &mut RuleChanges<'_, '_>) {
    let (base, head) = (of.base, of.head);
    if base.on != head.on {
        let message = format!("the rule reads {}s instead of {}s", head.on.name(), base.on.name());
        let places = of.key(&["on"]);
        of.push(ChangeKind::Condition, Effect::Undecided, &message, places);
        return;
    }
    match (&base.construct, &head.construct) {
        (Construct::Sequence(before), Construct::Sequence(after)) => {
            steps::compare(of, before.within, after.within);
        }
        (Construct::Plain, Construct::Plain) => {
            subject(of, &[(&base.steps, &head.steps)], Effect::Neutral);
            when(of, Purpose::Finds);
        }
        (Construct::Correlate(before), Construct::Correlate(after)) => {
            subject(of, &[(&base.steps, &head.steps)], Effect::Weaker);
            correlate(of, before, after);
        }
        (Construct::FirstSeen(before), Construct::FirstSeen(after)) => {
            subject(of, &[(&base.steps, &head.steps)], Effect::Stronger);
            when(of, Purpose::Finds);
            first_seen(of, before, after);
        }
        (Construct::AfterSilence(before), Construct::AfterSilence(after)) => {
            subject(of, &[(&base.steps, &head.steps)], Effect::Stronger);
            when(of, Purpose::EndsSilence);
            let lengths = (Some(before.length), Some(after.length));
            let effects = [Effect::Weaker, Effect::Stronger];
            length(of, lengths, &["after_silence", "for"], "the silence", effects);
            let last_seen = match (&before.last_seen, &after.last_seen) {
                (Some(before), Some(after)) => same(before, after),
                (before, after) => before.is_none() == after.is_none(),
            };
            undecided(of, last_seen, &["after_silence", "last_seen"], "`last_seen` is changed");
        }
        (before, after) => {
            let name = |of: &Construct| of.kind().map_or("single matches", |kind| kind.name());
            let (before, after) = (name(before), name(after));
            let message = format!("findings come from {after} instead of {before}");
            let path = [after];
            let places = of.key(if after == "single matches" { &["when"] } else { &path });
            of.push(ChangeKind::Correlation, Effect::Undecided, &message, places);
            if base.steps.len() == 1 && head.steps.len() == 1 {
                when(of, Purpose::Finds);
            }
        }
    }
}

/// Compares `when`.
fn when(of: &mut RuleChanges<'_, '_>, purpose: Purpose) {
    let (Some(base), Some(head)) = (of.base.steps.first(), of.head.steps.first()) else { return };
    let text = ["the condition", "matches", "records"];
    of.condition(ChangeKind::Condition, (&base.when, &head.when), purpose, &[], text);
}

fn correlate(of: &mut RuleChanges<'_, '_>, base: &Correlate, head: &Correlate) {
    // If `having` only becomes true as matches are added, fewer matches find less.
    let grows = base.grows && head.grows;
    let purpose = if grows { Purpose::Finds } else { Purpose::Both };
    when(of, purpose);
    let effects = match grows {
        true => [Effect::Stronger, Effect::Weaker],
        false => [Effect::Undecided; 2],
    };
    length(of, (base.within, head.within), &["correlate", "within"], "the window", effects);
    let names = |of: &Correlate| -> Vec<String> {
        of.measures.iter().map(|measure| measure.name.clone()).collect()
    };
    let (before, after) = (names(base), names(head));
    if before != after {
        let same_having = same(&base.having, &head.having) && before.starts_with(&after);
        let path = ["correlate", "measures"];
        let message = "the measures are changed, so `having` is not compared";
        return undecided(of, same_having, &path, message);
    }
    for (base, head) in base.measures.iter().zip(&head.measures) {
        let what = format!("the measure `{}`", head.name);
        if base.kind != head.kind || base.each != head.each {
            let path = ["correlate", "measures", &head.name];
            undecided(of, false, &path, &format!("{what} counts in another way"));
        } else if head.kind == MeasureKind::Count {
            let text = [what.as_str(), "counts", "matches"];
            let operands = (&base.operand, &head.operand);
            of.condition(ChangeKind::Correlation, operands, purpose, &[], text);
        } else if head.kind != MeasureKind::Values {
            let path = ["correlate", "measures", &head.name];
            let same = same(&base.operand, &head.operand);
            undecided(of, same, &path, &format!("{what} is of another value"));
        }
    }
    let names: Vec<&str> = after.iter().map(String::as_str).collect();
    let text = ["`having`", "holds for", "values of the measures"];
    let having = (&base.having, &head.having);
    of.condition(ChangeKind::Correlation, having, Purpose::Finds, &names, text);
}

fn first_seen(of: &mut RuleChanges<'_, '_>, base: &FirstSeen, head: &FirstSeen) {
    let text = ["`among`", "selects", "records as known"];
    of.condition(ChangeKind::Correlation, (&base.among, &head.among), Purpose::Hides, &[], text);
    let lengths = (Some(base.history), Some(head.history));
    let effects = [Effect::Weaker, Effect::Stronger];
    length(of, lengths, &["first_seen", "history"], "the history", effects);
    let same = base.of.len() == head.of.len()
        && base.of.iter().zip(&head.of).all(|((_, base), (_, head))| same(base, head));
    undecided(of, same, &["first_seen", "of"], "other values must be new");
}
