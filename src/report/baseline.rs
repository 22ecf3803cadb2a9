//! Compares a run with findings that are already known.

use std::collections::BTreeMap;

use super::Report;
use super::comparison::{Comparison, KnownFinding};
use crate::finding::{BaselineState, Finding, VerdictRole};

/// Findings that earlier runs reported, by fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    findings: BTreeMap<String, KnownFinding>,
}

impl FromIterator<KnownFinding> for Baseline {
    fn from_iter<I: IntoIterator<Item = KnownFinding>>(findings: I) -> Self {
        let mut baseline = Self::default();
        findings.into_iter().for_each(|finding| baseline.add(finding));
        baseline
    }
}

impl Baseline {
    /// The findings of a report that the allowlist does not cover. A covered finding is not accepted
    /// by a baseline: it counts again once its entry ends.
    pub fn of(report: &Report) -> Self {
        let known = |finding: &Finding| KnownFinding {
            fingerprint: finding.fingerprint.clone(),
            rule: report.rule_of(finding).map_or_else(String::new, |rule| rule.id.clone()),
            severity: finding.severity,
            message: report.facts.text(&finding.message).into_owned(),
        };
        report.open_findings().map(known).collect()
    }

    /// The findings, sorted by fingerprint.
    pub fn findings(&self) -> impl Iterator<Item = &KnownFinding> {
        self.findings.values()
    }

    /// Adds the findings of another baseline, and removes none.
    pub fn merge(&mut self, other: Baseline) {
        other.findings.into_values().for_each(|finding| self.add(finding));
    }

    fn add(&mut self, mut finding: KnownFinding) {
        if let Some(known) = self.findings.get(&finding.fingerprint) {
            finding.severity = finding.severity.max(known.severity);
        }
        self.findings.insert(finding.fingerprint.clone(), finding);
    }

    /// The state of a finding. One that is more severe than it was accepted is new.
    fn state(&self, finding: &Finding) -> BaselineState {
        match self.findings.get(&finding.fingerprint) {
            Some(known) if known.severity >= finding.severity => BaselineState::Unchanged,
            _ => BaselineState::New,
        }
    }

    /// Sets the states of findings, and says how they differ from this baseline.
    pub(super) fn compare(&self, findings: &mut [Finding]) -> Comparison {
        let mut comparison = Comparison::default();
        let mut absent: BTreeMap<&str, &KnownFinding> =
            self.findings.iter().map(|(key, of)| (key.as_str(), of)).collect();
        for finding in findings {
            absent.remove(finding.fingerprint.as_str());
            let state = self.state(finding);
            finding.baseline = Some(state);
            if finding.role != VerdictRole::Suppressed {
                match state {
                    BaselineState::New => comparison.new += 1,
                    BaselineState::Unchanged => comparison.unchanged += 1,
                }
            }
        }
        comparison.absent = absent.into_values().cloned().collect();
        comparison
    }
}

impl Report {
    /// Compares a finished report with a baseline; [`decide`](Self::decide) comes after it. Findings
    /// that `--min-severity` left out stay as they are, because their fingerprints are not known.
    pub fn compare(&mut self, baseline: &Baseline) {
        self.baseline = Some(baseline.compare(&mut self.findings));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use crate::report::Verdict;
    use crate::rule::Severity;

    fn compared(baseline: &Baseline, change: impl Fn(&mut Report)) -> Report {
        let mut report = fixture();
        report.incomplete.clear();
        report.facts.max_skipped = 2;
        change(&mut report);
        report.compare(baseline);
        report.decide();
        report
    }

    #[test]
    fn a_run_with_itself_as_baseline_passes() {
        let report = compared(&Baseline::of(&fixture()), |_| ());
        assert_eq!(report.verdict, Verdict::Passed);
        assert_eq!((report.gate.gating, report.gate.unchanged), (0, 3));
        let Some(comparison) = report.baseline else { panic!("no comparison") };
        assert_eq!((comparison.new, comparison.unchanged, comparison.absent.len()), (0, 5, 0));
    }

    #[test]
    fn a_new_finding_fails_the_run_and_an_absent_one_is_named() {
        let mut known: Vec<KnownFinding> = Baseline::of(&fixture()).findings().cloned().collect();
        let gone = known.remove(0);
        let other = KnownFinding { fingerprint: "0123".into(), ..gone.clone() };
        let report = compared(&known.into_iter().chain([other.clone()]).collect(), |_| ());
        let new: Vec<&str> = report
            .findings
            .iter()
            .filter(|of| of.baseline == Some(BaselineState::New) && of.role == VerdictRole::Gates)
            .map(|of| of.fingerprint.as_str())
            .collect();
        assert_eq!((report.verdict, new), (Verdict::Findings, vec![gone.fingerprint.as_str()]));
        assert_eq!(report.baseline.map(|of| of.absent), Some(vec![other]));
    }

    #[test]
    fn neither_a_raised_severity_nor_the_end_of_an_allowlist_entry_is_accepted() {
        let baseline = Baseline::of(&fixture());
        let raised = compared(&baseline, |report| report.findings[4].severity = Severity::High);
        assert_eq!((raised.gate.gating, raised.findings[4].role), (1, VerdictRole::Gates));
        let ended = compared(&baseline, |report| {
            report.findings[5].role = VerdictRole::Gates;
            report.findings[5].severity = Severity::High;
        });
        assert_eq!((ended.gate.gating, ended.findings[5].role), (1, VerdictRole::Gates));
    }

    #[test]
    fn merging_removes_nothing_and_keeps_the_highest_severity() {
        let of = |fingerprint: &str, severity| KnownFinding {
            fingerprint: fingerprint.into(),
            rule: "r".into(),
            severity,
            message: "m".into(),
        };
        let mut all: Baseline =
            [of("a", Severity::High), of("b", Severity::Low)].into_iter().collect();
        all.merge([of("a", Severity::Low), of("c", Severity::Low)].into_iter().collect());
        let shown: Vec<_> =
            all.findings().map(|of| (of.fingerprint.as_str(), of.severity)).collect();
        let expected = [("a", Severity::High), ("b", Severity::Low), ("c", Severity::Low)];
        assert_eq!(shown, expected);
    }
}
