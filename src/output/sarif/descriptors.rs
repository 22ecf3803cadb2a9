//! The rules of a run, with one more for each other severity that a service reads from the rule.

use std::collections::{BTreeMap, BTreeSet};

use super::log::Descriptor;
use super::rules;
use super::severity::shown_severity;
use crate::finding::Finding;
use crate::output::sarif_profile::{MOST_RULES, SarifProfile};
use crate::report::Report;
use crate::rule::Severity;

/// A rule, and the severity of a descriptor of its own.
type Key = (usize, Option<Severity>);

/// The descriptors of a run, sorted by id.
pub(super) struct Descriptors {
    all: Vec<(String, Key)>,
    index: BTreeMap<Key, usize>,
    severity_of_rule: bool,
    /// Rules without results that are left out.
    pub(super) left_out: usize,
}

impl Descriptors {
    pub(super) fn new(report: &Report, shown: &[&Finding], profile: SarifProfile) -> Self {
        let severity_of_rule = profile.severity_of_rule();
        let mut of =
            Self { all: Vec::new(), index: BTreeMap::new(), severity_of_rule, left_out: 0 };
        let used: BTreeSet<Key> =
            shown.iter().filter_map(|finding| of.key(report, finding)).collect();
        let every = (0..report.rules.len()).map(|rule| (rule, None));
        let mut keys: BTreeSet<Key> = every.chain(used.iter().copied()).collect();
        if keys.len() > MOST_RULES {
            of.left_out = keys.len() - used.len();
            keys = used;
        }
        let id = |(rule, severity): Key| {
            let id = &report.rules.get(rule)?.id;
            let id = severity.map_or_else(|| id.clone(), |of| format!("{id}/{}", of.name()));
            Some((id, (rule, severity)))
        };
        of.all = keys.into_iter().filter_map(id).collect();
        of.all.sort();
        of.index = of.all.iter().map(|(_, key)| *key).zip(0..).collect();
        of
    }

    fn key(&self, report: &Report, finding: &Finding) -> Option<Key> {
        let rule = report.rule_of(finding)?;
        let shown = shown_severity(finding);
        let own = self.severity_of_rule && shown != rule.severity;
        Some((finding.rule, own.then_some(shown)))
    }

    /// The id and the index of the descriptor of a finding.
    pub(super) fn of(&self, report: &Report, finding: &Finding) -> Option<(&str, usize)> {
        let at = *self.index.get(&self.key(report, finding)?)?;
        Some((self.all.get(at)?.0.as_str(), at))
    }

    /// The descriptors.
    pub(super) fn written(&self, report: &Report) -> Vec<Descriptor> {
        let written = |(id, (rule, severity)): &(String, Key)| {
            let rule = report.rules.get(*rule)?;
            let own = severity.unwrap_or(rule.severity);
            Some(Descriptor {
                id: id.clone(),
                name: rules::name(id),
                ..rules::of(report, rule, own)
            })
        };
        self.all.iter().filter_map(written).collect()
    }
}
