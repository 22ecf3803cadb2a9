//! Compares the result of a test with its expectation.

use crate::diag::escaped;
use crate::rule::{Expectation, ExpectedCounts, Severity};

/// The result of evaluating a test's records.
pub(super) struct Observed {
    pub(super) findings: u64,
    pub(super) subjects: u64,
    pub(super) occurrences: u64,
    pub(super) uncertain: u64,
    pub(super) severity: Option<Severity>,
    pub(super) suppressed: u64,
    /// The ids of the entries that suppress findings.
    pub(super) entries: Vec<String>,
    pub(super) messages: Vec<String>,
    pub(super) subject_values: Vec<Vec<String>>,
    /// Whether there is a single record and each match of the rule is a finding.
    pub(super) single: bool,
    pub(super) values: Vec<String>,
}

/// How the result differs from the expectation, as a clause; `None` if it does not differ.
pub(super) fn differs(expect: &Expectation, observed: &Observed) -> Option<String> {
    let amount = |count: u64, of: &str| match count {
        1 => format!("1 {of}"),
        count => format!("{count} {of}s"),
    };
    match expect {
        Expectation::Match if observed.findings == 0 && observed.single => {
            Some("does not match".to_owned())
        }
        Expectation::None if observed.findings > 0 && observed.single => Some("matches".to_owned()),
        Expectation::Match if observed.findings == 0 => Some("produces no finding".to_owned()),
        Expectation::None if observed.findings > 0 => {
            Some(format!("produces {}", amount(observed.findings, "finding")))
        }
        Expectation::Match | Expectation::None => None,
        Expectation::Counts(counts) => {
            let of = [
                (counts.findings, observed.findings, "finding"),
                (counts.subjects, observed.subjects, "subject"),
                (counts.occurrences, observed.occurrences, "occurrence"),
                (counts.uncertain, observed.uncertain, "uncertain finding"),
                (counts.suppressed, observed.suppressed, "suppressed finding"),
            ];
            let wrong =
                of.iter().find(|(wanted, observed, _)| wanted.is_some_and(|w| w != *observed));
            let wrong = wrong.map(|(wanted, observed, of)| {
                format!(
                    "produces {} instead of {}",
                    amount(*observed, of),
                    wanted.unwrap_or_default()
                )
            });
            let severity = counts.severity.filter(|severity| Some(*severity) != observed.severity);
            let severity = severity.map(|wanted| match observed.severity {
                None => "produces no finding".to_owned(),
                Some(observed) => format!(
                    "produces the severity `{}` instead of `{}`",
                    observed.name(),
                    wanted.name()
                ),
            });
            wrong.or(severity).or_else(|| shows(counts, observed))
        }
    }
}

/// How the texts of the findings differ from the expected ones.
fn shows(expected: &ExpectedCounts, observed: &Observed) -> Option<String> {
    let quoted = |texts: Vec<String>| match texts.is_empty() {
        true => "none".to_owned(),
        false => {
            texts.iter().map(|t| format!("`{}`", escaped(t, 200))).collect::<Vec<_>>().join(", ")
        }
    };
    let of = |what: &str, wanted: String, seen: Vec<String>| {
        format!("produces {what} {} instead of `{}`", quoted(seen), escaped(&wanted, 200))
    };
    if let Some(wanted) = &expected.message
        && !observed.messages.contains(wanted)
    {
        return Some(of("the message", wanted.clone(), observed.messages.clone()));
    }
    if let Some(wanted) = &expected.subject
        && !observed.subject_values.contains(wanted)
    {
        let seen = observed.subject_values.iter().map(|values| values.join(", "));
        return Some(of("the subject", wanted.join(", "), seen.collect()));
    }
    if let Some(wanted) = &expected.entry
        && !observed.entries.contains(wanted)
    {
        let seen = quoted(observed.entries.clone());
        return Some(format!(
            "is covered by {seen} instead of the entry `{}`",
            escaped(wanted, 60)
        ));
    }
    None
}
