//! How the findings of both versions differ.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, ChangeKind, Effect};
use crate::finding::{Finding, Location, VerdictRole};
use crate::record::shown_path;
use crate::report::Report;
use crate::rule::Severity;
use crate::value::{Time, words};

words! {
    /// How a finding differs.
    FindingChangeKind {
        /// It is no longer found.
        Lost = "lost",
        /// The allowlist covers it now. It may be new.
        NewlySuppressed = "newly-suppressed",
        /// It is found in both versions, with differences.
        Changed = "changed",
        /// It is new.
        Gained = "gained",
        /// The allowlist no longer covers it.
        Unsuppressed = "unsuppressed",
    }
}

words! {
    /// What differs in a finding that both versions report.
    Aspect {
        /// Its severity.
        Severity = "severity",
        /// Whether it fails a run.
        Role = "role",
        /// Its subject.
        Subject = "subject",
        /// Its message.
        Message = "message",
        /// The number of matches that count, and of those that entries cover.
        Matches = "matches",
    }
}

/// A finding as one version reports it. Access keys are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedFinding {
    /// The fingerprint.
    pub fingerprint: String,
    /// The severity.
    pub severity: Severity,
    /// Whether it fails a run, and if not, why.
    pub role: VerdictRole,
    /// The provider.
    pub provider: String,
    /// The subject.
    pub subject: Vec<(String, Option<String>)>,
    /// The message.
    pub message: String,
    /// Matches that count.
    pub count: u64,
    /// Matches that an entry covers.
    pub suppressed: u64,
    /// The first entry that covers it, if the allowlist covers every match.
    pub entry: Option<String>,
    /// Where its first record is: `PATH:LINE:COLUMN`.
    pub place: String,
    /// The time of its first match.
    pub first: Option<Time>,
    /// Its first record, redacted. Empty if it is not shown.
    pub sample: String,
}

/// A finding that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingChange {
    /// How it differs.
    pub kind: FindingChangeKind,
    /// The rule at the head, or at the base if the finding is lost.
    pub rule: String,
    /// The finding at the base.
    pub base: Option<ComparedFinding>,
    /// The finding at the head.
    pub head: Option<ComparedFinding>,
    /// For a changed finding, what differs.
    pub aspects: Vec<Aspect>,
    /// The changes of the policy that can be to blame, by their index.
    pub blame: Vec<usize>,
}

impl FindingChange {
    /// Whether the finding weighs less: a lower severity, or it no longer fails a run.
    pub fn is_weaker(&self) -> bool {
        let (Some(base), Some(head)) = (&self.base, &self.head) else { return false };
        let fails = |of: &ComparedFinding| of.role == VerdictRole::Gates;
        self.kind == FindingChangeKind::Changed
            && (head.severity < base.severity || fails(base) && !fails(head))
    }

    /// The finding at the head, or at the base if it is lost.
    pub fn shown(&self) -> Option<&ComparedFinding> {
        self.head.as_ref().or(self.base.as_ref())
    }
}

/// The findings that differ, the worst first, and the number of the others.
pub(super) fn compare(
    base: &Report,
    head: &Report,
    renamed: &BTreeMap<String, String>,
    changes: &[Change],
) -> (Vec<FindingChange>, u64) {
    let pairs = paired(base, head, renamed);
    let mut unchanged = 0;
    let mut found = Vec::new();
    for (before, after) in pairs {
        let rule = match (before, after) {
            (_, Some(finding)) => &head.rules[finding.rule].id,
            (Some(finding), None) => &base.rules[finding.rule].id,
            (None, None) => continue,
        };
        let before = before.map(|finding| compared(base, finding));
        let after = after.map(|finding| compared(head, finding));
        match difference(before, after, rule) {
            Some(mut change) => {
                change.blame = blame(&change, renamed, changes);
                found.push(change);
            }
            None => unchanged += 1,
        }
    }
    found.sort_by_cached_key(|of: &FindingChange| {
        let severity = of.base.as_ref().or(of.head.as_ref()).map(|of| of.severity);
        let (place, print) =
            of.shown().map(|of| (of.place.clone(), of.fingerprint.clone())).unwrap_or_default();
        (of.kind, Reverse(severity), of.rule.clone(), place, print)
    });
    (found, unchanged)
}

