//! Which bytes of growing, renamed, replaced and unfinished files are new.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;

use keytrail::input::{Follow, FollowedFile, Round};
use keytrail::record::{Batch, BatchStatus, FileAccount, Hints, Inputs};
use keytrail::value::Time;

use crate::correlation::json;
use crate::correlation::reference::Event;
use crate::run::Folder;

fn event(id: usize) -> String {
    json(&Event { id, time: id as i64, user: 0, api: 0, ip: 0, ok: true })
}

fn lines(ids: std::ops::Range<usize>) -> String {
    ids.map(|id| event(id) + "\n").collect()
}

/// The lines read from each file as `name:line@offset`, and the notes.
struct Looked {
    read: Vec<String>,
    notes: Vec<&'static str>,
    waiting: Vec<String>,
    files: Vec<FollowedFile>,
}

/// Scans the folder once, before anything was written to it.
fn look(folder: &Folder, files: Vec<FollowedFile>) -> Looked {
    look_at(folder, files, Time(0))
}

fn look_at(folder: &Folder, files: Vec<FollowedFile>, clock: Time) -> Looked {
    let arg = folder.path("in").display().to_string();
    let follow = Follow::new(vec![arg], Hints::default(), folder.path(""), files);
    let round = follow.look(clock, &mut Vec::new(), false, &BTreeSet::new()).unwrap();
    let (mut read, mut accounts) = (Vec::new(), Vec::new());
    for index in 0..round.count() {
        let (account, records) = records(&round, index, &mut read);
        accounts.push((account, records));
    }
    let files = round.done(accounts.iter().map(|(account, records)| (account, *records, false)));
    Looked {
        read,
        notes: round.notes().iter().map(|note| note.id).collect(),
        waiting: round.waiting().map(|file| file.rsplit('/').next().unwrap().to_owned()).collect(),
        files,
    }
}

fn records(round: &Round, index: usize, read: &mut Vec<String>) -> (FileAccount, u64) {
    let mut batches = round.open(index);
    let (mut batch, mut count) = (Batch::default(), 0);
    loop {
        let step = batches.next(&mut batch);
        let account = batches.account();
        let name = account.path.rsplit('/').next().unwrap().to_owned();
        for raw in batch.iter().flatten() {
            read.push(format!("{name}:{}@{}", raw.line, raw.offset));
            count += 1;
        }
        assert!(batch.skipped.is_empty(), "{:?}", batch.skipped);
        if step == BatchStatus::Done {
            return (account, count);
        }
    }
}

fn append(folder: &Folder, name: &str, text: &str) {
    let path = folder.path(name);
    let before = fs::read_to_string(&path).unwrap_or_default();
    fs::write(path, before + text).unwrap();
}

#[test]
fn only_complete_lines_are_read_and_each_once() {
    let length = event(0).len() + 1;
    let folder = Folder::new("follow-lines").file("in/a.log", lines(0..2) + &event(2)[..40]);
    let first = look(&folder, Vec::new());
    assert_eq!(first.read, ["a.log:1@0".to_owned(), format!("a.log:2@{length}")]);
    append(&folder, "in/a.log", &(event(2)[40..].to_owned() + "\n" + &event(3)));
    let second = look(&folder, first.files);
    // A complete record is read although its line is not terminated.
    let expected = [format!("a.log:3@{}", 2 * length), format!("a.log:4@{}", 3 * length)];
    assert_eq!(second.read, expected);
    let third = look(&folder, second.files);
    assert!(third.read.is_empty() && third.notes.is_empty());
    append(&folder, "in/a.log", &("\n".to_owned() + &lines(4..5)));
    let fourth = look(&folder, third.files);
    assert_eq!(fourth.read, [format!("a.log:5@{}", 4 * length)]);
}

#[test]
fn a_file_with_an_incomplete_first_record_is_read_later() {
    for name in ["in/a.log", "in/a.json", "in/a"] {
        let text = event(0);
        // Before and after the names by which a format recognises its records.
        for cut in [1, 20, text.len() / 2, text.len() - 1] {
            let folder = Folder::new("follow-first").file(name, &text[..cut]);
            let first = look(&folder, Vec::new());
            assert_eq!(first.waiting.len(), 1, "{name} cut at {cut}: {:?}", first.read);
            append(&folder, name, &(text[cut..].to_owned() + "\n"));
            let second = look(&folder, first.files);
            assert_eq!((second.read.len(), second.waiting.len()), (1, 0), "{name} cut at {cut}");
            assert_eq!(second.notes, [""; 0], "{name} cut at {cut}");
        }
    }
}

