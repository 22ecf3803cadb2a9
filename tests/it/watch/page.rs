//! Runs the commands of `docs/watch.md`.

use std::fs;
use std::path::Path;

use crate::correlation::json;
use crate::correlation::reference::Event;
use crate::run::Folder;

#[test]
fn the_examples_on_the_page_about_watching_run() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/watch.md");
    let page = fs::read_to_string(page).unwrap();
    let event = Event { id: 0, time: 0, user: 0, api: 2, ip: 0, ok: true };
    let folder = Folder::new("watch-page").file("logs/events.ndjson", json(&event) + "\n");
    let mut ran = 0;
    for block in page.split("```sh\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            let command = line.strip_prefix("keytrail ").unwrap();
            let (command, file) = match command.split_once(" < ") {
                Some((command, file)) => (command, Some(file)),
                None => (command, None),
            };
            let run = folder.keytrail(command.split_whitespace());
            let ended = match file {
                Some(file) => run.stdin(folder.read(file)).output(),
                None => run.output(),
            };
            assert_eq!(ended.code, Some(0), "{line}\n{ended}");
            assert_eq!(ended.stdout.contains("\"type\":\"check\""), command.contains("--once"));
            assert!(ended.stdout.contains("create-access-key") || command.starts_with("schema"));
            ran += 1;
        }
    }
    assert_eq!(ran, 3);
}
