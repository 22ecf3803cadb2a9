//! Files that name known findings: `keytrail/baseline/v1`, and reports that serve as one.

use std::borrow::Cow;
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known::{known, known_finding};
use super::read::read_report;
use super::read_error::ReadError;
use super::v1;
use super::word::Word;
use crate::finding::VerdictRole;
use crate::output::inert::write_pretty;
use crate::output::schema::schema_of;
use crate::report::{Baseline, KnownFinding};
use crate::rule::Severity;

/// The value of `schema`.
const SCHEMA: &str = "keytrail/baseline/v1";

/// A baseline, version 1. Later releases may add fields, but do not change existing ones.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Baseline")]
struct BaselineFile<'a> {
    /// The format and its version.
    #[schemars(extend("const" = SCHEMA))]
    schema: Cow<'a, str>,
    /// The findings, sorted by fingerprint.
    findings: Vec<v1::KnownFinding<'a>>,
}

/// The part of a SARIF log that identifies results.
#[derive(Deserialize)]
struct SarifLog {
    runs: Vec<SarifRun>,
}

#[derive(Deserialize)]
struct SarifRun {
    #[serde(default)]
    results: Vec<SarifResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: String,
    #[serde(default)]
    partial_fingerprints: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    suppressions: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    properties: SarifProperties,
}

#[derive(Default, Deserialize)]
struct SarifProperties {
    severity: Option<Word<Severity>>,
    #[serde(default)]
    message: String,
    /// The id of the rule, which may have several descriptors; absent in logs of earlier versions.
    rule: Option<String>,
    role: Option<String>,
}

impl SarifResult {
    /// Whether the allowlist covers it.
    fn is_covered(&self) -> bool {
        match &self.properties.role {
            Some(role) => role == VerdictRole::Suppressed.name(),
            None => !self.suppressions.is_empty(),
        }
    }
}

/// Reads a baseline: a file of `--write-baseline`, a JSON report, or SARIF of Keytrail.
///
/// # Errors
/// If the text is none of these, has another version, or does not follow its version.
pub fn read_baseline(text: &str) -> Result<Baseline, ReadError> {
    #[derive(Deserialize)]
    struct Named {
        schema: Option<String>,
        #[serde(rename = "$schema")]
        sarif: Option<String>,
    }
    let named: Named = serde_json::from_str(text).map_err(ReadError::NoReport)?;
    match (named.schema.as_deref(), named.sarif) {
        (Some(SCHEMA), _) => {
            let file: BaselineFile<'_> =
                serde_json::from_str(text).map_err(ReadError::NoBaseline)?;
            Ok(file.findings.into_iter().map(known).collect())
        }
        (None, Some(schema)) if schema.contains("sarif") => of_sarif(text),
        _ => Ok(of_report(read_report(text)?)),
    }
}

/// The findings of a report that the allowlist does not cover.
fn of_report(report: v1::Report<'_>) -> Baseline {
    let open = report.findings.into_iter().filter(|of| of.role.0 != VerdictRole::Suppressed);
    let known = open.map(|of| KnownFinding {
        fingerprint: of.fingerprint.into_owned(),
        rule: of.rule.into_owned(),
        severity: of.severity.0,
        message: of.message.into_owned(),
    });
    known.collect()
}

fn of_sarif(text: &str) -> Result<Baseline, ReadError> {
    let log: SarifLog = serde_json::from_str(text).map_err(ReadError::NoBaseline)?;
    let results = log.runs.into_iter().flat_map(|run| run.results);
    let known = results.filter(|of| !of.is_covered()).map(|mut of| {
        let fingerprint = of.partial_fingerprints.remove("keytrail/v1");
        match (fingerprint, of.properties.severity) {
            (Some(fingerprint), Some(Word(severity))) => Ok(KnownFinding {
                fingerprint,
                rule: of.properties.rule.unwrap_or(of.rule_id),
                severity,
                message: of.properties.message,
            }),
            _ => Err(ReadError::OtherTool(of.rule_id)),
        }
    });
    known.collect()
}

/// Writes a baseline.
///
/// # Errors
/// If `out` fails.
pub fn write_baseline(baseline: &Baseline, out: &mut dyn io::Write) -> io::Result<()> {
    let findings = baseline.findings().map(known_finding).collect();
    write_pretty(&BaselineFile { schema: SCHEMA.into(), findings }, out)
}

/// The JSON schema of a baseline, identical to `schemas/baseline.json`.
pub fn baseline_schema() -> String {
    schema_of::<BaselineFile<'_>>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::output::{Style, find};
    use crate::report::fixture::fixture;

    fn written(format: &str) -> String {
        let mut out = Vec::new();
        let style = Style { show_suppressed: true, ..Style::default() };
        (find(format).unwrap().write)(&fixture(), &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_baseline_is_read_from_each_file_that_can_be_one() {
        let expected: Vec<(String, Severity)> = Baseline::of(&fixture())
            .findings()
            .map(|of| (of.fingerprint.clone(), of.severity))
            .collect();
        let mut file = Vec::new();
        write_baseline(&Baseline::of(&fixture()), &mut file).unwrap();
        let file = String::from_utf8(file).unwrap();
        let schema = serde_json::from_str(&baseline_schema()).unwrap();
        let value: serde_json::Value = serde_json::from_str(&file).unwrap();
        assert!(jsonschema::is_valid(&schema, &value));
        for text in [file, written("json"), written("sarif")] {
            let baseline = read_baseline(&text).unwrap();
            let read: Vec<(String, Severity)> =
                baseline.findings().map(|of| (of.fingerprint.clone(), of.severity)).collect();
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        let other_tool = written("sarif").replace("\"keytrail/v1\"", "\"other/v1\"");
        let later = written("json").replace("keytrail/report/v1", "keytrail/report/v9");
        for (text, message) in [
            ("", "expected a JSON report of `keytrail scan`, but found EOF"),
            ("[]", "expected a JSON report of `keytrail scan`, but found invalid"),
            ("{}", "expected a JSON report of `keytrail scan`, but found missing field `schema`"),
            (&later, "expected a report of version `keytrail/report/v1`"),
            (&other_tool, "expected SARIF of `keytrail scan`, but the result of"),
            (
                r#"{"schema":"keytrail/baseline/v1","findings":[{}]}"#,
                "the baseline cannot be read: missing field `fingerprint`",
            ),
        ] {
            let error = read_baseline(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
