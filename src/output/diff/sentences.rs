//! Sentences that several formats contain.

use crate::output::human::text::{counted, number};
use crate::review::diff::{
    Aspect, ChangePlace, ComparedFinding, CounterExample, Diff, Effect, FailKind, FindingChange,
    FindingChangeKind, VersionFacts,
};

/// A version as a person names it.
pub(super) fn version(of: &VersionFacts) -> String {
    match &of.commit {
        Some(commit) => format!("{} ({})", of.name, commit.get(..12).unwrap_or(commit)),
        None => of.name.clone(),
    }
}

/// `3 weaker, 1 undecided, 2 stronger, 0 neutral`.
pub(super) fn effects(diff: &Diff) -> String {
    if diff.changes.is_empty() {
        return "no change".to_owned();
    }
    let effects = Effect::ALL.into_iter().rev();
    let counts = effects.map(|of| format!("{} {}", number(diff.count(of) as u64), of.name()));
    counts.collect::<Vec<_>>().join(", ")
}

/// `3 lost, 1 newly-suppressed, …; 40 do not differ`.
pub(super) fn findings(diff: &Diff) -> String {
    let Some(records) = diff.records else {
        return "not compared, because no input is given".to_owned();
    };
    let kinds = FindingChangeKind::ALL.into_iter();
    let counts =
        kinds.map(|of| format!("{} {}", number(diff.count_findings(of) as u64), of.name()));
    let verb = if diff.unchanged == 1 { "does" } else { "do" };
    format!(
        "{}; {} {verb} not differ ({})",
        counts.collect::<Vec<_>>().join(", "),
        number(diff.unchanged),
        counted(records, "record"),
    )
}

/// `rules/a.yaml:12`.
pub(super) fn place(of: &ChangePlace) -> String {
    format!("{}:{}", of.path, of.line)
}

/// `event.api = "A", event.ok = ()`.
pub(super) fn example(of: &CounterExample) -> String {
    if of.values.is_empty() {
        return "any record".to_owned();
    }
    let values = of.values.iter().map(|(name, value)| format!("{name} = {value}"));
    values.collect::<Vec<_>>().join(", ")
}

/// What differs in a finding, one clause for each aspect.
pub(super) fn aspects(of: &FindingChange) -> Vec<String> {
    let (Some(base), Some(head)) = (&of.base, &of.head) else { return Vec::new() };
    let clause = |aspect: &Aspect| match aspect {
        Aspect::Severity => {
            format!("severity {} instead of {}", head.severity.name(), base.severity.name())
        }
        Aspect::Role => format!("role {} instead of {}", head.role.name(), base.role.name()),
        Aspect::Subject => format!("subject {} instead of {}", subject(head), subject(base)),
        Aspect::Message => format!("the message was: {}", base.message),
        Aspect::Matches => format!("{} instead of {}", matches(head), matches(base)),
    };
    of.aspects.iter().map(clause).collect()
}

fn matches(of: &ComparedFinding) -> String {
    let count = match of.count {
        1 => "1 match".to_owned(),
        count => format!("{} matches", number(count)),
    };
    match of.suppressed {
        0 => count,
        suppressed => format!("{count} (and {} covered by entries)", number(suppressed)),
    }
}

fn subject(of: &ComparedFinding) -> String {
    let values = of
        .subject
        .iter()
        .map(|(name, value)| format!("{name} = {}", value.as_deref().unwrap_or("-")));
    let values: Vec<String> = values.collect();
    if values.is_empty() { "none".to_owned() } else { values.join(", ") }
}

/// The places of the changes that can be to blame for a finding, each once.
pub(super) fn blamed<'d>(of: &FindingChange, diff: &'d Diff) -> Vec<&'d ChangePlace> {
    let mut places: Vec<&ChangePlace> =
        of.blame.iter().filter_map(|at| diff.changes.get(*at)?.place()).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Why the comparison fails; `None` if it does not.
pub(super) fn failure(diff: &Diff) -> Option<String> {
    let clause = |kind: &FailKind| match kind {
        FailKind::Lost => "findings are lost",
        FailKind::NewlySuppressed => "findings are newly suppressed",
        FailKind::Weakened => "the policy is weaker, or may be",
        FailKind::Changed => "findings are changed",
        FailKind::Gained => "findings are gained",
        FailKind::Unsuppressed => "findings are no longer suppressed",
    };
    let clauses: Vec<&str> = diff.failed.iter().map(clause).collect();
    (!clauses.is_empty()).then(|| format!("failed: {}", clauses.join("; ")))
}
