//! Parts that several constructs have: the subject, and lengths of time.

use super::change::{ChangeKind, Effect};
use super::rule_changes::RuleChanges;
use crate::decide::same;
use crate::expr::Expr;
use crate::rule::Step;
use crate::value::Duration;

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
    of.value(ChangeKind::Correlation, effect, &message, path);
}

/// Adds a change whose effect is not decided, unless both versions are the same.
pub(super) fn undecided(of: &mut RuleChanges<'_, '_>, same: bool, path: &[&str], message: &str) {
    if !same {
        of.value(ChangeKind::Correlation, Effect::Undecided, message, path);
    }
}
