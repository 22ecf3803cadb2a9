//! Properties of every output, for any record content.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::inert::write_line;
use super::page::{BASE, CSS, Frame, element};
use super::*;
use crate::diag::is_hostile;
use crate::report::fixture::{
    HOSTILE, LONG_KEY, SHORT_KEY, clean, fixture, planted, planted_paths,
};
use crate::report::{Baseline, KnownFinding, Report, Standing};
use crate::rule::{Pack, Severity, Status};

fn written(output: &Output, report: &Report) -> String {
    let style = Style { show_suppressed: true, verbose: true, ..Style::default() };
    let mut out = Vec::new();
    (output.write)(report, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Whether a line is a workflow command that the format itself writes, with the place and the title.
fn is_annotation(output: &Output, line: &str) -> bool {
    let commands = ["::error ", "::warning ", "::notice "];
    let rest = commands.iter().find_map(|command| line.strip_prefix(command));
    let of_format = |rest: &str| {
        rest.starts_with("title=") || rest.starts_with("file=") && rest.contains(",line=")
    };
    output.name == "github" && rest.is_some_and(of_format)
}

/// Reads an output with a parser of its format.
fn parse(output: &Output, text: &str) {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).map(|_| ()).unwrap();
    match output.extension {
        "json" | "sarif" => json(text),
        "ndjson" => text.lines().for_each(json),
        "csv" => {
            assert!(::csv::Reader::from_reader(text.as_bytes()).records().all(|row| row.is_ok()))
        }
        // The text for people and Markdown have no parser; the test of JUnit has its own, and CI opens
        // the page in a browser.
        "txt" | "md" | "xml" | "html" => {}
        other => panic!("no parser for {other}"),
    }
}

fn assert_inert(output: &Output, text: &str) {
    for (number, line) in text.lines().enumerate() {
        let place = format!("{} line {}: {line:?}", output.name, number + 1);
        assert!(!line.chars().any(is_hostile), "{place}");
        assert!(!line.trim_start().starts_with("::") || is_annotation(output, line), "{place}");
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

/// Every output of a report that was read from its JSON has the bytes that the scan would have
/// written.
#[test]
fn a_report_from_a_file_is_written_as_the_scan_writes_it() {
    let mut limited = fixture();
    let standing = Standing {
        severity: Severity::Low,
        status: Status::Stable,
        pack: Pack::Core,
        uncertain: true,
        suppressed: false,
        unchanged: false,
        triage: None,
    };
    let mut compared = fixture();
    let known: Vec<_> = Baseline::of(&fixture()).findings().skip(1).cloned().collect();
    let gone = KnownFinding { fingerprint: "0123".into(), ..known[0].clone() };
    compared.compare(&known.into_iter().chain([gone]).collect());
    compared.decide();
    (limited.left_out, limited.blind) = ([(standing, 3)].into(), 2);
    let mut shown = planted(LONG_KEY);
    shown.facts.show_keys = true;
    let mut reports = vec![fixture(), clean(), limited, shown, compared];
    reports.extend(HOSTILE.iter().map(|text| planted_paths(text)));
    for report in reports {
        let restored = restore_report(&written(find("json").unwrap(), &report)).unwrap();
        for output in OUTPUTS {
            assert_eq!(written(output, &restored), written(output, &report), "{}", output.name);
        }
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
    // These contain the JSON report.
    let whole = |output: &&&Output| matches!(output.name, "json" | "ndjson" | "html");
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
                parse(output, &written);
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

#[test]
fn a_page_loads_nothing_and_runs_only_its_own_script() {
    for script in [html::SCRIPT, posture::SCRIPT] {
        let frame = Frame { title: "A page", instead: "keytrail", script };
        let mut out = Vec::new();
        frame.write(&mut out, |out| element(out, "data", |data| write_line(&1, data))).unwrap();
        let page = String::from_utf8(out).unwrap();
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            STANDARD.encode(Sha256::digest(format!("{BASE}{script}"))),
            STANDARD.encode(Sha256::digest(CSS)),
        );
        assert!(page.contains(&policy), "{policy}");
        assert!(page.contains(&format!("<script>{BASE}{script}</script>")));
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script>").count(), 2);
        for loads in
            ["src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "eval("]
        {
            assert!(!page.replace("script-src", "").contains(loads), "{loads}");
        }
    }
}