/// Each finding of the base with that of the head, if there is one, and the other findings of the
/// head.
fn paired<'r>(
    base: &'r Report,
    head: &'r Report,
    renamed: &'r BTreeMap<String, String>,
) -> Vec<(Option<&'r Finding>, Option<&'r Finding>)> {
    let (of_base, of_head) = (keyed(base, renamed), keyed(head, renamed));
    // A new finding with the same first record is the same one with another subject.
    let mut new: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for (key, finding) in of_head.iter().rev().filter(|(key, _)| !of_base.contains_key(*key)) {
        new.entry(first_record(key.0, finding)).or_default().push(finding);
    }
    let mut pairs = Vec::with_capacity(of_base.len());
    for (key, finding) in &of_base {
        let other = of_head.get(key).copied().or_else(|| {
            let has_record = !finding.sample.location.path.is_empty();
            let others = new.get_mut(&first_record(key.0, finding)).filter(|_| has_record);
            others.and_then(Vec::pop)
        });
        pairs.push((Some(*finding), other));
    }
    pairs.extend(new.into_values().flatten().map(|finding| (None, Some(finding))));
    pairs
}

/// Identifies the rule and the first record of a finding.
fn first_record<'r>(rule: &'r str, of: &'r Finding) -> (&'r str, usize, &'r str, u64, &'r str) {
    let Location { root, path, offset, pointer, .. } = &of.sample.location;
    (rule, *root, path, *offset, pointer)
}

/// The id of the rule of a finding, or its new id if the rule was renamed.
fn rule_of<'r>(
    report: &'r Report,
    finding: &Finding,
    renamed: &'r BTreeMap<String, String>,
) -> &'r str {
    let id = &report.rules[finding.rule].id;
    renamed.get(id).unwrap_or(id)
}

fn keyed<'r>(
    report: &'r Report,
    renamed: &'r BTreeMap<String, String>,
) -> BTreeMap<(&'r str, &'r str), &'r Finding> {
    let key = |finding: &'r Finding| {
        ((rule_of(report, finding, renamed), finding.fingerprint.as_str()), finding)
    };
    report.findings.iter().map(key).collect()
}

fn compared(report: &Report, finding: &Finding) -> ComparedFinding {
    let location = &finding.sample.location;
    let path = shown_path(&report.roots, location.root, &location.path);
    ComparedFinding {
        fingerprint: finding.fingerprint.clone(),
        severity: finding.severity,
        role: finding.role,
        provider: finding.provider.clone(),
        subject: finding.subject.clone(),
        message: finding.message.clone(),
        count: finding.count,
        suppressed: finding.suppressed,
        entry: finding.suppression.as_ref().map(|of| of.entry.clone()),
        place: format!("{path}:{}:{}", location.line, location.column),
        first: finding.first,
        sample: finding.sample.text.clone(),
    }
}

/// How a finding differs; `None` if it does not, or if the allowlist covers it in both versions.
fn difference(
    base: Option<ComparedFinding>,
    head: Option<ComparedFinding>,
    rule: &str,
) -> Option<FindingChange> {
    let open =
        |of: &Option<ComparedFinding>| of.as_ref().map(|of| of.role != VerdictRole::Suppressed);
    let mut aspects = Vec::new();
    let kind = match (open(&base), open(&head)) {
        (Some(true), None) => FindingChangeKind::Lost,
        (Some(true) | None, Some(false)) => FindingChangeKind::NewlySuppressed,
        (Some(false), Some(true)) => FindingChangeKind::Unsuppressed,
        (None, Some(true)) => FindingChangeKind::Gained,
        (Some(true), Some(true)) => {
            let (before, after) = (base.as_ref()?, head.as_ref()?);
            let fails = |of: &ComparedFinding| of.role == VerdictRole::Gates;
            let matches = |of: &ComparedFinding| (of.count, of.suppressed);
            aspects = [
                (Aspect::Severity, before.severity != after.severity),
                (Aspect::Role, fails(before) != fails(after)),
                (Aspect::Subject, before.subject != after.subject),
                (Aspect::Message, before.message != after.message),
                (Aspect::Matches, matches(before) != matches(after)),
            ]
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(aspect, _)| aspect)
            .collect();
            if aspects.is_empty() {
                return None;
            }
            FindingChangeKind::Changed
        }
        (Some(false), Some(false) | None) | (None, None) => return None,
    };
    let rule = rule.to_owned();
    Some(FindingChange { kind, rule, base, head, aspects, blame: Vec::new() })
}

