//! SARIF 2.1.0, for code scanning services and viewers.
//!
//! GitHub, GitLab and Azure each accept the whole file: every finding has a physical location, a
//! level, a rank, a fingerprint that survives log rotation, and texts within their limits. What else
//! a service needs is in its [`SarifProfile`]. Findings
//! that the allowlist covers are left out unless the user requests them, because GitHub opens an
//! alert for every result and ignores its `suppressions`.

mod descriptors;
mod invocation;
mod log;
mod flows;
mod locations;
mod results;
mod rules;
mod severity;
mod size;
mod text;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use serde_json::ser::CompactFormatter;
use serde_json::{Map, Value, json};

use self::descriptors::Descriptors;
use self::flows::Flows;
use self::locations::Locations;
use self::log::{AutomationDetails, Driver, Log, Run, Tool, bag};
use self::results::Context;
use super::inert::Inert;
use super::sarif_profile::{MOST_RULES, SarifProfile};
use super::{Output, Style};
use crate::report::Report;

/// The report as SARIF.
pub(super) static SARIF: Output = Output {
    name: "sarif",
    doc: "SARIF 2.1.0 for code scanning; covered findings only with --show-suppressed.",
    extension: "sarif",
    records: true,
    write,
};

/// Bytes that are kept free below the limit of a service, for the notification of a cut.
const RESERVE: usize = 4_000;

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let log = log(report, style)?;
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Inert(CompactFormatter));
    log.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

fn log(report: &Report, style: &Style) -> io::Result<Log> {
    let profile = style.sarif;
    let places = Locations::new(report, style);
    let flows = Flows::new(report);
    let shown = if style.show_suppressed { report.findings.len() } else { 0 };
    let findings: Vec<_> =
        report.open_findings().chain(report.suppressed_findings().take(shown)).collect();
    let shown = &findings[..findings.len().min(profile.most_results())];
    let rules = Descriptors::new(report, shown, profile);
    let context = Context { report, profile, rules: &rules, places: &places, flows: &flows };
    let mut results: Vec<_> = shown.iter().filter_map(|of| results::of(&context, of)).collect();
    let mut cuts = cuts(&context, style);
    let mut run = run(&context, style, &cuts);
    let free = profile.most_bytes().saturating_sub(size::size(&run)? + RESERVE);
    results.truncate(size::fitting(&results, free)?);
    let left_out = findings.len() - results.len();
    if left_out > 0 {
        let (of, service) = (amount(left_out, "result is", "results are"), profile.service());
        let (most, bytes) = (profile.most_results(), profile.most_bytes() / 1_000_000);
        let text = format!(
            "{of} left out, because {service} takes at most {most} results and a log of {bytes} MB; \
             the least severe are left out, and the JSON report has every finding"
        );
        cuts.push(("results-left-out", text));
        run = self::run(&context, style, &cuts);
    }
    run.results = results;
    Ok(Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: vec![run],
    })
}

/// The run without its results.
fn run(context: &Context<'_>, style: &Style, cuts: &[(&'static str, String)]) -> Run {
    let Context { report, rules, places, .. } = *context;
    let (invocation, notifications) = invocation::of(report, style, places, cuts);
    let version = report.facts.version;
    Run {
        tool: Tool {
            driver: Driver {
                name: "Keytrail",
                full_name: format!("Keytrail {version}"),
                version,
                semantic_version: version,
                information_uri: env!("CARGO_PKG_HOMEPAGE"),
                rules: rules.written(report),
                notifications,
            },
        },
        automation_details: AutomationDetails { id: "keytrail/scan/" },
        column_kind: "utf16CodeUnits",
        original_uri_base_ids: places.bases(report),
        invocations: vec![invocation],
        artifacts: places.artifacts(report),
        results: Vec::new(),
        properties: run_properties(report),
    }
}

