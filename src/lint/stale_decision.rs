//! Entries of the triage file that have no effect any more, or not the one that was meant.

use super::Lint;
use crate::config::{Policy, extended_help};
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::triage::TriageEntry;
use crate::value::Time;

/// A decision that has expired, that is in the future, or whose rule does not exist.
pub(super) static STALE_DECISION: Lint = Lint {
    name: "stale-decision",
    code: &codes::STALE_DECISION,
    doc: "A triage entry that has expired, lies in the future, or names a rule that does not exist.",
    run: |policy, clock| {
        policy.triage.entries().filter_map(|entry| stale(policy, entry, clock)).collect()
    },
};

fn stale(policy: &Policy, entry: &TriageEntry, clock: Time) -> Option<Diagnostic> {
    let warning = |message: String| Diagnostic::warning(&codes::STALE_DECISION, message);
    let finding = &entry.fingerprint;
    if entry.is_expired(clock) {
        let message = format!(
            "the decision about `{finding}` expired after {} and has no effect",
            entry.expires
        );
        return Some(
            warning(message)
                .at(entry.span, "")
                .help(format!("`keytrail triage prune` removes it; {} decided it", entry.by)),
        );
    }
    if entry.time > clock {
        let message = format!("the decision about `{finding}` is in the future, at {}", entry.time);
        return Some(
            warning(message).at(entry.time_span, "").help(
                "a processed finding fails the run again only on matches later than this time",
            ),
        );
    }
    let (rule, span) = entry.rule.as_ref()?;
    let mut known = policy.rules.iter().map(|of| &of.id).chain(&policy.disabled);
    if known.any(|id| id == rule) || extended_help(rule).is_some() {
        return None;
    }
    let message = format!(
        "the decision about `{finding}` is about the rule `{}`, which does not exist",
        escaped(rule, 60)
    );
    let near = did_you_mean(rule, policy.rules.iter().map(|of| of.id.as_str()));
    let help = near.unwrap_or_else(|| "no run has this finding; remove the entry".to_owned());
    Some(warning(message).at(*span, "there is no such rule").help(help))
}