/// The changes of the policy that can be the cause, the most likely only.
fn blame(
    change: &FindingChange,
    renamed: &BTreeMap<String, String>,
    changes: &[Change],
) -> Vec<usize> {
    let old = renamed.iter().find(|(_, new)| **new == change.rule).map(|(old, _)| old);
    let of_rule = |of: &Change| {
        of.rules.binary_search(&change.rule).is_ok()
            || old.is_some_and(|old| of.rules.binary_search(old).is_ok())
    };
    let entries: BTreeSet<&str> = [&change.base, &change.head]
        .into_iter()
        .flatten()
        .filter_map(|of| of.entry.as_deref())
        .collect();
    let select = |wanted: &dyn Fn(&Change) -> bool| -> Vec<usize> {
        let numbered = changes.iter().enumerate();
        numbered.filter(|(_, of)| wanted(of)).map(|(at, _)| at).collect()
    };
    let of_entry = |of: &Change| of_allowlist(of.kind) && entries.contains(of.name.as_str());
    let first = match change.kind {
        FindingChangeKind::NewlySuppressed | FindingChangeKind::Unsuppressed => {
            let hides = change.kind == FindingChangeKind::NewlySuppressed;
            let fits = |of: &Change| match of.effect {
                Effect::Weaker => hides,
                Effect::Stronger => !hides,
                Effect::Undecided => true,
                Effect::Neutral => false,
            };
            let of_entry = select(&|of| of_entry(of) && fits(of));
            match of_entry.is_empty() {
                true => select(&|of| of.kind == ChangeKind::Guard && of_rule(of) && fits(of)),
                false => of_entry,
            }
        }
        FindingChangeKind::Lost => {
            select(&|of| of_rule(of) && finds(of.kind) && of.effect >= Effect::Undecided)
        }
        FindingChangeKind::Gained => {
            select(&|of| of_rule(of) && finds(of.kind) && of.effect != Effect::Neutral)
        }
        FindingChangeKind::Changed => {
            let covered = |of: &Option<ComparedFinding>| of.as_ref().map(|of| of.suppressed);
            let covers = covered(&change.base) != covered(&change.head);
            select(&|of| {
                let concerns = change.aspects.iter().any(|aspect| concerns(of.kind, *aspect));
                let of_allowlist = of_allowlist(of.kind) || of.kind == ChangeKind::Guard;
                of_rule(of) && (concerns || covers && of_allowlist)
            })
        }
    };
    if !first.is_empty() {
        return first;
    }
    let second = select(&|of| of_rule(of) && of.kind != ChangeKind::Tests);
    if !second.is_empty() {
        return second;
    }
    // Settings that concern every finding.
    select(&|of| {
        of.effect != Effect::Neutral && matches!(of.kind, ChangeKind::Setting | ChangeKind::Table)
    })
}

fn of_allowlist(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::EntryAdded | ChangeKind::EntryRemoved | ChangeKind::Entry | ChangeKind::Expiry
    )
}

/// Whether a change of this kind can decide whether there is a finding.
fn finds(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::RuleAdded
            | ChangeKind::RuleDeleted
            | ChangeKind::RuleDisabled
            | ChangeKind::RuleEnabled
            | ChangeKind::Builtin
            | ChangeKind::Condition
            | ChangeKind::Correlation
            | ChangeKind::Subject
            | ChangeKind::Configured
    )
}

/// Whether a change of this kind can change this part of a finding.
fn concerns(kind: ChangeKind, aspect: Aspect) -> bool {
    match aspect {
        Aspect::Severity => matches!(kind, ChangeKind::Severity | ChangeKind::Raise),
        Aspect::Role => matches!(
            kind,
            ChangeKind::Severity | ChangeKind::Raise | ChangeKind::Status | ChangeKind::Pack
        ),
        Aspect::Subject => kind == ChangeKind::Subject,
        Aspect::Message => kind == ChangeKind::Message,
        Aspect::Matches => finds(kind),
    }
}
