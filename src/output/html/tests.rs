//! The data of the page. A browser checks it in `.ci/html`.
#![allow(clippy::unwrap_used)]

use serde_json::Value;

use super::*;
use crate::report::fixture::fixture;

fn page() -> String {
    let mut out = Vec::new();
    write(&fixture(), &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The text of an element that holds JSON.
fn data<'p>(page: &'p str, id: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    let (text, _) = rest.split_once("</script>").unwrap();
    assert!(!text.contains(['<', '>', '&']), "{id}");
    text
}

#[test]
fn the_data_are_those_of_the_json_report() {
    let page = page();
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut json = Vec::new();
    (crate::output::find("json").unwrap().write)(&fixture(), &Style::default(), &mut json).unwrap();
    let json = parsed(std::str::from_utf8(&json).unwrap());

    let mut report = parsed(data(&page, "report"));
    let rows = parsed(data(&page, "rows"));
    let details: Vec<Value> = data(&page, "details").trim().lines().map(parsed).collect();
    let rows = rows.as_array().unwrap();
    report["findings"] = rows
        .iter()
        .map(|row| details[usize::try_from(row["detail"].as_u64().unwrap()).unwrap()].clone())
        .collect();
    assert_eq!(report, json);
    for (row, finding) in rows.iter().zip(json["findings"].as_array().unwrap()) {
        for (key, value) in row.as_object().unwrap().iter().filter(|(key, _)| *key != "detail") {
            assert_eq!(*value, finding[key], "{key}");
        }
    }
}

#[test]
fn the_page_holds_the_evidence_of_the_most_severe_findings() {
    let mut report = fixture();
    let one = report.findings[0].clone();
    for number in 0..=DETAILED {
        let severity = if number == 7 { Severity::Info } else { Severity::High };
        let fingerprint = format!("{number:032x}");
        report.findings.push(crate::finding::Finding { severity, fingerprint, ..one.clone() });
    }
    let mut out = Vec::new();
    write(&report, &Style::default(), &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    let rows: Vec<Value> = serde_json::from_str(data(&page, "rows")).unwrap();
    assert_eq!(rows.len(), report.findings.len());
    assert_eq!(rows.iter().filter(|row| !row["detail"].is_null()).count(), DETAILED);
    assert_eq!(data(&page, "details").trim().lines().count(), DETAILED);
    let info = rows.iter().find(|row| row["fingerprint"] == format!("{:032x}", 7)).unwrap();
    assert!(info["detail"].is_null());
}
