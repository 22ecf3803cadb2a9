//! The comparison of two versions of a policy.

use std::collections::BTreeMap;

use super::change::{Change, ChangePlace, Effect};
use super::context::Context;
use super::findings::{self, FindingChange, FindingChangeKind};
use super::{data, entries, guards, rules, settings, triage};
use crate::config::Policy;
use crate::report::Report;
use crate::value::words;

words! {
    /// What fails a comparison.
    FailKind {
        /// A finding is lost.
        Lost = "lost",
        /// A finding is suppressed now.
        NewlySuppressed = "newly-suppressed",
        /// The policy is weaker, or it was not decided whether it is; or a finding weighs less.
        Weakened = "weakened",
        /// A finding has another severity, subject, message or number of matches.
        Changed = "changed",
        /// A finding is new.
        Gained = "gained",
        /// A finding is no longer suppressed.
        Unsuppressed = "unsuppressed",
    }
}

/// What is known about one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionFacts {
    /// How the user named it: a revision or a folder.
    pub name: String,
    /// The commit, if it is a revision.
    pub commit: Option<String>,
    /// The number of rules in force.
    pub rules: usize,
    /// SHA-256 over the policy, in hex.
    pub policy: String,
    /// The number of open findings; `None` without inputs.
    pub findings: Option<u64>,
}

/// The comparison of two versions of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The version before.
    pub base: VersionFacts,
    /// The version after.
    pub head: VersionFacts,
    /// The changes of the policy, the worst first.
    pub changes: Vec<Change>,
    /// The findings that differ, the worst first.
    pub findings: Vec<FindingChange>,
    /// Findings that do not differ.
    pub unchanged: u64,
    /// Records that both versions were evaluated on; `None` without inputs.
    pub records: Option<u64>,
    /// Why the findings may not be complete.
    pub incomplete: Vec<String>,
    /// What fails the comparison, of the kinds that were asked for.
    pub failed: Vec<FailKind>,
}

impl Diff {
    /// Fails the comparison if it has one of these kinds.
    pub fn fail_on(&mut self, kinds: &[FailKind]) {
        self.failed = FailKind::ALL.into_iter().filter(|of| kinds.contains(of)).collect();
        self.failed = self.failed.iter().copied().filter(|of| self.has(*of)).collect();
    }

    /// The number of changes with this effect.
    pub fn count(&self, effect: Effect) -> usize {
        self.changes.iter().filter(|change| change.effect == effect).count()
    }

    /// The number of findings that differ in this way.
    pub fn count_findings(&self, kind: FindingChangeKind) -> usize {
        self.findings.iter().filter(|change| change.kind == kind).count()
    }

    /// Whether the comparison has what fails it.
    pub fn has(&self, kind: FailKind) -> bool {
        let any = |kind| self.findings.iter().any(|change| change.kind == kind);
        match kind {
            FailKind::Lost => any(FindingChangeKind::Lost),
            FailKind::NewlySuppressed => any(FindingChangeKind::NewlySuppressed),
            FailKind::Changed => any(FindingChangeKind::Changed),
            FailKind::Gained => any(FindingChangeKind::Gained),
            FailKind::Unsuppressed => any(FindingChangeKind::Unsuppressed),
            FailKind::Weakened => {
                self.changes.iter().any(|change| change.effect >= Effect::Undecided)
                    || self.findings.iter().any(FindingChange::is_weaker)
            }
        }
    }
}

/// Compares two versions: their policies, and the reports of both over the same inputs, if there are
/// inputs. The reports must contain findings of every severity.
pub fn diff(
    (base_name, base_commit, base): (&str, Option<&str>, &Policy),
    (head_name, head_commit, head): (&str, Option<&str>, &Policy),
    reports: Option<&[Report; 2]>,
) -> Diff {
    let changes = changes(base, head);
    let renamed: BTreeMap<String, String> = head
        .rules
        .iter()
        .filter_map(|rule| Some((rule.renamed_from.clone()?, rule.id.clone())))
        .filter(|(old, _)| head.rules.iter().all(|rule| rule.id != *old))
        .collect();
    let (found, unchanged) = match reports {
        Some([base, head]) => findings::compare(base, head, &renamed, &changes),
        None => (Vec::new(), 0),
    };
    let open = |report: &Report| {
        let open = report.findings.iter().filter(|of| of.suppression.is_none());
        open.count() as u64
    };
    let facts =
        |name: &str, commit: Option<&str>, policy: &Policy, report: Option<&Report>| VersionFacts {
            name: name.to_owned(),
            commit: commit.map(str::to_owned),
            rules: policy.rules.len(),
            policy: policy.hash.clone(),
            findings: report.map(open),
        };
    let mut incomplete: Vec<String> = reports
        .into_iter()
        .flatten()
        .flat_map(|report| report.incomplete.iter().map(|note| note.text.clone()))
        .collect();
    incomplete.sort();
    incomplete.dedup();
    Diff {
        base: facts(base_name, base_commit, base, reports.map(|of| &of[0])),
        head: facts(head_name, head_commit, head, reports.map(|of| &of[1])),
        changes,
        findings: found,
        unchanged,
        records: reports.map(|of| of[1].accounting.evaluated),
        incomplete,
        failed: Vec::new(),
    }
}

/// The changes of the policy, the worst first.
pub fn changes(base: &Policy, head: &Policy) -> Vec<Change> {
    let context = Context::new(base, head);
    let mut all = rules::changes(&context);
    all.extend(entries::changes(&context));
    all.extend(guards::changes(&context));
    all.extend(triage::changes(&context));
    all.extend(data::changes(&context));
    all.extend(settings::changes(&context));
    all.extend(settings::files(&context, &all));
    all.sort_by(|a, b| {
        let rank = |of: &Change| -> (std::cmp::Reverse<Effect>, Option<ChangePlace>) {
            (std::cmp::Reverse(of.effect), of.place().cloned())
        };
        rank(a).cmp(&rank(b)).then_with(|| (a.kind, &a.message).cmp(&(b.kind, &b.message)))
    });
    all
}

/// Whether both versions state the same about input files, so that they can be compared in one pass.
pub fn same_inputs(base: &Policy, head: &Policy) -> bool {
    settings::same_inputs(base, head)
}
