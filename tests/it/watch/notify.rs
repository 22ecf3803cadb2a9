//! `watch --exec` and `--webhook` tell what a check found, at least once.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use crate::project::{RULE, record};
use crate::run::{Ended, Folder};

fn folder(name: &str) -> Folder {
    Folder::new(name)
        .file("rules/create-key.yaml", RULE)
        .file("a.log", record(1, "CreateAccessKey") + "\n")
}

fn watch(folder: &Folder, arguments: &[&str]) -> Ended {
    let base = ["watch", "--no-config", "--no-builtin", "-r", "rules", "a.log", "--once"];
    folder.keytrail(base.iter().chain(arguments)).output()
}

/// The head and the body of a request.
fn request(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let (mut bytes, mut block) = (Vec::new(), [0; 4096]);
    loop {
        let end = bytes.windows(4).position(|of| of == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.unwrap().trim().parse().unwrap();
            if bytes.len() >= end + 4 + length {
                return (head, bytes[end + 4..end + 4 + length].to_vec());
            }
        }
        let count = stream.read(&mut block).unwrap();
        assert!(count > 0, "the request was cut");
        bytes.extend_from_slice(&block[..count]);
    }
}

/// The head and the body of each request.
type Requests = Vec<(String, Vec<u8>)>;

/// A server that gives these answers in turn, and returns the requests.
fn server(answers: &'static [&'static str]) -> (String, JoinHandle<Requests>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook/secret", listener.local_addr().unwrap());
    let serve = move || {
        let answer = |status: &&str| {
            let (mut stream, _) = listener.accept().unwrap();
            let request = request(&mut stream);
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
            request
        };
        answers.iter().map(answer).collect()
    };
    (url, thread::spawn(serve))
}

#[test]
fn a_post_that_fails_is_repeated_with_the_same_key() {
    let (url, server) = server(&["503 Busy", "200 OK"]);
    let folder = folder("notify-retry");
    let ended = watch(&folder, &["--webhook", &url]);
    assert_eq!(ended.code, Some(0), "{ended}");
    let requests = server.join().unwrap();
    assert_eq!(requests.len(), 2);
    let key =
        |head: &str| head.lines().find(|of| of.starts_with("idempotency-key")).map(str::to_owned);
    assert!(key(&requests[0].0).is_some() && key(&requests[0].0) == key(&requests[1].0));
    assert_eq!(requests[0].1, requests[1].1);
    let body: Value = serde_json::from_slice(&requests[1].1).unwrap();
    assert!(body.to_string().contains("ann created a key"), "{body}");
    assert!(!format!("{ended}").contains("secret"), "the address is not shown: {ended}");
}

#[test]
fn what_was_not_told_is_told_by_the_next_watch() {
    let (url, refusing) = server(&["500 No", "500 No", "302 Found"]);
    let folder = folder("notify-again");
    let ended = watch(&folder, &["--webhook", &url]);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(
        ended.stderr.contains("the findings of 1 check were not told")
            || ended.stderr.contains("the findings of 1 check was not told"),
        "{ended}"
    );
    assert!(!ended.stderr.contains("secret"), "{ended}");
    refusing.join().unwrap();
    let (url, taking) = server(&["204 Taken"]);
    let again = watch(&folder, &["--webhook", &url, "--webhook-format", "json"]);
    assert_eq!(again.code, Some(0), "{again}");
    let requests = taking.join().unwrap();
    let report: Value = serde_json::from_slice(&requests[0].1).unwrap();
    assert_eq!(report["findings"][0]["rule"], "create-key");
    // Nothing is new any more, so nobody is told.
    assert_eq!(watch(&folder, &["--webhook", &url]).code, Some(0));
}

#[test]
fn only_secure_addresses_are_accepted() {
    let folder = folder("notify-insecure");
    let ended = watch(&folder, &["--webhook", "http://hooks.example.com/secret"]);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("begins with https://"), "{ended}");
}

#[cfg(unix)]
#[test]
fn a_command_reads_the_lines_and_a_failed_one_is_told_again() {
    let folder = folder("notify-exec");
    let ended = watch(&folder, &["--exec", "cat > told.ndjson; exit 3"]);
    assert_eq!(ended.code, Some(2), "{ended}");
    let ended = watch(&folder, &["--exec", "cat > told.ndjson; echo done"]);
    assert_eq!(ended.code, Some(0), "{ended}");
    let line: Value = serde_json::from_str(folder.read("told.ndjson").trim()).unwrap();
    assert_eq!((&line["type"], &line["rule"]), (&"finding".into(), &"create-key".into()));
    assert!(!ended.stdout.contains("done") && ended.stderr.contains("done"), "{ended}");
    std::fs::remove_file(folder.path("told.ndjson")).unwrap();
    watch(&folder, &["--exec", "cat > told.ndjson"]);
    assert!(!folder.path("told.ndjson").exists(), "a check without findings runs nothing");
}
