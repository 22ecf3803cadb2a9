//! The result depends on the inputs, the policy and the clock, and on nothing around the process.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::project::{RULE, project, record, scan};
use crate::run::Folder;

const FORMATS: [&str; 10] = [
    "json:out.json",
    "sarif:out.sarif",
    "csv:out.csv",
    "markdown:out.md",
    "junit:out.xml",
    "html:out.html",
    "ndjson:out.ndjson",
    "ocsf:out.ocsf",
    "gitlab-sast:out.sast",
    "webhook:out.hook",
];

/// The arguments of a scan that writes every kind of file.
fn arguments() -> Vec<&'static str> {
    let scan = ["scan", "bad.json", "good.json", "--no-builtin", "-r", "rules"];
    let mut all = [&scan[..], &["--now", "2026-04-01T00:00:00Z"]].concat();
    FORMATS.iter().for_each(|format| all.extend(["-f", *format]));
    all
}

/// The bytes of every file that the scan wrote.
fn written(folder: &Folder) -> Vec<Vec<u8>> {
    let name = |format: &&str| format.split_once(':').unwrap().1.to_owned();
    FORMATS.iter().map(|of| std::fs::read(folder.path(&name(of))).unwrap()).collect()
}

/// Runs the scan below a shell that first runs `prepare`.
fn below_shell(folder: &Folder, prepare: &str, variables: &[(&str, &str)]) -> Option<i32> {
    let program = assert_cmd::cargo::cargo_bin!("keytrail");
    let quoted: Vec<String> = arguments().iter().map(|of| format!("'{of}'")).collect();
    let script = format!("{prepare}; exec '{}' {}", program.display(), quoted.join(" "));
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &script]).env_clear().envs(variables.iter().copied());
    command.current_dir(folder.path("")).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().code()
}