#[test]
fn a_renamed_file_continues_and_a_replaced_file_starts_again() {
    let folder = Folder::new("follow-rotated").file("in/a.log", lines(0..3));
    let first = look(&folder, Vec::new());
    assert_eq!(first.read.len(), 3);
    // Rotation: the old file gets another name and one more line, and a new file takes its place.
    append(&folder, "in/a.log", &lines(3..4));
    fs::rename(folder.path("in/a.log"), folder.path("in/a.log.1")).unwrap();
    append(&folder, "in/a.log", &lines(10..11));
    let second = look(&folder, first.files);
    let names: Vec<&str> = second.read.iter().map(|read| read.split('@').next().unwrap()).collect();
    assert_eq!(names, if cfg!(unix) { ["a.log.1:4", "a.log:1"] } else { ["a.log:1", "a.log.1:1"] });
    // Truncated and rewritten under the same name.
    fs::write(folder.path("in/a.log"), lines(20..22)).unwrap();
    let third = look(&folder, second.files);
    assert_eq!(third.notes, ["replaced-input"]);
    assert_eq!(third.read.len(), 2);
}

#[test]
fn a_document_is_read_once_complete() {
    let document = format!("{{\"Records\": [\n{},\n{}\n]}}\n", event(0), event(1));
    let (begun, rest) = document.split_at(document.len() - 100);
    let folder = Folder::new("follow-document").file("in/a.json", begun);
    let first = look(&folder, Vec::new());
    assert_eq!((first.read.len(), first.waiting.len()), (0, 1));
    append(&folder, "in/a.json", rest);
    let second = look(&folder, first.files);
    assert_eq!(second.read.len(), 2);
    assert!(look(&folder, second.files.clone()).read.is_empty());
    // A document cannot grow: a changed one is another document.
    fs::write(folder.path("in/a.json"), document.replace("event-1", "event-7") + " ").unwrap();
    let third = look(&folder, second.files);
    assert_eq!(third.read.len(), 2);
    assert!(!third.notes.is_empty());
}

#[test]
fn a_compressed_file_is_read_once_complete() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(lines(0..50).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let folder = Folder::new("follow-compressed").file("in/a.log.gz", &packed[..packed.len() - 20]);
    let first = look(&folder, Vec::new());
    assert_eq!((first.read.len(), first.waiting.len()), (0, 1));
    fs::write(folder.path("in/a.log.gz"), &packed).unwrap();
    let second = look(&folder, first.files);
    assert_eq!(second.read.len(), 50);
    assert!(look(&folder, second.files).read.is_empty());
}

#[test]
fn a_table_continues_below_its_header() {
    let row =
        |id: usize| format!("2026-03-02T00:0{id}:00Z,CreateUser,iam.amazonaws.com,event-{id}\n");
    let audit = "eventTime,eventName,eventSource,eventID\n".to_owned()
        + &(0..4).map(row).collect::<String>();
    let whole: Vec<&str> = audit.lines().collect();
    let folder = Folder::new("follow-table").file("in/a.csv", whole[..2].join("\n") + "\n");
    let first = look(&folder, Vec::new());
    assert_eq!(first.read.len(), 1, "{:?}", first.read);
    append(&folder, "in/a.csv", &(whole[2..].join("\n") + "\n"));
    let second = look(&folder, first.files);
    let at = whole[0].len() + whole[1].len() + 2;
    assert_eq!(second.read.first(), Some(&format!("a.csv:3@{at}")));
    assert_eq!(second.read.len(), whole.len() - 2);
}

#[test]
fn the_position_of_a_missing_file_is_retained_until_it_expires() {
    let folder = Folder::new("follow-gone").file("in/a.log", lines(0..1));
    let first = look(&folder, Vec::new());
    fs::rename(folder.path("in/a.log"), folder.path("a.log")).unwrap();
    let second = look(&folder, first.files);
    assert_eq!(second.files[0].gone, Some(Time(0)));
    append(&folder, "in/b.log", &lines(1..2));
    let third = look(&folder, second.files.clone());
    assert_eq!(third.files.len(), 2);
    let later = look_at(&folder, second.files, Time(36 * 86_400_000_000));
    assert_eq!(later.files.len(), 1);
    assert!(later.files[0].path.ends_with("b.log"));
}

#[cfg(target_os = "linux")]
#[test]
fn files_with_names_that_are_not_utf_8_are_followed_separately() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = Folder::new("follow-bytes").file("in/other.txt", "no log\n");
    let path = |name: &[u8]| folder.path("in").join(OsStr::from_bytes(name));
    let (one, two, table) = (path(b"caf\xe9.log"), path(b"caf\xe8.log"), path(b"\xff.json.gz"));
    fs::write(&one, lines(0..2)).unwrap();
    fs::write(&two, lines(2..3)).unwrap();
    fs::write(&table, zstd::encode_all(lines(4..5).as_bytes(), 1).unwrap()).unwrap();
    let looked = look_at(&folder, Vec::new(), Time(i64::MAX));
    assert_eq!(looked.read.len(), 4, "{:?}", looked.read);
    let mut log = fs::OpenOptions::new().append(true).open(&two).unwrap();
    log.write_all(lines(3..4).as_bytes()).unwrap();
    let looked = look_at(&folder, looked.files, Time(i64::MAX));
    let offset = lines(2..3).len();
    assert_eq!(looked.read, [format!("caf\\xe8.log:2@{offset}")]);
    assert_eq!(looked.notes, [""; 0]);
}
