//! SARIF 2.1.0, for code scanning services and viewers.
//!
//! GitHub, GitLab and Azure each accept the whole file: every finding has a physical location, a
//! level, a rank, a fingerprint that survives log rotation, and texts within their limits. Findings
//! that the allowlist covers are left out unless the user requests them, because GitHub opens an
//! alert for every result and ignores its `suppressions`.

mod invocation;
mod log;
mod flows;
mod locations;
mod results;
mod rules;
mod severity;
mod text;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use serde_json::ser::CompactFormatter;
use serde_json::{Map, Value, json};

use self::flows::Flows;
use self::locations::Locations;
use self::log::{AutomationDetails, Driver, Log, Run, Tool, bag};
use super::inert::Inert;
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

/// The maximum number of results that GitHub shows and GitLab imports.
const MOST_RESULTS: usize = 5_000;

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Inert(CompactFormatter));
    log(report, style).serialize(&mut serializer)?;
    out.write_all(b"\n")
}

fn log(report: &Report, style: &Style) -> Log {
    let places = Locations::new(report);
    let flows = Flows::new(report);
    let shown = if style.show_suppressed { report.findings.len() } else { 0 };
    let findings: Vec<_> =
        report.open_findings().chain(report.suppressed_findings().take(shown)).collect();
    let shown = &findings[..findings.len().min(MOST_RESULTS)];
    let (invocation, notifications) =
        invocation::of(report, style, &places, findings.len() - shown.len());
    let version = report.facts.version;
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "Keytrail",
                full_name: format!("Keytrail {version}"),
                version,
                semantic_version: version,
                information_uri: env!("CARGO_PKG_HOMEPAGE"),
                rules: report.rules.iter().map(|rule| rules::of(report, rule)).collect(),
                notifications,
            },
        },
        automation_details: AutomationDetails { id: "keytrail/scan/" },
        column_kind: "utf16CodeUnits",
        original_uri_base_ids: places.bases(report),
        invocations: vec![invocation],
        artifacts: places.artifacts(report),
        results: shown.iter().filter_map(|f| results::of(report, &places, &flows, f)).collect(),
        properties: run_properties(report),
    };
    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: vec![run],
    }
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
