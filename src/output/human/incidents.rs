//! The incidents: what belongs together, told once.

use std::collections::BTreeSet;
use std::io;

use super::enrichment;
use super::evidence::{INDENT, MARGIN};
use super::findings;
use super::page::{Ink, Page};
use super::text::{columns, counted, day_and_clock, number, times};
use crate::finding::{EnrichedKey, EnrichedSource, Target, TargetKind};
use crate::incident::{Accept, Incident, IncidentIdentity, MadeBy, Making, Node, Step};
use crate::rule::Severity;

/// Incidents that are told in full without `--verbose`; the others have one line each.
const IN_FULL: usize = 20;
/// Incidents with a line of their own without `--verbose`.
const LISTED: usize = 100;
/// Steps of an incident shown without `--verbose`.
const STEPS: usize = 24;
/// Operations that are named of one step.
const OPERATIONS: usize = 3;
/// Targets that are named of one step.
const TARGETS: usize = 3;
/// Identities that are listed without `--verbose`.
const IDENTITIES: usize = 12;
/// Actions that are listed without `--verbose`.
const ACTIONS: usize = 3;
/// Descriptions after which those of further findings are not merged.
const MERGED: usize = 60;
/// Targets that are listed of an incident.
const TOUCHED: usize = 20;

pub(super) fn write(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let verbose = page.style.verbose;
    let (in_full, listed) = if verbose { (usize::MAX, usize::MAX) } else { (IN_FULL, LISTED) };
    let all = report.joined_incidents().count();
    for (number, incident) in report.joined_incidents().take(in_full).enumerate() {
        one(page, incident, (number + 1, all))?;
    }
    let rest: Vec<&Incident> = report.joined_incidents().skip(in_full).collect();
    if rest.is_empty() {
        return Ok(());
    }
    page.heading(Ink::Strong, "more incidents", &counted(rest.len() as u64, "incident"))?;
    page.blank()?;
    for incident in rest.iter().take(listed) {
        let title = page.value(&incident.title, 300);
        page.paragraph((severity(incident), incident.severity.name()), &title, "    ")?;
    }
    let more = rest.len().saturating_sub(listed) as u64;
    if more > 0 {
        let text =
            page.ink(Ink::Quiet, &format!("… {}; -v shows all", counted(more, "more incident")));
        page.line(&text)?;
    }
    page.blank()
}

fn severity(incident: &Incident) -> Ink {
    Ink::Severity(incident.severity)
}

fn one(page: &mut Page<'_>, incident: &Incident, (number, all): (usize, usize)) -> io::Result<()> {
    let report = page.report;
    let after = incident.severity.name();
    let brief = !page.style.verbose && incident.severity < Severity::Critical;
    page.heading(severity(incident), &format!("incident {number} of {all}"), after)?;
    page.blank()?;
    let title = page.value(&incident.title, 400);
    page.title((severity(incident), &format!("{}:", incident.severity.name())), &title, "    ")?;
    summary(page, incident)?;
    if brief {
        return in_brief(page, incident);
    }
    identities(page, incident, IDENTITIES)?;
    steps(page, incident, STEPS)?;
    facts(page, incident)?;
    enriched(page, incident)?;
    if !incident.touched.is_empty() {
        let named = incident.touched.iter().take(TOUCHED);
        let mut text = named.map(|of| target(page, of)).collect::<Vec<_>>().join(", ");
        if incident.touched.len() > TOUCHED {
            let more = counted((incident.touched.len() - TOUCHED) as u64, "more");
            text.push_str(&format!(" and {}", more.trim_end_matches('s')));
        }
        page.paragraph((Ink::Strong, "   = touched:"), &text, "     ")?;
    }
    actions(page, incident, ACTIONS)?;
    if page.style.verbose {
        accept(page, incident)?;
    }
    let id = page.ink(Ink::Quiet, &format!("   = incident {}", incident.id));
    page.line(&id)?;
    page.blank()?;
    if page.style.verbose {
        let mut advised = BTreeSet::new();
        for finding in incident.findings.iter().filter_map(|at| report.findings.get(*at)) {
            findings::one(page, finding, advised.insert(finding.rule))?;
        }
    }
    Ok(())
}

/// The first lines of an incident that is not critical.
fn in_brief(page: &mut Page<'_>, incident: &Incident) -> io::Result<()> {
    identities(page, incident, 2)?;
    steps(page, incident, 4)?;
    facts(page, incident)?;
    enriched(page, incident)?;
    actions(page, incident, 1)?;
    let id = page.ink(Ink::Quiet, &format!("   = incident {}", incident.id));
    page.line(&id)?;
    page.blank()
}

