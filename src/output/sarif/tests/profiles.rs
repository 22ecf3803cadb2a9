//! What each service is written.

use super::*;

fn profiled(report: &Report, sarif: SarifProfile) -> Value {
    parsed(report, &Style { sarif, show_suppressed: true, ..Style::default() })
}

/// The rule id, the level, the rank and the severity of the rule of each result.
fn severities(log: &Value) -> Vec<(String, String, u64, String)> {
    let run = &log["runs"][0];
    let rules = items(&run["tool"]["driver"]["rules"]);
    let of = |result: &Value| {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let rank = result["rank"].as_f64().unwrap() as u64;
        let severity = text(&rule["properties"]["security-severity"]);
        (text(&result["ruleId"]), text(&result["level"]), rank, severity)
    };
    items(&run["results"]).iter().map(of).collect()
}

#[test]
fn every_profile_is_accepted() {
    for profile in SarifProfile::ALL {
        for report in [fixture(), clean()] {
            assert_accepted(&profiled(&report, profile));
        }
    }
}

#[test]
fn a_severity_reaches_what_the_service_reads_it_from() {
    let mut report = fixture();
    let rule = report.rules[report.findings[1].rule].id.clone();
    report.findings.truncate(2);
    report.findings[1].severity = Severity::Critical;
    let of = |profile| severities(&profiled(&report, profile)).remove(1);
    let own = format!("{rule}/critical");
    for (profile, id, severity) in [
        (SarifProfile::Generic, &rule, "8.0"),
        (SarifProfile::Gitlab, &rule, "8.0"),
        (SarifProfile::Github, &own, "9.5"),
        (SarifProfile::Azure, &own, "9.5"),
    ] {
        assert_eq!(of(profile), (id.clone(), "error".into(), 95, severity.into()), "{profile:?}");
    }
}

#[test]
fn what_is_uncertain_or_decided_is_marked_and_never_an_error() {
    for (role, uncertain, mark) in [
        (VerdictRole::Uncertain, true, "Uncertain: "),
        (VerdictRole::Processed, false, "Processed: "),
        (VerdictRole::Ignored, true, "Ignored: "),
    ] {
        let mut report = fixture();
        report.findings.truncate(1);
        (report.findings[0].role, report.findings[0].uncertain) = (role, uncertain);
        for profile in SarifProfile::ALL {
            let log = profiled(&report, profile);
            let (_, level, rank, severity) = severities(&log).remove(0);
            assert_eq!((level.as_str(), rank), ("note", 20), "{role:?}");
            assert_eq!(severity == "2.0", profile.severity_of_rule(), "{profile:?}");
            let message = log["runs"][0]["results"][0]["message"]["text"].as_str().unwrap();
            assert!(message.starts_with(mark), "{message}");
            assert_eq!(log["runs"][0]["results"][0]["properties"]["severity"], "critical");
        }
    }
}

#[test]
fn a_decision_is_a_suppression_where_one_is_shown() {
    let mut report = fixture();
    report.findings.truncate(3);
    report.findings[2].role = VerdictRole::Ignored;
    for profile in SarifProfile::ALL {
        let log = profiled(&report, profile);
        let result = &log["runs"][0]["results"][2];
        assert_eq!(result["properties"]["triage"]["by"], "ann");
        let shown = result["suppressions"][0]["justification"].as_str();
        assert_eq!(shown.is_some_and(|of| of.contains("by ann")), profile.shows_suppressions());
    }
}

#[test]
fn records_on_one_line_have_lines_of_their_own_for_gitlab() {
    let mut report = fixture();
    for (finding, number) in report.findings.iter_mut().zip(0..) {
        let place = &mut finding.sample.location;
        place.pointer = format!("/Records/{number}");
        (place.line, place.end_line) = (1, 1);
    }
    let lines = |profile| -> BTreeSet<String> {
        let log = profiled(&report, profile);
        let of = |result: &Value| {
            let place = &result["locations"][0]["physicalLocation"];
            let (file, region) = (&place["artifactLocation"]["uri"], &place["region"]);
            format!("{} {file} {} {}", result["ruleId"], region["startLine"], region["endLine"])
        };
        items(&log["runs"][0]["results"]).iter().map(of).collect()
    };
    assert_eq!(lines(SarifProfile::Gitlab).len(), report.findings.len());
    let kinds = |profile| {
        let log = profiled(&report, profile).to_string();
        (log.contains("lines-are-numbers"), log.contains("suppressions-ignored"))
    };
    assert_eq!(kinds(SarifProfile::Gitlab), (true, true));
    assert_eq!(kinds(SarifProfile::Github), (false, true));
    assert_eq!(kinds(SarifProfile::Azure), (false, false));
}

#[test]
fn a_log_beyond_the_limit_of_a_service_is_cut_and_says_so() {
    let mut report = fixture();
    let mut one = report.findings[1].clone();
    one.keys[0].document = Some("x".repeat(4_000));
    report.findings = vec![one; 4_000];
    report.incidents.clear();
    let mut out = Vec::new();
    let style = Style { sarif: SarifProfile::Gitlab, ..Style::default() };
    (SARIF.write)(&report, &style, &mut out).unwrap();
    assert!((9_000_000..10_000_000).contains(&out.len()), "{}", out.len());
    let log: Value = serde_json::from_slice(&out).unwrap();
    let left = 4_000 - items(&log["runs"][0]["results"]).len();
    let notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(
        notes.contains(&format!("{left} results are left out, because GitLab takes")),
        "{notes}"
    );
}

#[test]
fn paths_are_those_below_the_repository() {
    let report = fixture();
    let folders = |directory: &str| Folders {
        repository: "/home/ann/shop".into(),
        directory: directory.into(),
        project: "/home/ann/shop/security".into(),
    };
    let shown = |folders: Folders, sarif| {
        let style = Style { folders: Some(folders), sarif, ..Style::default() };
        let log = parsed(&report, &style);
        assert_accepted(&log);
        let result = &log["runs"][0]["results"][1];
        let place = |of: &Value| {
            let place = &of["physicalLocation"]["artifactLocation"];
            format!("{} {}", place["uriBaseId"].as_str().unwrap(), place["uri"].as_str().unwrap())
        };
        (
            place(&result["locations"][0]),
            log["runs"][0]["originalUriBaseIds"]["SRCROOT"].to_string(),
        )
    };
    let (inside, root) = shown(folders("/home/ann/shop/ci"), SarifProfile::Github);
    assert!(inside.starts_with("SRCROOT ci/logs/"), "{inside}");
    assert!(root.contains("The root of the repository."), "{root}");
    let (outside, _) = shown(folders("/var/log"), SarifProfile::Github);
    assert!(outside.starts_with("INPUT_0 "), "{outside}");
    let (generic, _) = shown(folders("/home/ann/shop/ci"), SarifProfile::Generic);
    assert!(generic.starts_with("INPUT_0 "), "{generic}");
}
