//! The audit of an allowlist as JSON, `keytrail/audit/v1`.

use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::inert::write_pretty;
use crate::output::schema::schema_of;
use crate::review::{Audit, AuditedEntry, EntryCoverage, Tightened};

/// The audit of an allowlist.
#[derive(Debug, Serialize, JsonSchema)]
struct Document<'a> {
    /// Always `keytrail/audit/v1`.
    schema: &'static str,
    /// The number of problems.
    problems: usize,
    /// What was read; absent without inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    corpus: Option<Corpus>,
    /// The entries, sorted by id.
    entries: Vec<Entry<'a>>,
    /// The tightened entries as a unified diff over their files; empty without inputs.
    patch: &'a str,
}

/// What was read of the inputs.
#[derive(Debug, Serialize, JsonSchema)]
struct Corpus {
    /// The records on which rules were evaluated.
    evaluated: u64,
    /// The matches of rules that entries name.
    matches: u64,
    /// The records that could not be read.
    skipped: u64,
    /// The evaluations that failed.
    failed: u64,
    /// Whether everything could be read and evaluated, and there was a record.
    complete: bool,
}

/// An entry.
#[derive(Debug, Serialize, JsonSchema)]
struct Entry<'a> {
    /// Its id.
    id: &'a str,
    /// Its file.
    path: &'a str,
    /// The line of its id, from 1.
    line: usize,
    /// Who is responsible for it.
    owner: &'a str,
    /// The last valid day, or `never`.
    expires: &'a str,
    /// What is wrong with it.
    problems: Vec<Problem<'a>>,
    /// What it covers; absent without inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage<'a>>,
    /// The tightest entry that covers the same; absent if there is none that is tighter.
    #[serde(skip_serializing_if = "Option::is_none")]
    tightened: Option<Tight<'a>>,
}

/// What is wrong with an entry.
#[derive(Debug, Serialize, JsonSchema)]
struct Problem<'a> {
    /// `unknown-rule`, `expired`, `expiring`, `never-matches`, `shadowed`, `broad`, `caller-chosen` or
    /// `unused`.
    kind: &'static str,
    /// The problem, one sentence.
    message: &'a str,
    /// What to do next.
    help: &'a str,
}

/// What an entry covers.
#[derive(Debug, Serialize, JsonSchema)]
struct Coverage<'a> {
    /// The matches that it covers.
    matches: u64,
    /// Of those, the matches that no other entry covers.
    alone: u64,
    /// The number of identities whose matches it covers.
    identities: usize,
    /// The matches by severity.
    severities: BTreeMap<&'static str, u64>,
    /// The matches by rule.
    rules: BTreeMap<&'a str, u64>,
    /// The time of the first match.
    first: Option<String>,
    /// The time of the last match.
    last: Option<String>,
}

/// An entry that covers the same.
#[derive(Debug, Serialize, JsonSchema)]
struct Tight<'a> {
    /// The ids of its rules.
    rules: &'a [String],
    /// The values of its selectors.
    #[serde(rename = "match")]
    selectors: BTreeMap<&'static str, &'a [String]>,
}

/// Writes an audit as JSON; `patch` is the diff that [`Audit::patch`] returns.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(audit: &Audit, patch: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        schema: "keytrail/audit/v1",
        problems: audit.problems(),
        corpus: audit.corpus.map(|corpus| Corpus {
            evaluated: corpus.evaluated,
            matches: corpus.matches,
            skipped: corpus.skipped,
            failed: corpus.failed,
            complete: corpus.complete,
        }),
        entries: audit.entries.iter().map(entry).collect(),
        patch,
    };
    write_pretty(&document, out)
}

fn entry(of: &AuditedEntry) -> Entry<'_> {
    Entry {
        id: &of.id,
        path: &of.file,
        line: of.line,
        owner: &of.owner,
        expires: &of.expires,
        problems: of
            .problems
            .iter()
            .map(|of| Problem { kind: of.kind.name(), message: &of.text, help: &of.help })
            .collect(),
        coverage: of.coverage.as_ref().map(|coverage| covered(of, coverage)),
        tightened: of.tightened.as_ref().map(tight),
    }
}

fn covered<'a>(entry: &'a AuditedEntry, of: &EntryCoverage) -> Coverage<'a> {
    Coverage {
        matches: of.matches,
        alone: of.alone,
        identities: of.identities(),
        severities: entry.severities.iter().map(|(of, count)| (of.name(), *count)).collect(),
        rules: entry.rules.iter().map(|(rule, count)| (rule.as_str(), *count)).collect(),
        first: of.first.map(|time| time.to_string()),
        last: of.last.map(|time| time.to_string()),
    }
}

fn tight(of: &Tightened) -> Tight<'_> {
    Tight {
        rules: &of.rules,
        selectors: of.selectors.iter().map(|(of, values)| (of.name(), &values[..])).collect(),
    }
}

/// The JSON schema of an audit, identical to `schemas/audit.json`.
pub fn schema() -> String {
    schema_of::<Document<'_>>()
}
