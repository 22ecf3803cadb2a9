//! Properties of every output, for any record content.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::diag::is_hostile;
use crate::report::Report;
use crate::report::fixture::{HOSTILE, LONG_KEY, SHORT_KEY, fixture, planted, planted_paths};

fn written(output: &Output, report: &Report) -> String {
    let style = Style { show_suppressed: true, verbose: true, ..Style::default() };
    let mut out = Vec::new();
    (output.write)(report, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn assert_inert(output: &Output, text: &str) {
    for (number, line) in text.lines().enumerate() {
        let place = format!("{} line {}: {line:?}", output.name, number + 1);
        assert!(!line.chars().any(is_hostile), "{place}");
        assert!(!line.trim_start().starts_with("::"), "{place}");
        assert!(!line.contains("##["), "{place}");
    }
}

#[test]
fn outputs_are_named_once_and_documented() {
    let names: BTreeSet<&str> = OUTPUTS.iter().map(|output| output.name).collect();
    assert_eq!(names.len(), OUTPUTS.len());
    for output in OUTPUTS {
        assert!(output.doc.ends_with('.') && !output.extension.contains('.'), "{}", output.name);
        assert_eq!(find(output.name).map(|found| found.name), Some(output.name));
    }
    assert!(find("xml").is_none());
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for output in OUTPUTS {
        assert_eq!(written(output, &fixture()), written(output, &fixture()));
    }
}

#[test]
fn every_output_names_every_finding() {
    let report = fixture();
    for output in OUTPUTS {
        let text = written(output, &report);
        for finding in &report.findings {
            assert!(text.contains(&finding.fingerprint), "{}", output.name);
        }
    }
}

#[test]
fn keys_appear_only_on_demand() {
    for key in [SHORT_KEY, LONG_KEY] {
        for text in [key.to_owned(), format!("x{key}"), format!("{{\"k\":\"{key}\"}} {key}")] {
            for output in OUTPUTS {
                let mut report = planted(&text);
                assert!(!written(output, &report).contains(key), "{} {text}", output.name);
                report.facts.show_keys = true;
                assert!(written(output, &report).contains(key), "{} {text}", output.name);
            }
        }
    }
}

#[test]
fn a_megabyte_of_user_agent_is_cut_where_people_read() {
    let text = "A".repeat(1 << 20);
    let mut report = fixture();
    report.findings[2].message = text.clone();
    report.findings[2].calls[0].call.user = Some(text);
    // The page contains the JSON report.
    let whole = |output: &&&Output| matches!(output.name, "json" | "html");
    for output in OUTPUTS.iter().filter(|output| !whole(output)) {
        let size = written(output, &report).len();
        assert!(size < 64 << 10, "{} {size}", output.name);
    }
}

/// Strings that are dangerous alone or combined, mixed with ordinary text.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["::", "##", "[", ":", " ", "\\", "\"", "{0}"])
            .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-zA-Z0-9 :#]{0,120}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_is_inert_everywhere(text in hostile()) {
        for report in [planted(&text), planted_paths(&text)] {
            for output in OUTPUTS {
                let written = written(output, &report);
                assert_inert(output, &written);
                if matches!(output.extension, "json" | "sarif") {
                    serde_json::from_str::<serde_json::Value>(&written).unwrap();
                }
            }
        }
    }
}

#[test]
fn the_fixture_is_inert_everywhere() {
    for output in OUTPUTS {
        assert_inert(output, &written(output, &fixture()));
    }
}
