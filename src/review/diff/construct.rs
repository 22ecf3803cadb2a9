//! What changed in the conditions of a rule and in what relates its matches.

use super::change::{ChangeKind, Effect};
use super::decided::Purpose;
use super::rule::RuleChanges;
use super::steps;
use crate::decide::same;
use crate::expr::Expr;
use crate::rule::{Construct, Correlate, FirstSeen, MeasureKind, Step};
use crate::value::Duration;

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

/// Compares the subjects of steps; `added` is the effect of a further value.
pub(super) fn subject(of: &mut RuleChanges<'_, '_>, steps: &[(&[Step], &[Step])], added: Effect) {
    let has = |by: &[(String, Expr)], expr: &Expr| by.iter().any(|(_, own)| same(own, expr));
    let (mut gone, mut new, mut each) = (Vec::new(), Vec::new(), false);
    for (base, head) in steps.iter().flat_map(|(base, head)| base.iter().zip(*head)) {
        gone.extend(base.by.iter().filter(|(_, expr)| !has(&head.by, expr)).map(|(text, _)| text));
        new.extend(head.by.iter().filter(|(_, expr)| !has(&base.by, expr)).map(|(text, _)| text));
        each |= base.each.is_some() != head.each.is_some();
    }
    let names = |mut texts: Vec<&String>| {
        texts.sort_unstable();
        texts.dedup();
        let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
        texts.join(", ")
    };
    let (effect, message) = match (gone.is_empty(), new.is_empty(), each) {
        (true, true, false) => return,
        (false, true, false) => (
            Effect::Weaker,
            format!("`by` lacks {}, so findings that differ only in it are one", names(gone)),
        ),
        (true, false, false) => match added {
            Effect::Weaker => (
                Effect::Weaker,
                format!(
                    "`by` has {} too, so matches that differ in it are not related",
                    names(new)
                ),
            ),
            effect => {
                (effect, format!("`by` has {} too, so there may be more findings", names(new)))
            }
        },
        (_, _, true) => (Effect::Undecided, "`each` of the subject is changed".to_owned()),
        _ => (Effect::Undecided, format!("`by` has {} instead of {}", names(new), names(gone))),
    };
    let places = match of.head.steps.len() {
        1 => of.key(&["by"]),
        _ => of.key(&["sequence", "steps"]),
    };
    of.push(ChangeKind::Subject, effect, &message, places);
}

/// Compares two lengths of time; no length is that of the whole input. `effects` are those of a
/// longer and a shorter one.
pub(super) fn length(
    of: &mut RuleChanges<'_, '_>,
    (base, head): (Option<Duration>, Option<Duration>),
    path: &[&str],
    what: &str,
    [longer, shorter]: [Effect; 2],
) {
    if base == head {
        return;
    }
    let rank = |length: Option<Duration>| length.map_or(i64::MAX, |length| length.0);
    let (effect, word) = match rank(head) > rank(base) {
        true => (longer, "longer"),
        false => (shorter, "shorter"),
    };
    let shown = |length: Option<Duration>| {
        length.map_or_else(|| "the whole input".to_owned(), |length| length.to_string())
    };
    let message = format!("{what} is {word}: {} instead of {}", shown(head), shown(base));
    let places = of.key(path);
    of.push(ChangeKind::Correlation, effect, &message, places);
}

/// Adds a change whose effect is not decided, unless both versions are the same.
pub(super) fn undecided(of: &mut RuleChanges<'_, '_>, same: bool, path: &[&str], message: &str) {
    if !same {
        let places = of.key(path);
        of.push(ChangeKind::Correlation, Effect::Undecided, message, places);
    }
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
