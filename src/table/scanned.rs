//! Extracts access keys from the reports of secret scanners, SARIF or JSON.
//!
//! Every scanner has its own JSON format, and each of them shows the key somewhere in a finding:
//! gitleaks as `Secret`, trufflehog as `Raw`, GitHub's alerts as `secret`, SARIF in a message or
//! snippet. So each distinct key id in a finding becomes a row, whatever field contains it. The
//! secrets that belong to the ids are not stored.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value as Node;

use super::Declaration;
use super::build::{Builder, Raw};
use super::data::{Data, Mistake};
use crate::value::{Time, key_ids};

/// Where a key was found.
#[derive(Debug, Default)]
struct KeyPlace {
    tool: Option<String>,
    file: Option<String>,
    line: Option<u64>,
    found: Option<String>,
    rule: Option<String>,
}

/// The table of the keys in a scanner's report; `None` if the text is not a report but contains
/// rows.
pub(super) fn read(
    declaration: &Arc<Declaration>,
    text: &str,
) -> Option<Result<Data, Vec<Mistake>>> {
    let documents: Vec<Node> =
        serde_json::Deserializer::from_str(text).into_iter().collect::<Result<_, _>>().ok()?;
    let findings = findings(&documents, declaration)?;
    let mut builder = Builder::new(declaration.clone());
    let (mut unique, mut unread) = (BTreeSet::new(), 0);
    'findings: for (finding, place) in findings {
        let mut ids = BTreeSet::new();
        collect(finding, &mut ids);
        unread += u64::from(ids.is_empty());
        for id in ids {
            if unique.insert(id.clone()) && !builder.row(&mut row(declaration, id, &place)) {
                break 'findings;
            }
        }
    }
    let nowhere = |_: usize, _: usize| -> Option<Range<usize>> { Some(0..text.len().min(1)) };
    Some(match builder.finish() {
        Ok(table) => Ok(Data { table, extra: Vec::new(), unread }),
        Err(problems) => Err(problems.into_iter().map(|of| of.mistake(&nowhere)).collect()),
    })
}

/// Every finding with its place; `None` if the text contains rows of the table itself.
fn findings<'d>(
    documents: &'d [Node],
    declaration: &Declaration,
) -> Option<Vec<(&'d Node, KeyPlace)>> {
    let is_row = |node: &Node| {
        let keys = node.as_object().into_iter().flat_map(|object| object.keys());
        keys.map(|name| declaration.column_of_header(name)).any(|at| at == Some(declaration.key))
    };
    if let [only] = documents
        && let Some(runs) = only.get("runs").and_then(Node::as_array)
    {
        return Some(runs.iter().flat_map(sarif).collect());
    }
    let all: Vec<&Node> = match documents {
        [Node::Array(items)] => items.iter().collect(),
        lines => lines.iter().collect(),
    };
    let objects = all.iter().all(|node| node.is_object());
    (objects && !all.iter().any(|node| is_row(node)) && !all.is_empty())
        .then(|| all.into_iter().map(|node| (node, json(node))).collect())
}

fn sarif(run: &Node) -> Vec<(&Node, KeyPlace)> {
    let tool = text(run, "/tool/driver/name");
    let results = run.get("results").and_then(Node::as_array);
    let place = |result: &Node| {
        let at = "/locations/0/physicalLocation";
        KeyPlace {
            tool: tool.clone(),
            file: text(result, &format!("{at}/artifactLocation/uri")),
            line: result.pointer(&format!("{at}/region/startLine")).and_then(Node::as_u64),
            found: None,
            rule: text(result, "/ruleId"),
        }
    };
    results.into_iter().flatten().map(|result| (result, place(result))).collect()
}

/// The place of a finding, read from the field names of gitleaks, trufflehog and GitHub.
fn json(finding: &Node) -> KeyPlace {
    let first = |names: &[&str]| names.iter().find_map(|name| text(finding, name));
    let file = first(&["/File", "/file", "/path", "/SourceMetadata/Data/Git/file"])
        .or_else(|| first(&["/SourceMetadata/Data/Filesystem/file", "/html_url", "/url"]));
    let line = ["/StartLine", "/line", "/SourceMetadata/Data/Git/line"];
    KeyPlace {
        tool: None,
        file,
        line: line.iter().find_map(|name| finding.pointer(name)?.as_u64()),
        found: first(&["/Date", "/created_at", "/SourceMetadata/Data/Git/timestamp", "/timestamp"])
            .filter(|time| Time::parse(time).is_some()),
        rule: first(&["/RuleID", "/DetectorName", "/secret_type", "/rule"]),
    }
}