/// What the profile leaves out or shows otherwise, besides results: each with its kind.
fn cuts(context: &Context<'_>, style: &Style) -> Vec<(&'static str, String)> {
    let Context { report, profile, rules, places, .. } = *context;
    let service = profile.service();
    let mut cuts = Vec::new();
    if rules.left_out > 0 {
        let of = amount(rules.left_out, "rule", "rules");
        let text =
            format!("{of} without results left out, because {service} takes {MOST_RULES} rules");
        cuts.push(("rules-left-out", text));
    }
    if places.left_out > 0 {
        let of = amount(places.left_out, "file that was read is", "files that were read are");
        cuts.push(("artifacts-left-out", format!("{of} not listed; the JSON report lists all")));
    }
    let covered = report.suppressed_findings().count();
    if style.show_suppressed && covered > 0 && !profile.shows_suppressions() {
        let what = match profile {
            SarifProfile::Gitlab => "leaves out their results",
            _ => "opens alerts for them",
        };
        let of = amount(covered, "finding", "findings");
        let text = format!("{service} does not show suppressions, and {what}: {of}");
        cuts.push(("suppressions-ignored", text));
    }
    if profile.identifies_by_line() {
        let text = format!(
            "{service} takes results of one rule on one line of a file for one, so records that share \
             a line are at the line of their number"
        );
        cuts.push(("lines-are-numbers", text));
    }
    cuts
}

fn amount(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn run_properties(report: &Report) -> Map<String, Value> {
    let mut properties = facts(report);
    if let Some(of) = &report.baseline {
        let absent = of.absent.iter().map(|of| of.fingerprint.as_str());
        let baseline = json!({
            "new": of.new,
            "unchanged": of.unchanged,
            "newOnly": of.new_only,
            "absent": absent.collect::<Vec<_>>(),
        });
        properties.insert("baseline".to_owned(), baseline);
    }
    properties
}

fn facts(report: &Report) -> Map<String, Value> {
    let facts = &report.facts;
    let by_severity: BTreeMap<&str, u64> =
        report.by_severity().into_iter().map(|(severity, n)| (severity.name(), n)).collect();
    bag([
        ("verdict", report.verdict.name().into()),
        ("clock", facts.clock.to_string().into()),
        ("zone", facts.zone.as_str().into()),
        ("policy", facts.policy.as_str().into()),
        ("policyChanges", policy_changes(report)),
        ("failOn", facts.fail_on.name().into()),
        ("gating", report.gate.gating.into()),
        ("uncertain", report.gate.uncertain.into()),
        ("experimental", report.gate.experimental.into()),
        ("extended", report.gate.extended.into()),
        ("unchanged", report.gate.unchanged.into()),
        ("minSeverity", facts.min_severity.name().into()),
        (
            "findings",
            by_severity
                .into_iter()
                .map(|(s, n)| (s.to_owned(), n.into()))
                .collect::<Map<_, _>>()
                .into(),
        ),
        ("suppressed", report.suppressed_findings().count().into()),
        ("belowMinSeverity", report.below_min_severity().into()),
        ("recordsRead", report.accounting.read.into()),
        ("recordsEvaluated", report.accounting.evaluated.into()),
        ("recordsSkipped", report.accounting.skipped.into()),
        ("inputDigests", input_digests(report).into()),
    ])
}

/// The kind of the digests of the artifacts, or how to get them.
fn input_digests(report: &Report) -> &'static str {
    match report.files.iter().any(|file| file.account.sha256.is_some()) {
        true => "sha-256",
        false => "not computed; `--digests` computes them",
    }
}

/// The object that the JSON report has, in the case of SARIF.
fn policy_changes(report: &Report) -> Value {
    let changes = &report.facts.policy_changes;
    let facts = &report.facts;
    let texts = |texts: Vec<String>| -> Value {
        texts.iter().map(|text| Value::from(facts.text(text).into_owned())).collect()
    };
    json!({
        "projectFiles": texts(changes.project_files.clone()),
        "differences": texts(changes.sentences()),
        "withoutBuiltin": changes.without_builtin,
        "rulesOff": texts(changes.rules_off.iter().map(|off| off.rule.clone()).collect()),
    })
}

#[cfg(test)]
mod tests;
