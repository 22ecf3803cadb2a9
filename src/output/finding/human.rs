//! A finding for people: every field on a separate line.

use std::io;

use super::places::shown;
use crate::diag::escape;
use crate::finding::{VerdictRole, subject_name};
use crate::output::Style;
use crate::output::human::layout_writer::{Ink, LayoutWriter};
use crate::output::human::text::{columns, counted, number};
use crate::output::report_v1::{
    Calls, Finding, Key, Occurrence, Report, Rule, Source, SubjectPart,
};

/// The width of the labels.
const LABEL: usize = 12;

/// Writes a finding: its facts, occurrences, every row of evidence, what tables contain about its
/// sources and keys, and the text of its rule.
///
/// # Errors
/// If `out` fails.
pub fn human(
    report: &Report<'_>,
    finding: &Finding<'_>,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = FindingPage { report, layout: LayoutWriter::new(style, out) };
    let rule = report.rules.iter().find(|rule| rule.id == finding.rule);
    let head = format!("{}[{}]:", finding.severity.0.name(), escape(&finding.rule));
    let message = escape(&finding.message);
    page.layout.title((Ink::Severity(finding.severity.0), &head), &message, "    ")?;
    page.layout.blank()?;
    page.facts(finding, rule)?;
    page.occurrences(&finding.occurrences)?;
    page.evidence(finding)?;
    page.sources(&finding.sources)?;
    page.keys(&finding.keys)?;
    rule.map_or(Ok(()), |rule| page.rule(rule))
}

struct FindingPage<'a> {
    report: &'a Report<'a>,
    layout: LayoutWriter<'a>,
}