fn text(node: &Node, pointer: &str) -> Option<String> {
    node.pointer(pointer)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Collects the key ids in every text of a finding.
fn collect(node: &Node, ids: &mut BTreeSet<String>) {
    match node {
        Node::String(text) => ids.extend(key_ids(text).map(str::to_owned)),
        Node::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        Node::Object(members) => members.values().for_each(|value| collect(value, ids)),
        _ => {}
    }
}

fn row(declaration: &Declaration, id: String, place: &KeyPlace) -> Vec<Raw<'static>> {
    let mut values = vec![Raw::Empty; declaration.columns.len()];
    let mut set = |column: Option<usize>, value: Option<String>| {
        if let (Some(at), Some(value)) = (column, value) {
            values[at] = Raw::Text(Cow::Owned(value));
        }
    };
    let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
    let at = place.file.as_ref().map(|file| format!("{file}{line}"));
    let source: Vec<String> = place.tool.iter().cloned().chain(at).collect();
    set(declaration.column("source"), (!source.is_empty()).then(|| source.join(", ")));
    set(declaration.column("found"), place.found.clone());
    set(declaration.column("note"), place.rule.clone());
    set(Some(declaration.key), Some(id));
    values
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::table::{Column, ColumnType, Match};

    fn declaration() -> Arc<Declaration> {
        let column = |(name, ty): (&str, ColumnType)| Column { name: name.to_owned(), ty };
        let columns = [
            ("ak", ColumnType::Str),
            ("source", ColumnType::Str),
            ("found", ColumnType::Time),
            ("note", ColumnType::Str),
        ];
        Arc::new(Declaration {
            id: "leaked_keys".into(),
            description: String::new(),
            columns: columns.map(column).into(),
            key: 0,
            matching: Match::Exact,
            scanned: true,
            span: None,
        })
    }

    /// The rows of a report, and the number of its findings without a key.
    fn rows(text: &str) -> Option<(Vec<String>, u64)> {
        let Data { table, unread, .. } = read(&declaration(), text)?.unwrap();
        let cell = |row, column| match table.value(row, column) {
            crate::value::Value::Missing => "-".to_owned(),
            crate::value::Value::Str(text) => text.into_owned(),
            other => format!("{other:?}"),
        };
        let row = |row| (0..4).map(|column| cell(row, column)).collect::<Vec<_>>().join(" | ");
        Some(((0..table.len() as u32).map(row).collect(), unread))
    }

    #[test]
    fn keys_are_found_in_the_reports_of_scanners() {
        let gitleaks = r#"[
            {"RuleID":"aws-access-token","File":"deploy/env","StartLine":3,"Secret":"AKIAIOSFODNN7EXAMPLE","Match":"key=AKIAIOSFODNN7EXAMPLE","Date":"2026-10-06T18:20:00Z"},
            {"RuleID":"generic-api-key","File":"a.py","StartLine":9,"Secret":"wJalrXUtnFEMI/K7MDENG"},
            {"RuleID":"aws-access-token","File":"again","StartLine":1,"Secret":"AKIAIOSFODNN7EXAMPLE"}
        ]"#;
        let expected =
            "AKIAIOSFODNN7EXAMPLE | deploy/env:3 | Time(Time(1791310800000000)) | aws-access-token";
        assert_eq!(rows(gitleaks).unwrap(), (vec![expected.to_owned()], 1));

        let trufflehog = concat!(
            r#"{"SourceMetadata":{"Data":{"Git":{"file":"x.tf","line":4,"timestamp":"not a time"}}},"DetectorName":"AWS","Raw":"AKIAI44QH8DHBEXAMPLE"}"#,
            "\n",
            r#"{"DetectorName":"Alibaba","Raw":"LTAI5tExample0000000000","RawV2":"AKIDexample0000000000000000000000001"}"#
        );
        assert_eq!(
            rows(trufflehog).unwrap().0,
            [
                "AKIAI44QH8DHBEXAMPLE | x.tf:4 | - | AWS",
                "AKIDexample0000000000000000000000001 | - | - | Alibaba",
                "LTAI5tExample0000000000 | - | - | Alibaba",
            ]
        );

        let sarif = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"scanner"}},"results":[
            {"ruleId":"aws","message":{"text":"found a key"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.js"},"region":{"startLine":12,"snippet":{"text":"id: 'AKIAIOSFODNN7EXAMPLE'"}}}}]},
            {"ruleId":"aws","message":{"text":"hidden"}}
        ]}]}"#;
        assert_eq!(
            rows(sarif).unwrap(),
            (vec!["AKIAIOSFODNN7EXAMPLE | scanner, src/a.js:12 | - | aws".to_owned()], 1)
        );
        assert_eq!(rows(r#"{"runs":[{"results":[]}]}"#).unwrap(), (vec![], 0));
    }

    #[test]
    fn a_scanner_report_beyond_the_row_limit_is_not_read_further() {
        let finding = |line: usize| {
            format!(r#"{{"File":"f","StartLine":{line},"Secret":"AKIAEXAMPLE{line:09}"}}"#)
        };
        let report: Vec<String> = (0..99).map(finding).collect();
        let mut declaration = declaration();
        Arc::make_mut(&mut declaration).columns[1].ty = ColumnType::Int;
        let problems = read(&declaration, &report.join("\n")).unwrap().unwrap_err();
        assert!((1..99).contains(&problems.len()), "{}", problems.len());
    }

    #[test]
    fn rows_of_the_table_are_not_a_scanner_report() {
        for text in [
            r#"[{"ak":"AKIAIOSFODNN7EXAMPLE"}]"#,
            r#"[{"AK":"x","note":"y"}]"#,
            "[]",
            "[1]",
            "{",
            "",
        ] {
            assert!(rows(text).is_none(), "{text}");
        }
    }
}
