//! Decides the verdict: which findings fail the run, and whether it is complete.
//!
//! The decision needs only what a report contains, so `keytrail gate` repeats it with other
//! thresholds.

use super::standing::Standing;
use super::{Facts, GateCounts, Note, Report, Verdict};
use crate::finding::{BaselineState, Finding, VerdictRole};
use crate::rule::{FailOn, Pack, Severity, Status};
use crate::triage::{TriageDecision, TriageState};

impl Standing {
    /// The standing of a finding whose rule has this status and pack.
    pub(super) fn of(finding: &Finding, status: Status, pack: Pack) -> Self {
        Self {
            severity: finding.severity,
            status,
            pack,
            uncertain: finding.uncertain,
            suppressed: finding.role == VerdictRole::Suppressed,
            unchanged: finding.baseline == Some(BaselineState::Unchanged),
            triage: finding.triage.as_ref().and_then(TriageDecision::in_force),
        }
    }

    /// Whether the finding fails the run, and if not, why.
    pub fn role(&self, facts: &Facts) -> VerdictRole {
        if self.suppressed {
            VerdictRole::Suppressed
        } else if self.status == Status::Experimental {
            VerdictRole::Experimental
        } else if self.pack == Pack::Extended && !facts.fail_on_extended {
            VerdictRole::Extended
        } else if !facts.fail_on.is_reached_by(self.severity) {
            VerdictRole::BelowThreshold
        } else if let Some(state) = self.triage {
            match state {
                TriageState::Processed => VerdictRole::Processed,
                TriageState::Ignored => VerdictRole::Ignored,
            }
        } else if self.uncertain && !facts.strict && !facts.fail_on_uncertain {
            VerdictRole::Uncertain
        } else if self.unchanged {
            VerdictRole::Unchanged
        } else {
            VerdictRole::Gates
        }
    }
}

impl GateCounts {
    /// Counts findings of one severity and role.
    fn add(&mut self, severity: Severity, role: VerdictRole, count: u64, fail_on: FailOn) {
        match role {
            VerdictRole::Gates => self.gating += count,
            VerdictRole::Uncertain => self.uncertain += count,
            VerdictRole::Processed => self.processed += count,
            VerdictRole::Ignored => self.ignored += count,
            VerdictRole::Unchanged => self.unchanged += count,
            VerdictRole::Experimental if fail_on.is_reached_by(severity) => {
                self.experimental += count;
            }
            VerdictRole::Extended if fail_on.is_reached_by(severity) => self.extended += count,
            VerdictRole::Experimental
            | VerdictRole::Extended
            | VerdictRole::BelowThreshold
            | VerdictRole::Suppressed => {}
        }
    }
}

impl Report {
    /// Decides the roles of the findings, the counts and the verdict by the thresholds in the facts.
    pub fn decide(&mut self) {
        let (mut gate, mut open) = (GateCounts::default(), false);
        for finding in &mut self.findings {
            if let Some(rule) = self.rules.get(finding.rule) {
                finding.role = Standing::of(finding, rule.status, rule.pack).role(&self.facts);
            }
            gate.add(finding.severity, finding.role, 1, self.facts.fail_on);
            open |= finding.role != VerdictRole::Suppressed;
        }
        for (standing, count) in &self.left_out {
            gate.add(standing.severity, standing.role(&self.facts), *count, self.facts.fail_on);
            open |= !standing.suppressed;
        }
        self.gate = gate;
        self.incomplete.retain(|reason| !BY_THRESHOLD.contains(&reason.id));
        let reasons = self.beyond_thresholds();
        self.incomplete.extend(reasons);
        self.incomplete.sort();
        self.verdict = if !self.incomplete.is_empty() {
            Verdict::Incomplete
        } else if gate.gating > 0 {
            Verdict::Findings
        } else if open {
            Verdict::Passed
        } else {
            Verdict::Clean
        };
    }

    /// Accepts that the run had no record or no rule; [`decide`](Self::decide) comes after it.
    pub fn allow_empty(&mut self) {
        self.incomplete.retain(|reason| !["no-records", "no-rules"].contains(&reason.id));
    }

