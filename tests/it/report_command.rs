//! `report` and `gate`: a JSON report without its logs.

use std::path::Path;

use crate::run::{Ended, Folder};

/// Every format, with a file for it.
fn formats() -> impl Iterator<Item = (&'static str, String)> {
    keytrail::output::OUTPUTS.iter().map(|of| (of.name, format!("{}.out", of.name)))
}

/// A folder with the example logs and reports, and a scan of them that wrote every format.
fn scanned(name: &str, more: &[&str]) -> (Folder, Ended) {
    let folder = Folder::new(name);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for of in ["cloudtrail", "reports", "actiontrail", "cloudaudit"] {
        crate::readme::copy(&examples.join(of), &folder.path(of));
    }
    let mut arguments: Vec<String> =
        ["scan", "cloudtrail", "reports", "actiontrail", "cloudaudit", "--no-config"]
            .map(str::to_owned)
            .to_vec();
    arguments.extend(["--now", "2026-11-01T00:00:00Z", "--show-suppressed"].map(str::to_owned));
    for (format, file) in formats() {
        arguments.extend(["-f".to_owned(), format!("{format}:{file}")]);
    }
    arguments.extend(more.iter().map(|of| (*of).to_owned()));
    let ended = folder.keytrail(arguments).output();
    (folder, ended)
}

#[test]
fn every_format_of_a_report_has_the_bytes_that_the_scan_wrote() {
    for (name, more) in [("report-whole", &[][..]), ("report-part", &["--min-severity", "medium"])]
    {
        let (folder, ended) = scanned(name, more);
        assert_eq!(ended.code, Some(1), "{ended}");
        for (format, file) in formats() {
            let arguments =
                ["report", "json.out", "--show-suppressed", "-f", format, "-o", "again"];
            let ended = folder.keytrail(arguments).output();
            assert_eq!(ended.code, Some(0), "{format}: {ended}");
            assert!(folder.read("again") == folder.read(&file), "{name}: {format} differs");
        }
    }
}

#[test]
fn a_report_is_decided_again_as_a_scan_with_those_thresholds_decides() {
    let (folder, _) = scanned("gate", &["--min-severity", "high"]);
    for thresholds in [
        &["--fail-on", "low"][..],
        &["--fail-on", "medium"],
        &["--fail-on", "critical"],
        &["--fail-on", "never"],
        &["--strict"],
        &["--fail-on-uncertain"],
        &["--fail-on", "low", "--exit-zero"],
        &[],
    ] {
        let gated = [&["gate", "json.out", "-f", "json", "-o", "gated.json"], thresholds].concat();
        let gated = folder.keytrail(gated).output();
        let scan = ["scan", "cloudtrail", "reports", "actiontrail", "cloudaudit", "--no-config"];
        let options = ["--now", "2026-11-01T00:00:00Z", "--min-severity", "high", "-f", "json"];
        let scan = [&scan[..], &options, &["-o", "scanned.json"], thresholds].concat();
        let scan = folder.keytrail(scan).output();
        assert_eq!(gated.code, scan.code, "{thresholds:?}\n{gated}\n{scan}");
        assert!(folder.read("gated.json") == folder.read("scanned.json"), "{thresholds:?}");
    }
}

#[test]
fn a_gate_names_what_fails_the_run() {
    let (folder, _) = scanned("gate-names", &[]);
    let ended = folder.keytrail(["gate", "json.out", "--fail-on", "critical"]).output();
    assert_eq!(ended.code, Some(1), "{ended}");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let (last, findings) = lines.split_last().unwrap();
    assert!(last.starts_with("failed: ") && last.ends_with("(exit 1)"), "{ended}");
    assert!(!findings.is_empty(), "{ended}");
    assert!(findings.iter().all(|line| line.starts_with("critical[")), "{ended}");
}

#[test]
fn what_is_no_report_is_refused() {
    let (folder, _) = scanned("gate-refused", &[]);
    let later = folder.read("json.out").replace("keytrail/report/v1", "keytrail/report/v2");
    let unknown = folder.read("json.out").replacen("\"rule\": \"", "\"rule\": \"no-such-", 1);
    let folder = folder.file("later.json", later).file("unknown.json", unknown);
    for (file, message) in [
        ("absent.json", "cannot read the report absent.json"),
        ("sarif.out", "this is SARIF"),
        ("later.json", "a later release may read it"),
        ("unknown.json", "which it does not contain"),
    ] {
        for command in ["gate", "report"] {
            let ended = folder.keytrail([command, file]).output();
            assert_eq!(ended.code, Some(2), "{command} {file}: {ended}");
            assert!(ended.stderr.contains(message), "{command} {file}: {ended}");
        }
    }
    let ended = folder.keytrail(["report", "json.out", "-f", "sarif:json.out"]).output();
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("written over the input"), "{ended}");
}
