//! What changed in the decisions about findings.

use super::change::{Change, ChangeKind, Effect};
use super::context::Context;
use crate::triage::{TriageEntry, TriageState};

/// The changes of all decisions. A new decision keeps a finding from failing a run, and one that is
/// gone lets it fail again.
pub(super) fn changes(context: &Context<'_>) -> Vec<Change> {
    let (base, head) = (&context.base, &context.head);
    let rules =
        |entry: &TriageEntry| entry.rule.iter().map(|(rule, _)| rule.clone()).collect::<Vec<_>>();
    let mut out = Vec::new();
    for entry in head.policy.triage.entries() {
        let old = base.policy.triage.of(&entry.fingerprint);
        let Some((effect, what)) = changed(old, entry) else { continue };
        let message = format!("the finding `{}` {what}", entry.fingerprint);
        let place = old.map(|old| base.at(old.span));
        out.push(
            Change::new(ChangeKind::Triage, effect, &entry.fingerprint, message)
                .at(place, Some(head.at(entry.span)))
                .of_rules(rules(entry)),
        );
    }
    for entry in base.policy.triage.entries() {
        if head.policy.triage.of(&entry.fingerprint).is_none() {
            let (finding, state) = (&entry.fingerprint, entry.state.name());
            let message = format!("the finding `{finding}` is no longer {state}");
            out.push(
                Change::new(ChangeKind::Triage, Effect::Stronger, finding, message)
                    .at(Some(base.at(entry.span)), None)
                    .of_rules(rules(entry)),
            );
        }
    }
    out
}

/// How a decision differs; `None` if it does not.
fn changed(old: Option<&TriageEntry>, new: &TriageEntry) -> Option<(Effect, String)> {
    let state = new.state.name();
    let by = crate::diag::escaped(&new.by, 60);
    let Some(old) = old else {
        let reason = crate::diag::escaped(&new.reason, 120);
        return Some((Effect::Weaker, format!("is now {state}, by {by}: {reason}")));
    };
    let ends = |entry: &TriageEntry| entry.ends.map_or(i64::MAX, |ends| ends.0);
    let covers = |entry: &TriageEntry| match entry.state {
        TriageState::Ignored => i64::MAX,
        TriageState::Processed => entry.time.0,
    };
    let (wider, longer) = (covers(new).cmp(&covers(old)), ends(new).cmp(&ends(old)));
    if wider.is_gt() || longer.is_gt() {
        let text = format!("is {state} for longer or more, by {by}: it was {}", old.state.name());
        return Some((Effect::Weaker, text));
    }
    if wider.is_lt() || longer.is_lt() {
        return Some((
            Effect::Stronger,
            format!("is {state} for less: it was {}", old.state.name()),
        ));
    }
    let texts = (&old.reason, &old.by) != (&new.reason, &new.by);
    texts.then(|| (Effect::Neutral, "has another reason or person for its decision".to_owned()))
}