/// What an allowlist entry would accept.
fn accept(page: &mut Page<'_>, incident: &Incident) -> io::Result<()> {
    let Some(Accept { rules, users, addresses }) = &incident.accept else { return Ok(()) };
    let listed =
        |of: &[String]| of.iter().map(|one| page.value(one, 100)).collect::<Vec<_>>().join(", ");
    let mut text = format!("an allowlist entry with rules [{}]", listed(rules));
    for (selector, of) in [("user", users), ("ip", addresses)] {
        if !of.is_empty() {
            text.push_str(&format!(", {selector} [{}]", listed(of)));
        }
    }
    page.paragraph((Ink::Strong, "   = if it was meant:"), &text, "     ")
}

/// How far it got, and which rules tell it.
fn summary(page: &mut Page<'_>, incident: &Incident) -> io::Result<()> {
    let count = counted(incident.findings.len() as u64, "finding");
    let mut text = format!("{count} ({})", page.value(&incident.rank, 200));
    if incident.uncertain > 0 {
        text.push_str(&format!(", {} uncertain", number(incident.uncertain as u64)));
    }
    if let Some(times) = times(incident.first, incident.last) {
        text.push_str(&format!(", {times}"));
    }
    page.paragraph((Ink::Quiet, MARGIN), &text, INDENT)
}

fn identities(page: &mut Page<'_>, incident: &Incident, most: usize) -> io::Result<()> {
    let most = if page.style.verbose { usize::MAX } else { most };
    for identity in incident.identities.iter().take(most) {
        let branch = match identity.depth {
            0 => String::new(),
            depth => format!("{}└ ", "  ".repeat(depth - 1)),
        };
        let text = format!("{branch}{}", described(page, identity));
        page.paragraph((Ink::Quiet, MARGIN), &text, "   |     ")?;
    }
    let more = incident.identities.len().saturating_sub(most) as u64;
    if more > 0 {
        let text = format!("… {}; -v shows all", counted(more, "more identity"));
        page.paragraph((Ink::Quiet, MARGIN), &text, INDENT)?;
    }
    Ok(())
}

/// `user support-helper, key AKIA…, created by iam.CreateUser at 02:27:00, from 198.51.100.23`.
fn described(page: &Page<'_>, identity: &IncidentIdentity) -> String {
    let mut text = name(page, identity);
    if let Some(account) = &identity.account {
        text.push_str(&format!(", account {}", page.value(account, 60)));
    }
    let keys: Vec<String> = identity
        .keys
        .iter()
        .take(TARGETS)
        .map(|key| page.value(&page.report.facts.key(key), 60))
        .collect();
    let is_key = matches!(identity.node, Node::Key { .. }) && identity.role.is_none();
    if !keys.is_empty() && !is_key {
        text.push_str(&format!(", key {}", keys.join(", ")));
        let more = identity.keys.len() - keys.len();
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
    }
    if let Some(MadeBy { making, operation, time, .. }) = &identity.made_by {
        let made = match making {
            Making::Session => "opened",
            Making::Created => "created",
            Making::Changed => "changed",
        };
        let operation = page.value(operation, 100);
        let (_, clock) = day_and_clock(*time).unwrap_or_default();
        text.push_str(&format!(", {made} by {operation} at {clock}"));
    }
    if !identity.sources.is_empty() {
        let sources = identity.sources.iter().take(TARGETS).map(|source| page.value(source, 60));
        text.push_str(&format!(", from {}", sources.collect::<Vec<_>>().join(", ")));
        let more = identity.sources.len().saturating_sub(TARGETS);
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
    }
    text
}

/// The short name of an identity.
fn name(page: &Page<'_>, identity: &IncidentIdentity) -> String {
    let facts = &page.report.facts;
    match (&identity.node, &identity.role) {
        (_, Some(role)) => format!("session of role {}", page.value(role, 100)),
        (Node::User { name, .. }, _) if name == "root" => "root user".to_owned(),
        (Node::User { name, .. }, _) => format!("user {}", page.value(name, 100)),
        (Node::Role { name, .. }, _) => format!("role {}", page.value(name, 100)),
        (Node::Policy { name, .. }, _) => format!("policy {}", page.value(name, 100)),
        (Node::Key { id, .. }, _) => {
            let of = identity.user.as_ref().map(|user| format!(" of {}", page.value(user, 100)));
            format!("key {}{}", page.value(&facts.key(id), 60), of.unwrap_or_default())
        }
        (Node::Address(address), _) => format!("address {}", page.value(address, 60)),
    }
}

