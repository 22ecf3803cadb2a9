//! The comparison as JSON, `keytrail/diff/v1`.

use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::inert::write_pretty;
use crate::output::schema::schema_of;
use crate::review::diff::{
    Change, ChangePlace, ComparedFinding, Diff, Effect, FindingChange, FindingChangeKind,
    VersionFacts,
};

/// The comparison of two versions of a policy.
#[derive(Debug, Serialize, JsonSchema)]
struct Document<'d> {
    /// Always `keytrail/diff/v1`.
    schema: &'static str,
    /// The version before.
    base: Version<'d>,
    /// The version after.
    head: Version<'d>,
    /// The number of changes by effect: `weaker`, `undecided`, `stronger`, `neutral`.
    effects: BTreeMap<&'static str, usize>,
    /// The changes of the policy, the worst first.
    changes: Vec<Item<'d>>,
    /// The records that both versions were evaluated on; missing without inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
    /// The number of findings that differ, by kind: `lost`, `newly-suppressed`, `changed`, `gained`,
    /// `unsuppressed`.
    differences: BTreeMap<&'static str, usize>,
    /// The number of findings that do not differ.
    unchanged: u64,
    /// The findings that differ, the worst first.
    findings: Vec<FindingItem<'d>>,
    /// Why the findings may not be complete; empty if they are.
    incomplete: &'d [String],
    /// What fails the comparison, of the kinds of `--fail-on`.
    failed: Vec<&'static str>,
}

/// A version of the policy.
#[derive(Debug, Serialize, JsonSchema)]
struct Version<'d> {
    /// The revision or folder as the user named it.
    name: &'d str,
    /// The commit of a revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'d str>,
    /// The number of rules in force.
    rules: usize,
    /// SHA-256 over the policy, in hex.
    policy: &'d str,
    /// The number of findings that no entry covers; missing without inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<u64>,
}

/// A change of the policy.
#[derive(Debug, Serialize, JsonSchema)]
struct Item<'d> {
    /// What it is about, such as `condition` or `rule-deleted`.
    kind: &'static str,
    /// `weaker`, `undecided`, `stronger` or `neutral`.
    effect: &'static str,
    /// The rule, entry, list, setting or file.
    name: &'d str,
    /// What changed, as a sentence without its period.
    message: &'d str,
    /// The line before; missing if the part is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Place<'d>>,
    /// The line after; missing if the part is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Place<'d>>,
    /// The rules whose findings it can change.
    rules: &'d [String],
    /// The values of a record that shows the difference, by field, as expressions write them. Other
    /// fields have any value.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<BTreeMap<&'d str, &'d str>>,
}

/// A line of a policy file.
#[derive(Debug, Serialize, JsonSchema)]
struct Place<'d> {
    /// The file, relative to the folder of the project file.
    path: &'d str,
    /// The line, from 1.
    line: usize,
}

/// A finding that differs.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingItem<'d> {
    /// `lost`, `newly-suppressed`, `changed`, `gained` or `unsuppressed`.
    kind: &'static str,
    /// The rule.
    rule: &'d str,
    /// What differs in a changed finding: `severity`, `role`, `subject`, `message`, `matches`.
    aspects: Vec<&'static str>,
    /// The changes that can be to blame, as indexes into `changes`.
    blame: &'d [usize],
    /// The finding before.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Found<'d>>,
    /// The finding after.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Found<'d>>,
}

/// A finding of one version. Access keys are masked.
#[derive(Debug, Serialize, JsonSchema)]
struct Found<'d> {
    /// The fingerprint, as in reports.
    fingerprint: &'d str,
    /// The severity.
    severity: &'static str,
    /// Whether it fails a run, and if not, why: the role of reports.
    role: &'static str,
    /// The provider.
    provider: &'d str,
    /// The subject: expressions with their values.
    subject: Vec<SubjectItem<'d>>,
    /// The message.
    message: &'d str,
    /// Matches that count.
    count: u64,
    /// Matches that an entry covers.
    suppressed: u64,
    /// The first entry that covers the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<&'d str>,
    /// The place of its first record, `PATH:LINE:COLUMN`.
    place: &'d str,
    /// The time of its first match.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    /// Its first record, redacted and possibly cut; missing if it is not shown.
    #[serde(skip_serializing_if = "str::is_empty")]
    sample: &'d str,
}

/// A value of a subject.
#[derive(Debug, Serialize, JsonSchema)]
struct SubjectItem<'d> {
    /// The expression.
    name: &'d str,
    /// Its value; `null` if it is missing.
    value: Option<&'d str>,
}

/// Writes the comparison as JSON.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(diff: &Diff, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        schema: "keytrail/diff/v1",
        base: version(&diff.base),
        head: version(&diff.head),
        effects: Effect::ALL.into_iter().map(|of| (of.name(), diff.count(of))).collect(),
        changes: diff.changes.iter().map(item).collect(),
        records: diff.records,
        differences: FindingChangeKind::ALL
            .into_iter()
            .map(|of| (of.name(), diff.count_findings(of)))
            .collect(),
        unchanged: diff.unchanged,
        findings: diff.findings.iter().map(finding).collect(),
        incomplete: &diff.incomplete,
        failed: diff.failed.iter().map(|of| of.name()).collect(),
    };
    write_pretty(&document, out)
}

fn version(of: &VersionFacts) -> Version<'_> {
    Version {
        name: &of.name,
        commit: of.commit.as_deref(),
        rules: of.rules,
        policy: &of.policy,
        findings: of.findings,
    }
}

fn item(of: &Change) -> Item<'_> {
    Item {
        kind: of.kind.name(),
        effect: of.effect.name(),
        name: &of.name,
        message: &of.message,
        base: of.base.as_ref().map(located),
        head: of.head.as_ref().map(located),
        rules: &of.rules,
        record: of.record.as_ref().map(|record| {
            record.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
        }),
    }
}

fn located(of: &ChangePlace) -> Place<'_> {
    Place { path: &of.path, line: of.line }
}

fn finding(of: &FindingChange) -> FindingItem<'_> {
    FindingItem {
        kind: of.kind.name(),
        rule: &of.rule,
        aspects: of.aspects.iter().map(|aspect| aspect.name()).collect(),
        blame: &of.blame,
        base: of.base.as_ref().map(found),
        head: of.head.as_ref().map(found),
    }
}

fn found(of: &ComparedFinding) -> Found<'_> {
    let subject = of.subject.iter();
    Found {
        fingerprint: &of.fingerprint,
        severity: of.severity.name(),
        role: of.role.name(),
        provider: &of.provider,
        subject: subject
            .map(|(name, value)| SubjectItem { name, value: value.as_deref() })
            .collect(),
        message: &of.message,
        count: of.count,
        suppressed: of.suppressed,
        entry: of.entry.as_deref(),
        place: &of.place,
        first: of.first.map(|time| time.to_string()),
        sample: &of.sample,
    }
}

/// The JSON schema of a comparison, identical to `schemas/diff.json`.
pub fn schema() -> String {
    schema_of::<Document<'_>>()
}
