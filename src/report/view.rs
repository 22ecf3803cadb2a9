//! Accessors of a report for outputs and gates.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Facts, GateCounts, LedgerEntry, LedgerState, Report, RuleSummary, Standing, Verdict};
use crate::finding::{Finding, VerdictRole};
use crate::incident::Incident;
use crate::record::shown_path;
use crate::rule::{FailOn, Severity};
use crate::value::{mask, mask_keys_with};

impl Facts {
    /// An access key, masked unless this run shows keys.
    pub fn key<'t>(&self, key: &'t str) -> Cow<'t, str> {
        if self.show_keys || self.masked {
            return Cow::Borrowed(key);
        }
        Cow::Owned(self.mask(key))
    }

    /// A text whose access keys are masked unless this run shows keys.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.show_keys {
            return Cow::Borrowed(text);
        }
        mask_keys_with(text, |key| self.mask(key))
    }

    fn mask(&self, key: &str) -> String {
        self.masks.get(key).cloned().unwrap_or_else(|| mask(key))
    }
}

impl GateCounts {
    /// Findings at or above the threshold that do not fail the run.
    pub fn not_gating(&self) -> u64 {
        let known = self.processed + self.ignored + self.unchanged;
        self.uncertain + self.experimental + self.extended + known
    }

    /// A sentence that counts all findings at or above the threshold, such as
    /// `16 findings at or above high: 13 gate, 3 uncertain`.
    pub fn sentence(&self, fail_on: FailOn) -> String {
        let all = self.gating + self.not_gating();
        let mut text = format!("{all} finding{}", if all == 1 { "" } else { "s" });
        text.push_str(&match fail_on {
            FailOn::Never => ", none fails the run with --fail-on never".to_owned(),
            fail_on => format!(" at or above {}", fail_on.name()),
        });
        if self.not_gating() > 0 {
            let parts = [
                (self.uncertain, "uncertain"),
                (self.experimental, "experimental"),
                (self.extended, "extended"),
                (self.processed, "processed"),
                (self.ignored, "ignored"),
                (self.unchanged, "unchanged"),
            ];
            let parts = parts.iter().filter(|(count, _)| *count > 0);
            let parts = parts.map(|(count, what)| format!(", {count} {what}"));
            let gate = if self.gating == 1 { "gates" } else { "gate" };
            text.push_str(&format!(": {} {gate}{}", self.gating, parts.collect::<String>()));
        }
        text
    }
}

impl LedgerEntry {
    /// Whether it applies and covers no match.
    pub fn is_unused(&self) -> bool {
        self.matches == 0 && self.state != LedgerState::Expired
    }
}

impl Report {
    /// The exit code before `--exit-zero`: 0 clean or passed, 1 findings, 3 incomplete.
    pub fn exit_code(&self) -> u8 {
        match self.verdict {
            Verdict::Clean | Verdict::Passed => 0,
            Verdict::Findings => 1,
            Verdict::Incomplete => 3,
        }
    }

    /// How many findings `--min-severity` left out.
    pub fn below_min_severity(&self) -> u64 {
        self.left_out.values().sum()
    }

    /// How many of these fail the run.
    pub fn gating_below_min_severity(&self) -> u64 {
        let gates = |of: &&Standing| of.role(&self.facts) == VerdictRole::Gates;
        let gating = self.left_out.iter().filter(|(of, _)| gates(of));
        gating.map(|(_, count)| count).sum()
    }

    /// The rule of a finding.
    pub fn rule_of(&self, finding: &Finding) -> Option<&RuleSummary> {
        self.rules.get(finding.rule)
    }

    /// Incidents of more than one finding, the worst first.
    pub fn joined_incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().filter(|incident| incident.findings.len() > 1)
    }

    /// Findings that the allowlist does not cover, worst first.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.role != VerdictRole::Suppressed)
    }

    /// Findings that the allowlist covers.
    pub fn suppressed_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.role == VerdictRole::Suppressed)
    }

    /// The path of a file of an input root, as shown to people. The path is joined to the folder,
    /// or to the part of a glob before its first wildcard. If the root is the file itself, this is
    /// the root.
    pub fn shown_path(&self, root: usize, path: &str) -> String {
        shown_path(&self.roots, root, path)
    }

    /// How many findings the allowlist does not cover, for every severity.
    pub fn by_severity(&self) -> BTreeMap<Severity, u64> {
        let mut counts: BTreeMap<_, _> = Severity::ALL.iter().map(|&s| (s, 0)).collect();
        for finding in self.open_findings() {
            *counts.entry(finding.severity).or_default() += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;

    #[test]
    fn files_are_shown_by_the_path_as_named() {
        let mut report = fixture();
        for (root, path, shown) in [
            ("logs", "a/b.json", "logs/a/b.json"),
            ("logs/", "b.json", "logs/b.json"),
            ("/", "b.json", "/b.json"),
            (".", "b.json", "./b.json"),
            ("logs/b.json", "b.json", "logs/b.json"),
            ("b.json", "b.json", "b.json"),
            ("logs/ab.json", "b.json", "logs/ab.json/b.json"),
            ("logs/*/b*.json", "2024/b.json", "logs/2024/b.json"),
            ("*.json", "b.json", "b.json"),
            ("-", "stdin", "stdin"),
        ] {
            report.roots = vec![root.to_owned()];
            assert_eq!(report.shown_path(0, path), shown, "{root} {path}");
        }
        assert_eq!(report.shown_path(7, "b.json"), "b.json");
    }
}
