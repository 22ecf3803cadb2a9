//! The program on files, folders and standard input.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::correlation::json;
use crate::correlation::reference::Event;
use crate::run::{Ended, Folder};

/// Two failed calls of one user within ten minutes.
const BURST: &str = "rule:\n  id: burst\n  title: A burst\n  category: abuse\n  severity: high\n  on: event\n  by: [event.account, event.user]\n  when: event.ok == false\n  correlate:\n    within: 10m\n    measures:\n      calls: { count: \"true\" }\n    having: calls >= 2\n  message: \"${event.user} failed ${calls} times\"\n";
const PLAIN: &str = "rule:\n  id: plain\n  title: A call\n  category: abuse\n  severity: low\n  on: event\n  by: [event.account, event.user]\n  when: event.ok == true\n  message: \"${event.user} called\"\n";

fn event(id: usize, time: i64, user: u8, ok: bool) -> String {
    json(&Event { id, time, user, api: 0, ip: 0, ok }) + "\n"
}

fn folder(name: &str) -> Folder {
    Folder::new(name).file("rules/burst.yaml", BURST).file("rules/plain.yaml", PLAIN)
}

const ARGUMENTS: [&str; 5] = ["watch", "--no-config", "--no-builtin", "--rules", "rules"];

fn watch(folder: &Folder, arguments: &[&str]) -> Ended {
    folder.keytrail(ARGUMENTS.iter().chain(arguments)).output()
}

fn lines(stdout: &str) -> (Vec<Value>, Vec<Value>) {
    let lines = stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.partition(|line| line["type"] == "finding")
}

/// The findings of a check as `rule message`, and its status line.
fn emitted(ended: &Ended) -> (Vec<String>, Value) {
    let (findings, checks) = lines(&ended.stdout);
    let expected = |of: &Value| {
        format!("{} {}", of["rule"].as_str().unwrap(), of["message"].as_str().unwrap())
    };
    (findings.iter().map(expected).collect(), checks.last().cloned().unwrap_or_default())
}

fn append(folder: &Folder, name: &str, text: &str) {
    let mut file =
        fs::OpenOptions::new().append(true).create(true).open(folder.path(name)).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn findings_of_a_growing_file_are_emitted_as_windows_close() {
    let folder = folder("watch-file").file("a.log", event(0, 0, 1, false));
    let run = |code: i32| {
        let ended = watch(&folder, &["a.log", "--once", "--lateness", "5m"]);
        assert_eq!(ended.code, Some(code), "{ended}");
        emitted(&ended)
    };
    assert_eq!(run(0).0.len(), 0);
    append(&folder, "a.log", &(event(1, 5, 1, false) + &event(2, 6, 2, true)));
    let (findings, check) = run(0);
    assert_eq!(findings, ["plain user-2 called"]);
    assert_eq!((&check["read"], &check["open"]), (&2.into(), &1.into()));
    assert_eq!(check["watermark"].as_str().unwrap()[..16], *"2026-03-02T00:01");
    // The second half of the line is not written yet.
    let line = event(3, 30, 2, true);
    append(&folder, "a.log", &line[..50]);
    assert_eq!(run(0).0.len(), 0);
    append(&folder, "a.log", &line[50..]);
    let (findings, check) = run(0);
    assert_eq!(findings, ["burst user-1 failed 2 times"]);
    assert_eq!((&check["read"], &check["open"], &check["rows"]), (&1.into(), &0.into(), &2.into()));
    // A broken record is reported and reflected in the exit code.
    append(&folder, "a.log", "{\"eventVersion\": \"1.08\",,}\n");
    let (_, check) = run(3);
    assert_eq!(check["skipped"], 1);
    assert_eq!(check["incomplete"][0]["id"], "skipped-records");
}

#[test]
fn emission_before_a_lost_state_is_repeated_and_nothing_is_lost() {
    let folder = folder("watch-crash").file("a.log", event(0, 0, 1, true));
    let run = || lines(&watch(&folder, &["a.log", "--once"]).stdout).0;
    assert_eq!(run().len(), 1);
    let state = fs::read(folder.path("keytrail-watch.state")).unwrap();
    append(&folder, "a.log", &event(1, 1, 2, true));
    let first = run();
    assert_eq!(first.len(), 1);
    // As if it had stopped between writing the output and the state.
    fs::write(folder.path("keytrail-watch.state"), state).unwrap();
    assert_eq!(run(), first);
    assert_eq!(run(), [Value::Null; 0]);
}

#[test]
fn a_folder_is_read_file_by_file_and_duplicates_are_emitted_once() {
    let folder = folder("watch-folder").file("in/a.log", event(0, 0, 1, false));
    let run = || emitted(&watch(&folder, &["in", "--once", "--state", "s"]));
    assert_eq!(run().0.len(), 0);
    // The same event delivered twice counts once.
    append(&folder, "in/b.log", &event(0, 0, 1, false));
    append(&folder, "in/c.log", &event(1, 60, 2, true));
    let (findings, check) = run();
    assert_eq!(findings, ["plain user-2 called"]);
    assert_eq!((&check["open"], &check["files"]), (&0.into(), &2.into()));
    // A file that no format reads makes the check that finds it incomplete.
    append(&folder, "in/d.json", "[1, 2, 3]");
    let ended = watch(&folder, &["in", "--once", "--state", "s"]);
    assert_eq!(ended.code, Some(3), "{ended}");
    assert_eq!(emitted(&ended).1["incomplete"][0]["id"], "unclaimed-input");
    let names = folder.names();
    assert_eq!(names, ["in", "rules", "s", "s.lock"]);
}

#[test]
fn standard_input_is_read_to_its_end() {
    let folder = folder("watch-stdin");
    let input: String =
        [event(0, 0, 1, false), event(1, 5, 1, false), event(2, 6, 2, true)].concat();
    let ended = folder.keytrail(ARGUMENTS.iter().chain(&["-"])).stdin(input).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    let (findings, check) = emitted(&ended);
    assert_eq!(findings, ["burst user-1 failed 2 times", "plain user-2 called"]);
    assert_eq!((&check["last"], &check["open"]), (&true.into(), &0.into()));
    assert_eq!(folder.names(), ["rules"]);
}

#[test]
fn an_invalid_state_is_rejected() {
    let folder = folder("watch-state").file("a.log", event(0, 0, 1, true));
    assert_eq!(watch(&folder, &["a.log", "--once"]).code, Some(0));
    let whole = fs::read(folder.path("keytrail-watch.state")).unwrap();
    for (bytes, why) in [
        (&whole[..whole.len() - 1], "it was cut off or changed"),
        (b"keytrail watch state 9\n", "another version of Keytrail wrote it"),
        (b"hello", "it is not a state file of `keytrail watch`"),
    ] {
        fs::write(folder.path("keytrail-watch.state"), bytes).unwrap();
        let ended = watch(&folder, &["a.log", "--once"]);
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""), "{ended}");
        assert!(ended.stderr.contains(why) && ended.stderr.contains("move it away"), "{ended}");
        assert_eq!(fs::read(folder.path("keytrail-watch.state")).unwrap(), bytes);
    }
    // A changed policy is reported, and reading continues where it stopped.
    fs::write(folder.path("keytrail-watch.state"), &whole).unwrap();
    let folder = folder.file("rules/plain.yaml", PLAIN.replace("low", "high"));
    append(&folder, "a.log", &event(1, 1, 2, true));
    let ended = watch(&folder, &["a.log", "--once"]);
    assert!(ended.stderr.contains("windows restart"), "{ended}");
    assert_eq!(emitted(&ended).0, ["plain user-2 called"]);
}

