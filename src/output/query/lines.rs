//! The groups of a result and what was read for it, as one JSON object per line.

use std::collections::BTreeMap;
use std::io;

use serde::{Serialize, Serializer};

use crate::finding::Redactor;
use crate::inspect::QueryResult;
use crate::output::records::{Lines, Shown};
use crate::query::{Group, Tally};
use crate::record::FieldSet;
use crate::value::{RecordKind, Time};

/// Writes a line for each group, at most `top` of them, and a last line with the `total`.
///
/// A group lists its values by the expressions that records are counted by. A missing value is
/// `null`.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn lines(
    result: &QueryResult,
    redactor: Redactor,
    top: Option<usize>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut lines = Lines::new(out, redactor);
    let groups = result.ranked.as_ref().map_or(&[][..], |ranked| &ranked.groups);
    let shown = top.unwrap_or(usize::MAX).min(groups.len());
    for group in &groups[..shown] {
        let facts = TallyFacts::of(result.on, &group.tally);
        lines.line(&GroupLine { group: Values { names: &result.columns, group }, tally: facts })?;
    }
    let others = result.ranked.as_ref().map(|ranked| ranked.others);
    if let Some(others) = others.filter(|others| others.count > 0) {
        lines.line(&OthersLine { others: TallyFacts::of(result.on, &others) })?;
    }
    let files = result.other_files.iter().map(|(other, (count, _))| (other.name(), *count));
    let time = |time: Option<Time>| time.map(|time| time.to_string());
    lines.line(&TotalLine {
        total: Total {
            on: result.on.name(),
            count_by: result.ranked.is_some().then_some(&result.columns[..]),
            since: time(result.period.since),
            until: time(result.period.until),
            matches: TallyFacts::of(result.on, &result.matches),
            shown: if result.ranked.is_some() { shown as u64 } else { result.shown },
            groups: result.ranked.as_ref().map(|ranked| ranked.groups.len() as u64),
            unplaced: result.unplaced,
            rows: &result.rows,
            records: result.records,
            skipped: &result.skipped,
            failed_evaluations: result.failures.count,
            files: std::iter::once(("read", result.files)).chain(files).collect(),
            bytes: result.bytes,
            blind: paths(&result.blind),
            missing: paths(&result.missing),
            notes: &result.record_notes,
            masked_keys: result
                .masked
                .iter()
                .map(|of| (of.masked.text.as_str(), of.count() as u64))
                .collect(),
            incomplete: result.incomplete(),
            gate: result.allowed.map(|allowed| Gate { allowed, failed: result.fails() }),
        },
    })
}

/// The paths of the fields, by format.
fn paths(by_format: &BTreeMap<&'static str, FieldSet>) -> BTreeMap<&'static str, Vec<String>> {
    let paths = |fields: &FieldSet| fields.iter().map(|field| field.field().path()).collect();
    by_format.iter().map(|(format, fields)| (*format, paths(fields))).collect()
}

#[derive(Serialize)]
struct GroupLine<'a> {
    group: Values<'a>,
    #[serde(flatten)]
    tally: TallyFacts,
}

#[derive(Serialize)]
struct OthersLine {
    others: TallyFacts,
}

#[derive(Serialize)]
struct TotalLine<'a> {
    total: Total<'a>,
}

#[derive(Serialize)]
struct Total<'a> {
    on: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    count_by: Option<&'a [String]>,
    since: Option<String>,
    until: Option<String>,
    matches: TallyFacts,
    shown: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<u64>,
    unplaced: u64,
    rows: &'a BTreeMap<&'static str, u64>,
    records: u64,
    skipped: &'a BTreeMap<&'static str, u64>,
    failed_evaluations: u64,
    files: BTreeMap<&'static str, u64>,
    bytes: u64,
    blind: BTreeMap<&'static str, Vec<String>>,
    missing: BTreeMap<&'static str, Vec<String>>,
    notes: &'a BTreeMap<&'static str, u64>,
    /// Masked keys of the query, with the number of keys that look like them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    masked_keys: BTreeMap<&'a str, u64>,
    incomplete: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<Gate>,
}

/// The gate of `--fail-if-any` or `--fail-over`.
#[derive(Serialize)]
struct Gate {
    /// The number of matches that it allows.
    allowed: u64,
    /// Whether there are more.
    failed: bool,
}

/// Counts and times. Only calls are counted as ok or failed.
#[derive(Serialize)]
struct TallyFacts {
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<u64>,
    first: Option<String>,
    last: Option<String>,
}

impl TallyFacts {
    fn of(on: RecordKind, tally: &Tally) -> Self {
        let of_calls = |count| (on == RecordKind::Event).then_some(count);
        Self {
            count: tally.count,
            ok: of_calls(tally.ok),
            failed: of_calls(tally.failed),
            first: tally.first.map(|time| time.to_string()),
            last: tally.last.map(|time| time.to_string()),
        }
    }
}

/// The values of a group, keyed by their expressions.
struct Values<'a> {
    names: &'a [String],
    group: &'a Group,
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(self.group.values.iter().map(Shown)))
    }
}