#[cfg(target_os = "linux")]
#[test]
fn limits_and_variables_of_the_process_change_no_byte() {
    let folder = project("environment");
    assert_eq!(below_shell(&folder, ":", &[]), Some(1));
    let expected = written(&folder);
    let cases: [(&str, &[(&str, &str)]); 8] = [
        ("ulimit -n 32", &[]),
        ("ulimit -v 524288", &[]),
        ("umask 077", &[]),
        (
            "ulimit -c 0",
            &[("TZ", "Asia/Kathmandu"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
        ),
        (":", &[("TERM", "dumb"), ("NO_COLOR", "1"), ("COLUMNS", "20")]),
        (":", &[("HOME", "/nonexistent"), ("TMPDIR", "/nonexistent"), ("USER", "a\u{202e}b")]),
        (":", &[("GITHUB_ACTIONS", "true"), ("CI", "true"), ("GITLAB_CI", "true")]),
        (":", &[("GITHUB_STEP_SUMMARY", "/nonexistent/summary.md"), ("RUST_BACKTRACE", "full")]),
    ];
    for (prepare, variables) in cases {
        let code = below_shell(&folder, prepare, variables);
        assert_eq!(code, Some(1), "{prepare} {variables:?}");
        assert!(written(&folder) == expected, "{prepare} {variables:?}");
    }
}

/// A job summary is written where the user says. Nothing reads `GITHUB_STEP_SUMMARY`, so the runner's
/// file cannot change the exit code; a report for it stays below 1 MiB, which `docs/limits.md` states.
#[test]
fn a_full_job_summary_does_not_change_the_verdict() {
    let full = "x".repeat(1 << 20);
    let folder = project("environment-summary").file("summary.md", &full);
    let summary = folder.path("summary.md");
    let ended = scan(&folder, &["bad.json", "-f", "markdown"])
        .env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())
        .output();
    assert_eq!(ended.code, Some(1), "{ended}");
    assert!(ended.stdout.len() < 1 << 20 && folder.read("summary.md") == full);
}

#[test]
fn only_the_given_clock_counts() {
    let folder = project("environment-clock");
    for now in ["1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "9998-01-01T00:00:00Z"] {
        let run = || {
            let arguments = ["scan", "bad.json", "--no-builtin", "-r", "rules", "-f", "json"];
            folder.keytrail([&arguments[..], &["--now", now]].concat()).output()
        };
        let (first, second) = (run(), run());
        assert_eq!((first.code, &first.stdout), (Some(1), &second.stdout), "{first}");
        let report: Value = serde_json::from_str(&first.stdout).unwrap();
        assert_eq!(report["run"]["clock"], now);
    }
}

#[test]
fn line_ends_of_a_checkout_change_no_fingerprint() {
    let both = [record(1, "CreateAccessKey"), record(2, "ListAccessKeys")].join("\n") + "\n";
    let config = "extends: []\nrule_paths: [rules]\ntriage: triage.yaml\n";
    let unix = |text: &str| text.to_owned();
    let windows = |text: &str| text.replace('\n', "\r\n");
    let prints = |name: &str, ends: &dyn Fn(&str) -> String| -> Vec<String> {
        let folder = Folder::new(name)
            .file("keytrail.yaml", ends(config))
            .file("triage.yaml", ends("# none\ntriage: []\n"))
            .file("rules/create-key.yaml", ends(RULE))
            .file("log.ndjson", ends(&both));
        let ended = folder.keytrail(["scan", "log.ndjson", "-f", "json"]).output();
        assert_eq!(ended.code, Some(1), "{ended}");
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|of| of["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(prints("environment-lf", &unix), prints("environment-crlf", &windows));
}

#[test]
fn a_large_baseline_is_read_and_a_moved_log_still_matches_it() {
    let folder = project("environment-baseline");
    scan(&folder, &["bad.json", "--write-baseline", "own.json"]).output();
    let own: Value = serde_json::from_str(&folder.read("own.json")).unwrap();
    let mut all = own["findings"].as_array().unwrap().clone();
    let one = all[0].clone();
    all.extend((0..100_000u32).map(|number| {
        let mut of = one.clone();
        of["fingerprint"] = format!("{number:032x}").into();
        of
    }));
    let baseline = serde_json::json!({ "schema": own["schema"], "findings": all }).to_string();
    let folder = folder
        .file("large.json", baseline)
        .file("moved/2026/other.ndjson", record(1, "CreateAccessKey") + "\n");
    let ended =
        scan(&folder, &["moved", "--baseline", "large.json", "-f", "json:out.json"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    let report: Value = serde_json::from_str(&folder.read("out.json")).unwrap();
    assert_eq!(report["baseline"]["absent"].as_array().unwrap().len(), 100_000);
}

#[test]
fn a_project_that_needs_a_later_release_says_so() {
    let folder = |name: &str, requires: &str| {
        let config =
            format!("requires: {requires}\nextends: []\nrule_paths: [rules]\nlater: [1]\n");
        Folder::new(name).file("keytrail.yaml", config).file("rules/create-key.yaml", RULE)
    };
    let later = folder("environment-later", "99.0.0").keytrail(["check"]).output();
    assert_eq!(later.code, Some(2), "{later}");
    assert!(later.stderr.contains("needs Keytrail 99.0.0 or later"), "{later}");
    assert!(!later.stderr.contains("unknown key"), "its keys are not judged: {later}");
    let now = folder("environment-now", "0.1.0").keytrail(["check"]).output();
    assert!(now.code == Some(2) && now.stderr.contains("unknown key `later`"), "{now}");
    let odd = folder("environment-odd", "newest").keytrail(["check"]).output();
    assert!(odd.code == Some(2) && odd.stderr.contains("is not a version"), "{odd}");
}

/// What a run opens, starts and connects to, as the kernel sees it.
#[cfg(target_os = "linux")]
#[test]
fn a_scan_writes_only_its_reports_starts_nothing_and_uses_no_network() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        println!("strace is not installed: the system calls were not checked");
        return;
    }
    let folder = project("environment-calls");
    let program = assert_cmd::cargo::cargo_bin!("keytrail");
    let status = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=open,openat,creat,execve,execveat,socket,connect,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat", "-o", "calls.txt"])
        .arg(program)
        .args(["scan", "bad.json", "--no-builtin", "-r", "rules", "-f", "json:out.json"])
        .current_dir(folder.path(""))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let calls = folder.read("calls.txt");
    if status.code() != Some(1) {
        println!("strace may not trace here: {status} {calls}");
        return;
    }
    assert!(calls.contains("bad.json"), "the calls are those of the scan: {calls}");
    let of = |name: &str| calls.lines().filter(|line| line.contains(name)).collect::<Vec<_>>();
    assert_eq!(of("execve").len(), 1, "only the program itself is started: {calls}");
    assert_eq!(of("socket("), Vec::<&str>::new());
    assert_eq!(of("connect("), Vec::<&str>::new());
    let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "unlink", "rename", "mkdir"];
    let own = |line: &&&str| {
        let names = [".keytrail-", "out.json", "/dev/null", "/dev/tty"];
        !names.iter().any(|name| line.contains(name))
    };
    let all: Vec<&str> = writes.iter().flat_map(|call| of(call)).collect();
    let others: Vec<&&str> = all.iter().filter(|line| own(line)).collect();
    assert!(others.is_empty(), "{others:#?}");
}
