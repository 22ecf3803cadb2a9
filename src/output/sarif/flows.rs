//! The steps of an incident as the code flow of its results.

use std::cell::Cell;
use std::collections::HashMap;

use super::locations::Locations;
use super::log::{CodeFlow, Location, Message, ThreadFlow, ThreadFlowLocation};
use super::text;
use crate::finding::{Finding, Sample};
use crate::incident::{Incident, Step};
use crate::report::Report;

/// Steps in one code flow.
const STEPS: usize = 50;

/// Steps in all code flows of a run. GitHub rejects a log of more than 10 MB when it is compressed.
const STEPS_PER_RUN: usize = 5_000;

/// Writes code flows until the limit of the run is reached.
pub(super) struct Flows<'r> {
    report: &'r Report,
    by_id: HashMap<&'r str, &'r Incident>,
    left: Cell<usize>,
}

impl<'r> Flows<'r> {
    pub(super) fn new(report: &'r Report) -> Self {
        let by_id = report.incidents.iter().map(|of| (of.id.as_str(), of)).collect();
        Self { report, by_id, left: Cell::new(STEPS_PER_RUN) }
    }

    /// The incident of a finding.
    pub(super) fn incident(&self, finding: &Finding) -> Option<&'r Incident> {
        self.by_id.get(finding.incident.as_str()).copied()
    }

    /// The steps of the finding's incident; `None` for a finding that stands alone.
    pub(super) fn of(&self, places: &Locations<'_>, finding: &Finding) -> Option<Vec<CodeFlow>> {
        let incident = self.incident(finding)?;
        let count = incident.steps.len().min(STEPS);
        let left = self.left.get().checked_sub(count)?;
        if incident.findings.len() < 2 || count == 0 {
            return None;
        }
        self.left.set(left);
        let locations: Vec<ThreadFlowLocation> = incident
            .steps
            .iter()
            .take(STEPS)
            .filter_map(|step| {
                Some(ThreadFlowLocation {
                    execution_time_utc: step.first.to_string(),
                    location: Some(self.location(places, step)?),
                })
            })
            .collect();
        (!locations.is_empty())
            .then(|| vec![CodeFlow { thread_flows: vec![ThreadFlow { locations }] }])
    }

    /// A record of a step, with the step in one sentence.
    fn location(&self, places: &Locations<'_>, step: &Step) -> Option<Location> {
        let facts = &self.report.facts;
        let sample = Sample { location: step.location.clone()?, ..Sample::default() };
        let refused = match (step.ok, step.failed) {
            (0, failed) if failed > 0 => " (refused)",
            _ => "",
        };
        let sentence = format!("{}{refused}", step.operations.join(", "));
        let who = step.source.as_deref().map_or(String::new(), |source| format!(" from {source}"));
        Some(Location {
            message: Some(Message::new(text::sentence(facts, &format!("{sentence}{who}"), 300))),
            ..places.record(facts, &sample)
        })
    }
}