fn steps(page: &mut Page<'_>, incident: &Incident, most: usize) -> io::Result<()> {
    if incident.steps.is_empty() {
        return Ok(());
    }
    let margin = page.ink(Ink::Quiet, MARGIN);
    let most = if page.style.verbose { usize::MAX } else { most };
    let several =
        incident.identities.iter().filter(|identity| identity.first.is_some()).count() > 1;
    let mut day = String::new();
    for step in incident.steps.iter().take(most) {
        let (date, time) = day_and_clock(step.first).unwrap_or_default();
        if date != day {
            let line = format!("{margin} {}", page.ink(Ink::Strong, &date));
            page.line(&line)?;
            day = date;
        }
        let text = step_text(page, incident, step, several);
        let label = format!("{MARGIN}  {time}");
        page.paragraph((Ink::Quiet, &label), &text, "   |            ")?;
    }
    let more = incident.steps.len().saturating_sub(most) as u64 + incident.more_steps;
    if more > 0 {
        let all = if incident.more_steps == 0 { "; -v shows all" } else { "" };
        let text = format!("… {}{all}", counted(more, "more step"));
        page.paragraph((Ink::Quiet, MARGIN), &text, INDENT)?;
    }
    Ok(())
}

/// `support-helper: ssm.SendCommand on machine i-0abc [non-console-high-risk-api +2]`.
fn step_text(page: &Page<'_>, incident: &Incident, step: &Step, several: bool) -> String {
    let mut text = String::new();
    let identity = step.identity.and_then(|at| incident.identities.get(at));
    if let Some(identity) = identity.filter(|_| several) {
        let name = name(page, identity);
        text.push_str(name.strip_prefix("user ").unwrap_or(&name));
        text.push_str(": ");
    }
    let operations: Vec<String> =
        step.operations.iter().take(OPERATIONS).map(|of| page.value(of, 100)).collect();
    text.push_str(&operations.join(", "));
    let more = step.operations.len().saturating_sub(OPERATIONS);
    if more > 0 {
        text.push_str(&format!(" and {}", counted(more as u64, "more operation")));
    }
    let targets: Vec<String> =
        step.targets.iter().take(TARGETS).map(|of| target(page, of)).collect();
    if !targets.is_empty() {
        text.push_str(&format!(" on {}", targets.join(", ")));
        let more = step.targets.len() - targets.len();
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
    }
    let outcome = match (step.ok, step.failed, step.other) {
        (1, 0, 0) => None,
        (ok, 0, 0) => Some(format!("{} calls", number(ok))),
        (0, 1, 0) => Some("refused".to_owned()),
        (0, failed, 0) => Some(format!("{} refused", number(failed))),
        (ok, failed, 0) => {
            Some(format!("{} calls, {} refused", number(ok + failed), number(failed)))
        }
        _ if step.count() == 1 => Some("outcome not recorded".to_owned()),
        _ => Some(format!("{} calls", number(step.count()))),
    };
    if let Some(outcome) = outcome {
        text.push_str(&format!(" ({outcome})"));
    }
    let worst = step
        .rules
        .iter()
        .filter_map(|rule| page.report.rules.get(*rule))
        .max_by_key(|rule| (rule.severity, std::cmp::Reverse(&rule.id)));
    if let Some(rule) = worst {
        let more = match step.rules.len() - 1 {
            0 => String::new(),
            more => format!(" +{more}"),
        };
        text.push_str(&format!(" [{}{more}]", page.value(&rule.id, 100)));
    }
    text
}

fn target(page: &Page<'_>, target: &Target) -> String {
    let name = match target.kind {
        TargetKind::Key => page.value(&page.report.facts.key(&target.name), 60),
        _ => page.value(short(&target.name), 120),
    };
    format!("{} {name}", target.kind.name())
}

/// The last part of a resource name; another name as it is.
fn short(name: &str) -> &str {
    let is_resource_name = ["arn:", "acs:", "qcs:"].iter().any(|prefix| name.starts_with(prefix));
    let last = name.rsplit(['/', ':']).next().filter(|last| !last.is_empty());
    last.filter(|_| is_resource_name).unwrap_or(name)
}