impl FindingPage<'_> {
    /// Writes a fact, unless it is empty.
    fn fact(&mut self, label: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let label =
            format!("{}{}", escape(label), " ".repeat(LABEL.saturating_sub(columns(label))));
        let indent = " ".repeat(LABEL + 1);
        self.layout.paragraph((Ink::Quiet, &label), &escape(text), &indent)
    }

    fn maybe(&mut self, label: &str, text: Option<&str>) -> io::Result<()> {
        self.fact(label, text.unwrap_or_default())
    }

    fn heading(&mut self, title: &str, after: &str) -> io::Result<()> {
        self.layout.blank()?;
        self.layout.heading(Ink::Strong, title, after)?;
        self.layout.blank()
    }

    fn facts(&mut self, finding: &Finding<'_>, rule: Option<&Rule<'_>>) -> io::Result<()> {
        self.fact("fingerprint", &finding.fingerprint)?;
        if let Some(rule) = rule {
            let place = if rule.builtin { "" } else { ", not built in" };
            self.fact("rule", &format!("{} ({}:{}{place})", rule.title, rule.file, rule.line))?;
            self.fact("category", rule.category.0.name())?;
        }
        self.fact("severity", finding.severity.0.name())?;
        self.fact("role", role(finding.role.0))?;
        if let Some(of) = &finding.triage {
            let (state, effect) = (of.state.0.name(), of.effect.0.name());
            let text = format!("{state} ({effect}) by {} at {}: {}", of.by, of.time, of.reason);
            self.fact("triage", &text)?;
            self.fact("decided until", &of.expires)?;
        }
        self.fact("provider", &finding.provider)?;
        for SubjectPart { by, value } in &finding.subject {
            self.fact(subject_name(by), value.as_deref().unwrap_or("-"))?;
        }
        let (ok, failed) = (number(finding.ok), number(finding.failed));
        let mut matches = number(finding.count);
        if finding.ok + finding.failed > 0 {
            matches.push_str(&format!(", {ok} ok, {failed} failed"));
        }
        if finding.suppressed > 0 {
            let covered = number(finding.suppressed);
            matches.push_str(&format!("; {covered} covered by the allowlist"));
        }
        self.fact("matches", &matches)?;
        self.maybe("first", finding.first.as_deref())?;
        self.maybe("last", finding.last.as_deref())?;
        if finding.uncertain {
            self.fact("uncertain", "the input does not cover the history that the rule needs")?;
        }
        if let Some(of) = &finding.suppression {
            let entries: Vec<&str> = of.entries.iter().map(|entry| &**entry).collect();
            self.fact("suppressed", &format!("by {}: {}", entries.join(", "), of.reason))?;
        }
        let place = shown(self.report, &finding.sample.location);
        self.fact("first record", &place)
    }

    fn occurrences(&mut self, occurrences: &[Occurrence<'_>]) -> io::Result<()> {
        self.heading("occurrences", &number(occurrences.len() as u64))?;
        for Occurrence { day, count, first, last, measures, uncertain } in occurrences {
            let mut parts = vec![counted(*count, "match")];
            let span = [first.as_deref(), last.as_deref()].map(|time| time.unwrap_or("-"));
            parts.push(format!("{} to {}", span[0], span[1]));
            parts.extend(
                measures
                    .iter()
                    .map(|(name, value)| format!("{name} {}", value.as_deref().unwrap_or("-"))),
            );
            if *uncertain {
                parts.push("uncertain".to_owned());
            }
            self.fact(day.as_deref().unwrap_or("-"), &parts.join(", "))?;
        }
        Ok(())
    }

    fn evidence(&mut self, finding: &Finding<'_>) -> io::Result<()> {
        let all = finding.calls.len();
        self.heading("evidence", &counted(all as u64, "row"))?;
        for (index, calls) in finding.calls.iter().enumerate() {
            let title = format!("row {} of {all}", index + 1);
            let title = self.layout.ink(Ink::Strong, &title);
            self.layout.line(&title)?;
            self.row(calls)?;
            self.layout.blank()?;
        }
        if let Some(others) = &finding.others {
            let (rows, count) = (counted(others.rows, "row"), counted(others.count, "match"));
            self.fact("left out", &format!("{rows} with {count}"))?;
        }
        Ok(())
    }

    fn row(&mut self, calls: &Calls<'_>) -> io::Result<()> {
        let api = [calls.service.as_deref(), calls.api.as_deref()];
        self.fact("api", &api.into_iter().flatten().collect::<Vec<_>>().join("."))?;
        self.maybe("user", calls.user.as_deref())?;
        self.maybe("key", calls.ak.as_deref())?;
        self.maybe("source", calls.source.as_deref())?;
        self.maybe("method", calls.method.as_deref())?;
        let result = calls.ok.map(|ok| if ok { "ok" } else { "failed" });
        self.maybe("result", result)?;
        self.maybe("day", calls.day.as_deref())?;
        let mut matches = number(calls.count);
        if calls.suppressed > 0 {
            let covered = number(calls.suppressed);
            matches.push_str(&format!(", {covered} of them covered by the allowlist"));
        }
        self.fact("matches", &matches)?;
        self.maybe("first", calls.first.as_deref())?;
        self.maybe("last", calls.last.as_deref())?;
        for sample in &calls.samples {
            let id = sample.id.as_deref().map(|id| format!(", event {id}")).unwrap_or_default();
            let place = shown(self.report, &sample.location);
            self.fact("record", &format!("{place}{id}"))?;
        }
        Ok(())
    }

    fn sources(&mut self, sources: &[Source<'_>]) -> io::Result<()> {
        if sources.is_empty() {
            return Ok(());
        }
        self.heading("sources", &number(sources.len() as u64))?;
        for Source { source, ip_type, remark, asset, locations } in sources {
            self.fact("source", source)?;
            self.maybe("kind", ip_type.as_deref())?;
            self.fact("remark", remark)?;
            let regions: Vec<&str> = locations.iter().map(|region| &**region).collect();
            self.fact("regions", &regions.join(", "))?;
            if let Some(asset) = asset {
                self.fact("asset", asset.id.as_deref().unwrap_or("-"))?;
                self.maybe("asset name", asset.name.as_deref())?;
            }
            self.layout.blank()?;
        }
        Ok(())
    }

    fn keys(&mut self, keys: &[Key<'_>]) -> io::Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        self.heading("keys", &number(keys.len() as u64))?;
        for Key { ak, remark, policies, policy_count, document, role, open } in keys {
            self.fact("key", ak)?;
            self.maybe("by role", role.as_deref())?;
            self.fact("remark", remark)?;
            if let Some(count) = policy_count {
                let named: Vec<&str> = policies.iter().map(|policy| &**policy).collect();
                self.fact("policies", &format!("{count}: {}", named.join(", ")))?;
            }
            self.maybe("document", document.as_deref())?;
            for of in open {
                self.fact("also in", &format!("{} ({})", of.rule, of.fingerprint))?;
            }
            self.layout.blank()?;
        }
        Ok(())
    }

    fn rule(&mut self, rule: &Rule<'_>) -> io::Result<()> {
        self.heading("rule", &escape(&rule.id))?;
        let lists = [&rule.false_positives, &rule.tags, &rule.controls, &rule.references];
        let [false_positives, tags, controls, references] =
            lists.map(|texts| texts.iter().map(|text| flat(text)).collect::<Vec<_>>().join("; "));
        self.fact("description", &flat(&rule.description))?;
        self.fact("remediation", &flat(&rule.remediation))?;
        self.fact("harmless if", &false_positives)?;
        self.fact("tags", &tags)?;
        self.fact("controls", &controls)?;
        self.fact("references", &references)?;
        self.layout.blank()
    }
}

/// A text on one line, because authors wrap text to suit their editor.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn role(role: VerdictRole) -> &'static str {
    match role {
        VerdictRole::Gates => "gates: it fails the run",
        VerdictRole::BelowThreshold => "below-threshold: it is below --fail-on",
        VerdictRole::Experimental => {
            "experimental: its rule is not proven yet and does not fail the run"
        }
        VerdictRole::Extended => {
            "extended: its rule is of the extended pack, for hunting, and does not fail the run"
        }
        VerdictRole::Uncertain => {
            "uncertain: the input does not reach far enough to be certain of it"
        }
        VerdictRole::Unchanged => {
            "unchanged: the baseline contains it, so it does not fail the run"
        }
        VerdictRole::Processed => "processed: it was dealt with, and no match is later",
        VerdictRole::Ignored => "ignored: somebody decided that it does not fail the run",
        VerdictRole::Suppressed => "suppressed: the allowlist covers every match",
    }
}
