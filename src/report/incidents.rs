//! Joins the findings of a report to incidents.

use super::Report;
use crate::incident::{IncidentOptions, Lineage, Shown, StoryRule, incidents};
use crate::rule::{Tactic, Technique, technique_id};
use crate::value::RecordKind;

impl Report {
    /// Joins the findings, which must be final, and names the incident of each.
    pub(super) fn join(&mut self, lineage: &Lineage, options: &IncidentOptions) {
        let rules: Vec<StoryRule<'_>> = self
            .rules
            .iter()
            .map(|rule| StoryRule {
                id: &rule.id,
                remediation: &rule.remediation,
                on_event: rule.on == RecordKind::Event,
                tactics: tactics(&rule.tags),
            })
            .collect();
        let shown = Shown { clock: self.facts.clock, key: &|key| self.facts.key(key).into_owned() };
        self.incidents = incidents(&self.findings, &rules, lineage, options, &shown);
        for incident in &self.incidents {
            for index in &incident.findings {
                if let Some(finding) = self.findings.get_mut(*index) {
                    finding.incident.clone_from(&incident.id);
                }
            }
        }
    }
}

/// The tactics of the techniques that tags name.
fn tactics(tags: &[String]) -> Vec<Tactic> {
    let ids = tags.iter().filter_map(|tag| technique_id(tag));
    ids.filter_map(|id| Technique::find(&id)).map(|technique| technique.tactic).collect()
}
