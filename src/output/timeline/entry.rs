//! An entry of a timeline, and the steps that a report marks.

use std::collections::BTreeMap;

use crate::output::report_v1::{Finding, Report};
use crate::value::Time;

/// An event as a timeline shows it: redacted, and with masked keys unless the user asks for them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Entry {
    /// The provider's id of the event.
    pub id: Option<String>,
    /// The cloud.
    pub provider: Option<String>,
    /// The account that owns the log.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Who called.
    pub caller: Option<String>,
    /// The access key.
    pub ak: Option<String>,
    /// The source of the call.
    pub source: Option<String>,
    /// The service.
    pub service: Option<String>,
    /// The operation.
    pub api: Option<String>,
    /// Whether the call succeeded.
    pub ok: Option<bool>,
    /// The error code.
    pub code: Option<String>,
    /// The resources that the call names, each with its kind.
    pub targets: Vec<String>,
    /// The rules that mark it.
    pub rules: Vec<String>,
    /// Where its record is.
    pub place: String,
}

impl Entry {
    /// The operation with its service.
    pub fn operation(&self) -> String {
        match (&self.service, &self.api) {
            (Some(service), Some(api)) => format!("{service}.{api}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => "-".to_owned(),
        }
    }
}

/// The parts of a call by which a row of evidence is recognised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// The source of the call.
    pub source: Option<String>,
    /// The service.
    pub service: Option<String>,
    /// The operation.
    pub api: Option<String>,
    /// Who called.
    pub user: Option<String>,
    /// Whether it succeeded.
    pub ok: Option<bool>,
}

/// The calls that findings show, with the rules that mark them and the times between which they were
/// made.
#[derive(Debug, Default)]
pub struct Marks(BTreeMap<Mark, Vec<(Time, Time, String)>>);

impl Marks {
    /// The calls of these findings of a report.
    pub fn new<'r>(findings: impl Iterator<Item = &'r Finding<'r>>) -> Self {
        let mut marks = Self::default();
        for finding in findings {
            for row in &finding.calls {
                let time = |text: &Option<String>| Time::parse(text.as_deref()?);
                let (Some(first), Some(last)) = (time(&row.first), time(&row.last)) else {
                    continue;
                };
                let owned =
                    |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
                let mark = Mark {
                    source: owned(&row.source),
                    service: owned(&row.service),
                    api: owned(&row.api),
                    user: owned(&row.user),
                    ok: row.ok,
                };
                let rule = finding.rule.clone().into_owned();
                marks.0.entry(mark).or_default().push((first, last, rule));
            }
        }
        marks
    }

    /// The rules that mark a call at this time, sorted.
    pub(super) fn of(&self, mark: &Mark, at: Time) -> Vec<String> {
        let rows = self.0.get(mark).into_iter().flatten();
        let mut rules: Vec<String> = rows
            .filter(|(first, last, _)| (*first..=*last).contains(&at))
            .map(|(.., rule)| rule.clone())
            .collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// The findings of an incident of a report.
pub fn findings_of<'r>(
    report: &'r Report<'r>,
    incident: &str,
) -> impl Iterator<Item = &'r Finding<'r>> {
    let incident = incident.to_owned();
    report.findings.iter().filter(move |finding| finding.incident == incident)
}