    /// The reasons why the run is incomplete that depend on thresholds.
    fn beyond_thresholds(&self) -> Vec<Note> {
        let (accounting, facts) = (&self.accounting, &self.facts);
        let (skipped, gapped) = (accounting.skipped, accounting.gapped);
        let tolerated = skipped + gapped <= facts.max_skipped;
        let mut reasons = Vec::new();
        if gapped > 0 && !tolerated {
            let gaps = accounting.gaps.iter().map(|(gap, count)| format!("{gap} in {count}"));
            let records = match gapped {
                1 => "1 record lacks fields that its format promises".to_owned(),
                _ => format!("{gapped} records lack fields that their format promises"),
            };
            let gaps = gaps.collect::<Vec<_>>().join(", ");
            let text = format!("{records} ({gaps}); --max-skipped is {}", facts.max_skipped);
            reasons.push(Note { id: FIELD_GAPS, text });
        }
        if skipped > 0 && !tolerated {
            let by_reason = accounting.skipped_by_reason.iter();
            let by_reason = by_reason.map(|(reason, count)| format!("{count} {reason}"));
            let by_reason = by_reason.collect::<Vec<_>>().join(", ");
            let records = if skipped == 1 {
                "1 record was".into()
            } else {
                format!("{skipped} records were")
            };
            let text = format!(
                "{records} not evaluated ({by_reason}); --max-skipped is {}",
                facts.max_skipped
            );
            reasons.push(Note { id: SKIPPED_RECORDS, text });
        }
        if facts.strict && self.blind > 0 {
            let rules = match self.blind {
                1 => "1 rule is".to_owned(),
                blind => format!("{blind} rules are"),
            };
            let text = format!("--strict is set, and {rules} blind");
            reasons.push(Note { id: BLIND_RULES, text });
        }
        reasons
    }
}

const FIELD_GAPS: &str = "field-gaps";
const SKIPPED_RECORDS: &str = "skipped-records";
const BLIND_RULES: &str = "blind-rules";

/// The ids of the reasons that depend on thresholds.
const BY_THRESHOLD: [&str; 3] = [FIELD_GAPS, SKIPPED_RECORDS, BLIND_RULES];

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;

    fn decided(change: impl Fn(&mut Report)) -> Report {
        let mut report = fixture();
        change(&mut report);
        report.decide();
        report
    }

    #[test]
    fn thresholds_decide_again() {
        let all_read = |report: &mut Report| {
            report.incomplete.clear();
            report.facts.max_skipped = 2;
        };
        for (fail_on, gating, verdict) in [
            (FailOn::Info, 4, Verdict::Findings),
            (FailOn::Medium, 4, Verdict::Findings),
            (FailOn::High, 3, Verdict::Findings),
            (FailOn::Critical, 1, Verdict::Findings),
            (FailOn::Never, 0, Verdict::Passed),
        ] {
            let report = decided(|report| {
                all_read(report);
                report.facts.fail_on = fail_on;
            });
            assert_eq!((report.gate.gating, report.verdict), (gating, verdict), "{fail_on:?}");
        }
        let strict = decided(|report| {
            all_read(report);
            (report.blind, report.facts.strict) = (2, true);
        });
        assert_eq!(strict.incomplete[0].text, "--strict is set, and 2 rules are blind");
        assert_eq!(strict.exit_code(), 3);
    }

    #[test]
    fn skipped_records_are_judged_by_the_tolerance() {
        for (max_skipped, verdict) in [(1, Verdict::Incomplete), (2, Verdict::Findings)] {
            let report = decided(|report| {
                report.incomplete.retain(|reason| reason.id != "rule-error");
                report.facts.max_skipped = max_skipped;
            });
            assert_eq!(report.verdict, verdict, "{max_skipped}");
        }
        let report = decided(|report| report.facts.max_skipped = 2);
        assert_eq!(report.verdict, Verdict::Incomplete, "a rule failed");
    }

    #[test]
    fn findings_that_were_left_out_are_judged_too() {
        let low = Standing {
            severity: Severity::Low,
            status: Status::Stable,
            pack: Pack::Core,
            uncertain: false,
            suppressed: false,
            unchanged: false,
            triage: None,
        };
        for (fail_on, gating) in [(FailOn::Low, 7), (FailOn::High, 3)] {
            let report = decided(|report| {
                report.left_out = [(low, 3), (Standing { suppressed: true, ..low }, 2)].into();
                report.facts.fail_on = fail_on;
            });
            assert_eq!(report.gate.gating, gating, "{fail_on:?}");
            assert_eq!(report.below_min_severity(), 5);
        }
    }
}