#[test]
fn inputs_that_match_nothing_are_an_error() {
    let folder = folder("watch-nothing");
    let ended = watch(&folder, &["a.lgo", "--once"]);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("there is no file or folder `a.lgo`"), "{ended}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_watch_and_a_state_has_one_user() {
    let folder = folder("watch-signal").file("in/a.log", event(0, 0, 1, true));
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("keytrail"))
            .env_clear()
            .current_dir(folder.path(""))
            .args(ARGUMENTS)
            .args(["in", "--interval", "20ms"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut until = |part: &str| lines.find(|line| line.as_ref().unwrap().contains(part));
        until("\"check\"").unwrap().unwrap();
        let other = watch(&folder, &["in", "--once"]);
        assert_eq!(other.code, Some(2), "{other}");
        assert!(other.stderr.contains("another watch uses the state"), "{other}");
        append(&folder, "in/a.log", &event(code as usize, code.into(), code as u8 % 10, true));
        until(&format!("user-{} called", code % 10)).unwrap().unwrap();
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
    // The lock was released when the program ended.
    assert_eq!(watch(&folder, &["in", "--once"]).code, Some(0));
}

#[test]
fn a_closed_pipe_ends_the_watch_quietly() {
    let folder = folder("watch-closed").file("a.log", event(0, 0, 1, true));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = folder.keytrail(ARGUMENTS.iter().chain(&["a.log", "--interval", "20ms"]));
    let ended = run.output_into(writer);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(!ended.stderr.contains("error") && !ended.stderr.contains("panic"), "{ended}");
    // It was not accepted, so it is emitted again.
    assert_eq!(emitted(&watch(&folder, &["a.log", "--once"])).0.len(), 1);
}

#[cfg(unix)]
#[test]
fn files_that_cannot_be_followed_are_reported_at_every_check() {
    let folder = folder("watch-unreadable").file("in/a.log", event(0, 0, 1, true));
    std::os::unix::fs::symlink("nowhere", folder.path("in/b.log")).unwrap();
    for findings in [1, 0] {
        let ended = watch(&folder, &["in", "--once"]);
        assert_eq!(ended.code, Some(3), "{ended}");
        let (emitted, check) = emitted(&ended);
        assert_eq!(emitted.len(), findings);
        assert_eq!(check["incomplete"][0]["id"], "unreadable-input");
    }
    assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
    let ended = watch(&folder, &["pipe", "--once"]);
    assert_eq!(ended.code, Some(3), "{ended}");
    assert!(ended.stdout.contains("pipe into `keytrail watch -`"), "{ended}");
}

/// A report is evaluated once, although every check reads it.
#[test]
fn findings_of_a_credential_report_are_emitted_once() {
    let rule = "rule:\n  id: no-mfa\n  title: No MFA\n  category: posture\n  severity: high\n  on: cred\n  when: cred.console == true && cred.mfa == false\n  message: \"${cred.user} has no MFA\"\n";
    let report = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\nalice,arn:aws:iam::111122223333:user/alice,2024-01-01T00:00:00+00:00,true,no_information,2024-01-01T00:00:00+00:00,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n";
    let folder = Folder::new("watch-report")
        .file("rules/no-mfa.yaml", rule)
        .file("in/status_reports_2026-03-01T00-00-00Z.csv", report);
    let run = || {
        let (findings, check) = emitted(&watch(&folder, &["in", "--once"]));
        // A report has the time at which it was made, which does not make it late.
        assert_eq!(check["late"], 0, "{check}");
        findings
    };
    assert_eq!(run(), ["no-mfa alice has no MFA"]);
    assert_eq!(run(), [""; 0]);
    fs::write(folder.path("in/status_reports_2026-03-02T00-00-00Z.csv"), report).unwrap();
    assert_eq!(run(), ["no-mfa alice has no MFA"]);
}