/// What tables, the log and credential reports contain about the accounts, addresses and keys, each
/// once. With `--verbose` each finding shows it.
fn enriched(page: &mut Page<'_>, incident: &Incident) -> io::Result<()> {
    let report = page.report;
    let mut members = incident.findings.iter().filter_map(|at| report.findings.get(*at));
    let Some(first) = members.next().filter(|_| !page.style.verbose) else { return Ok(()) };
    let mut merged = first.clone();
    for finding in members {
        let (accounts, sources, keys) = (&finding.accounts, &finding.sources, &finding.keys);
        let new = accounts.iter().filter(|of| !merged.accounts.contains(of)).cloned();
        merged.accounts.extend(new.collect::<Vec<_>>());
        let new = finding.identities.iter().filter(|of| !merged.identities.contains(of)).cloned();
        merged.identities.extend(new.collect::<Vec<_>>());
        let is_new =
            |of: &&EnrichedSource| !merged.sources.iter().any(|own| own.source == of.source);
        let new = sources.iter().filter(is_new).cloned().collect::<Vec<_>>();
        merged.sources.extend(new);
        let is_new = |of: &&EnrichedKey| !merged.keys.iter().any(|own| own.ak == of.ak);
        let new = keys.iter().filter(is_new).cloned().collect::<Vec<_>>();
        merged.keys.extend(new);
        // The first ones are shown; large incidents need not be merged whole.
        if merged.sources.len() + merged.keys.len() + merged.accounts.len() > MERGED {
            break;
        }
    }
    enrichment::write(page, &merged)
}

/// What credential reports say about the identities.
fn facts(page: &mut Page<'_>, incident: &Incident) -> io::Result<()> {
    let report = page.report;
    for finding in incident.facts.iter().filter_map(|at| report.findings.get(*at)) {
        let rule = report.rule_of(finding).map_or("", |rule| &rule.id);
        let text = format!("{} [{}]", page.value(&finding.message, 300), page.value(rule, 100));
        let label = format!("   = report, {}:", finding.severity.name());
        page.paragraph((Ink::Severity(finding.severity), &label), &text, "     ")?;
    }
    Ok(())
}

fn actions(page: &mut Page<'_>, incident: &Incident, most: usize) -> io::Result<()> {
    let most = if page.style.verbose { usize::MAX } else { most };
    for (number, action) in incident.actions.iter().take(most).enumerate() {
        let label = format!("   = {}.", number + 1);
        let text = page.value(&action.text, 600);
        page.paragraph((Ink::Strong, &label), &text, "      ")?;
        if let Some(command) = &action.command {
            let command = page.value(command, 2_000);
            for (at, line) in
                shell_lines(&command, page.width().saturating_sub(11)).iter().enumerate()
            {
                let lead = if at == 0 { "       $ " } else { "           " };
                let line = page.ink(Ink::Quiet, &format!("{lead}{line}"));
                page.line(&line)?;
            }
        }
    }
    let more = incident.actions.len().saturating_sub(most) as u64;
    if more > 0 {
        let text = format!("… {}; -v shows all", counted(more, "more action"));
        page.paragraph((Ink::Quiet, "   ="), &text, "     ")?;
    }
    Ok(())
}

/// A command in lines that a shell reads as one: it is broken before options, outside of quotes.
fn shell_lines(command: &str, width: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let (mut quoted, mut from) = (false, 0);
    for (at, c) in command.char_indices() {
        quoted ^= c == '\'';
        if !quoted && command[at..].starts_with(" --") {
            parts.push(command[from..at].to_owned());
            from = at + 1;
        }
    }
    parts.push(command[from..].to_owned());
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut().filter(|line| columns(line) + 1 + columns(&part) + 2 <= width) {
            Some(line) => {
                line.push(' ');
                line.push_str(&part);
            }
            None => {
                if let Some(line) = lines.last_mut() {
                    line.push_str(" \\");
                }
                lines.push(part);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_command_is_broken_before_options_outside_of_quotes() {
        let command = "aws iam put-role-policy --role-name ops --policy-document 'a --b' --x y";
        assert_eq!(shell_lines(command, 200), [command]);
        let lines = shell_lines(command, 40);
        assert_eq!(
            lines,
            ["aws iam put-role-policy \\", "--role-name ops \\", "--policy-document 'a --b' --x y",]
        );
        let joined = lines.join("\n").replace(" \\\n", " ");
        assert_eq!(joined, command);
    }
}
