//! Findings by their fingerprints, and what is shown of one.
#![allow(clippy::unwrap_used)]

use super::{NotFound, find, human, json, places, samples, stored_records};
use crate::output::report_v1::Report;
use crate::output::{Style, find as output, read_report};
use crate::report::fixture::{LONG_KEY, SHORT_KEY, fixture};

/// The report of the fixture as text.
fn written() -> String {
    let mut out = Vec::new();
    (output("json").unwrap().write)(&fixture(), &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn with_fingerprints(fingerprints: &[&str]) -> Report<'static> {
    let mut report = read_report(&written()).unwrap();
    report.findings.truncate(fingerprints.len());
    assert_eq!(report.findings.len(), fingerprints.len());
    for (finding, fingerprint) in report.findings.iter_mut().zip(fingerprints) {
        finding.fingerprint = (*fingerprint).to_owned().into();
    }
    report
}

#[test]
fn a_unique_prefix_of_a_fingerprint_names_a_finding() {
    let report = with_fingerprints(&[
        "0123456789abcdef0123456789abcdef",
        "0123456789abcdefffffffffffffffff",
        "fedcba98765432100123456789abcdef",
    ]);
    let place = |text: &str| {
        let found = find(&report, text);
        found.map(|finding| report.findings.iter().position(|of| std::ptr::eq(of, finding)))
    };
    for (text, expected) in [
        ("0123456789abcdef0123456789abcdef", 0),
        ("0123456789ABCDEF01", 0),
        ("0123456789abcdeff", 1),
        ("fedcba9876543210", 2),
        (" fedcba ", 2),
    ] {
        assert_eq!(place(text), Ok(Some(expected)), "{text}");
    }
    for text in ["0123456789abcdef", "012345"] {
        let Err(NotFound::Ambiguous(found)) = find(&report, text) else { panic!("{text}") };
        assert_eq!(found.len(), 2);
    }
    assert_eq!(find(&report, "abcdef"), Err(NotFound::Unknown));
    let long = "0".repeat(33);
    for text in ["01234", "", "not-hex", "0x0123456", &long] {
        assert_eq!(find(&report, text), Err(NotFound::NotAFingerprint), "{text}");
    }
}

#[test]
fn every_row_and_record_is_shown_escaped() {
    let text = written();
    let report = read_report(&text).unwrap();
    for finding in &report.findings {
        let (mut out, style) = (Vec::new(), Style::default());
        human(&report, finding, &style, &mut out).unwrap();
        stored_records(&report, finding, &style, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert!(!shown.contains(LONG_KEY) && !shown.contains(SHORT_KEY));
        assert!(!shown.chars().any(|c| c != '\n' && crate::diag::is_hostile(c)), "{shown}");
        for row in 1..=finding.calls.len() {
            assert!(shown.contains(&format!("row {row} of {}", finding.calls.len())), "{shown}");
        }
        assert!(shown.contains(&*finding.fingerprint));
        let mut out = Vec::new();
        json(&report, finding, None, &mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
        let same = |of: &&serde_json::Value| **of == value["finding"];
        assert!(whole["findings"].as_array().unwrap().iter().any(|of| same(&of)));
        assert_eq!(value["rule"]["id"], value["finding"]["rule"]);
    }
}

#[test]
fn a_record_that_is_a_sample_twice_is_read_once() {
    let report = read_report(&written()).unwrap();
    let mut finding = report.findings[0].clone();
    let sample = finding.sample.clone();
    finding.calls.truncate(1);
    finding.calls[0].samples = vec![sample.clone(), sample.clone()];
    assert_eq!(samples(&finding).len(), 1);
    finding.calls[0].samples[1].location.offset += 1;
    assert_eq!(samples(&finding).len(), 2);
    let [first, _] = &places(&finding)[..] else { panic!("two places") };
    assert_eq!(first.path, sample.location.path);
    assert_eq!(first.event_id.as_deref(), sample.id.as_deref());
}
