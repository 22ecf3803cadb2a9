//! Files from arguments to records.
#![allow(clippy::unwrap_used)]

mod bytes;
mod forms;
mod places;
mod streams;
mod tables;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::record::field::event;
use crate::record::{
    Batch, BatchStatus, Batches, FieldSet, FileAccount, FileStatus, Hint, HintEntry, Hints, Inputs,
    Mapper, Outcome, ReadOrder, Scratch, Setting,
};
use crate::source::PathPattern;
use crate::value::{RecordKind, Time, Zone};

/// The result of reading one file.
#[derive(Debug, Default)]
struct Read {
    account: FileAccount,
    /// `offset line column ordinal operation`.
    events: Vec<String>,
    /// `offset ordinal reason`.
    skipped: Vec<String>,
    notes: BTreeMap<&'static str, u64>,
}

fn read_file(mut file: Box<dyn Batches + '_>) -> Read {
    let mut read = Read::default();
    let mut batch = Batch::default();
    let mut scratch = Scratch::default();
    let needed = FieldSet::all(RecordKind::Event);
    let mut mappers: BTreeMap<&str, Box<dyn Mapper>> = BTreeMap::new();
    loop {
        let step = file.next(&mut batch);
        for skip in &batch.skipped {
            read.skipped.push(format!("{} {} {}", skip.offset, skip.ordinal, skip.reason));
        }
        for raw in batch.iter() {
            let raw = match raw {
                Ok(raw) => raw,
                Err(skip) => {
                    read.skipped.push(format!("{} {} {}", skip.offset, skip.ordinal, skip.reason));
                    continue;
                }
            };
            let mut outcome = Outcome::Foreign;
            for format in file.formats() {
                let mapper = mappers
                    .entry(format.name())
                    .or_insert_with(|| format.mapper(&needed, &file.origin(), Time(0)));
                outcome = mapper.map(&raw, &mut scratch, &mut |rows| {
                    let operation = rows.record.get(event::OPERATION).as_str().unwrap_or("-");
                    let (line, column) = (raw.line, raw.column);
                    read.events.push(format!(
                        "{} {line}:{column} {} {operation}",
                        raw.offset, raw.ordinal
                    ));
                });
                if let Some(note) = scratch.note {
                    *read.notes.entry(note).or_default() += 1;
                }
                if outcome != Outcome::Foreign {
                    break;
                }
            }
            let reason = match outcome {
                Outcome::Read => continue,
                Outcome::Foreign => crate::record::SkipReason::Foreign,
                Outcome::Skipped(reason, _) => reason,
            };
            read.skipped.push(format!("{} {} {reason}", raw.offset, raw.ordinal));
        }
        if step == BatchStatus::Done {
            break;
        }
    }
    read.account = file.account();
    read
}

fn stdin_of(bytes: Vec<u8>) -> InputSet {
    let set = InputSet::new(&[STDIN.to_owned()]).unwrap();
    set.stdin(Box::new(std::io::Cursor::new(bytes)))
}

fn read_all(set: &InputSet) -> Vec<Read> {
    (0..set.count()).map(|index| read_file(set.open(index))).collect()
}

fn inputs(args: &[&Path]) -> InputSet {
    let args: Vec<String> = args.iter().map(|arg| arg.to_str().unwrap().to_owned()).collect();
    InputSet::new(&args).unwrap()
}

const S3: &[u8] = include_bytes!("../../tests/data/cloudtrail/s3.json");

fn fixture(name: &str) -> PathBuf {
    data("cloudtrail", name)
}

fn data(format: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(format).join(name)
}

/// One line for each of these files.
fn lines_of(format: &str, names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .map(|name| format!("{name}: {}", line(&read_all(&inputs(&[&data(format, name)]))[0])))
        .collect();
    shown.join("\n")
}

/// A folder for one test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("keytrail-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Reads bytes as standard input.
fn read_bytes(bytes: Vec<u8>) -> Read {
    read_stream(Box::new(std::io::Cursor::new(bytes)))
}

fn read_stream(stream: Stdin) -> Read {
    let set = InputSet::new(&[STDIN.to_owned()]).unwrap().stdin(stream).hash(true);
    read_file(set.open(0))
}

/// One line with the status of a file.
fn line(read: &Read) -> String {
    let FileAccount { status, container, compression, .. } = &read.account;
    let status = match status {
        FileStatus::Read => "read".to_owned(),
        FileStatus::NotAnInput { reason } => format!("not an input: {reason}"),
        FileStatus::Declined { reason } => format!("declined: {reason}"),
        FileStatus::Unclaimed { reason } => format!("unclaimed: {reason}"),
        FileStatus::Unreadable { reason } => format!("unreadable: {reason}"),
    };
    // These tests do not depend on the registered formats.
    let formats: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
    let status = status.replace(&formats.join(", "), "all formats");
    let mut out = format!("{status}; {container} {}", compression.unwrap_or("plain"));
    let _ = write!(out, "; {} events", read.events.len());
    for skip in &read.skipped {
        let _ = write!(out, "; {skip}");
    }
    for (note, count) in &read.notes {
        let _ = write!(out, "; {count}x {note}");
    }
    for note in &read.account.notes {
        let _ = write!(out, "; {note}");
    }
    out
}

/// Gives a few bytes at a time, is interrupted in between, and fails at the end.
struct Slow {
    bytes: Vec<u8>,
    at: usize,
    step: usize,
    fails: bool,
    interrupted: bool,
}

impl std::io::Read for Slow {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let len = self.step.min(out.len()).min(self.bytes.len() - self.at);
        if len == 0 && self.fails {
            return Err(std::io::Error::other("the disk is gone"));
        }
        out[..len].copy_from_slice(&self.bytes[self.at..self.at + len]);
        self.at += len;
        Ok(len)
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn folders_are_walked_in_order_and_every_file_is_listed() {
    let folder = Folder::new("walk");
    folder.file("b.json", S3);
    folder.file("a/deep/er/z.json.gz", &gzip(S3));
    folder.file("a/notes.txt", b"hello");
    folder.file("a/other.json", b"{\"a\":1}");
    folder.file("a/log-without-extension", S3);
    folder.file("a/name with \u{1b}[2J.json", b"[]");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("../b.json", folder.0.join("a/link.json")).unwrap();
        symlink("..", folder.0.join("a/loop")).unwrap();
        symlink("nowhere", folder.0.join("a/dangling")).unwrap();
        symlink("self", folder.0.join("a/self")).unwrap();
        let _ = std::os::unix::net::UnixListener::bind(folder.0.join("socket.json")).unwrap();
    }
    let set = inputs(&[&folder.0]);
    let shown: Vec<String> = read_all(&set)
        .iter()
        .map(|read| format!("{}: {}", crate::diag::escape(&read.account.path), line(read)))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    a/dangling: unreadable: No such file or directory (os error 2);  plain; 0 events
    a/deep/er/z.json.gz: read; records-object gzip; 7 events
    a/link.json: read; records-object plain; 7 events
    a/log-without-extension: read; records-object plain; 7 events
    a/loop: not an input: a link to a folder, which is not followed;  plain; 0 events
    a/name with \u{1b}[2J.json: declined: an empty array; array plain; 0 events
    a/notes.txt: not an input: neither JSON, nor lines of JSON, nor a table of a known format;  plain; 0 events
    a/other.json: unclaimed: none of its records has a known format (tried: all formats); the first has the key `a`; object plain; 0 events
    a/self: unreadable: Too many levels of symbolic links (os error 40);  plain; 0 events
    socket.json: not an input: not a regular file;  plain; 0 events
    ");
    assert_eq!(set.notes().len(), 1);
    assert!(set.notes()[0].text.contains("one file; it is read once"), "{:?}", set.notes());
}

#[test]
fn roots_are_numbered_by_their_text_regardless_of_argument_order() {
    let folder = Folder::new("roots");
    let file = folder.file("logs/2024/a.json", S3);
    folder.file("logs/2024/b.txt", b"hello");
    folder.file("logs/2023/c.json", S3);
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let glob = text(&folder.0) + "/logs/*/*.json";
    let all = [text(&file), glob.clone(), text(&folder.0.join("logs/2023"))];
    let paths = |args: &[String]| {
        let set = InputSet::new(args).unwrap();
        let paths: Vec<String> = (0..set.count())
            .map(|i| set.open(i).account())
            .map(|account| format!("{} {}", account.root, account.path))
            .collect();
        (set.roots().to_vec(), paths)
    };
    assert_eq!(paths(std::slice::from_ref(&glob)).1, ["0 2023/c.json", "0 2024/a.json"]);
    assert_eq!(paths(&[text(&file)]).1, ["0 a.json"]);
    let (roots, files) = paths(&all);
    assert!(roots.is_sorted());
    assert_eq!(files, ["0 2023/c.json", "0 2024/a.json"], "each file once, where it comes first");
    let mut turned = all.to_vec();
    turned.reverse();
    turned.push(text(&file));
    assert_eq!(paths(&turned), (roots, files));
}

#[test]
fn a_named_file_must_be_an_input_but_a_file_found_in_a_folder_need_not() {
    let folder = Folder::new("named");
    let text = folder.file("notes.txt", b"hello");
    let named = &read_all(&inputs(&[&text]))[0].account;
    assert!(matches!(named.status, FileStatus::Unclaimed { .. }), "{named:?}");
    let met = &read_all(&inputs(&[&folder.0]))[0].account;
    assert!(matches!(met.status, FileStatus::NotAnInput { .. }), "{met:?}");
    let both = &read_all(&inputs(&[&folder.0, &text]))[0].account;
    assert!(matches!(both.status, FileStatus::Unclaimed { .. }), "named in addition: {both:?}");
}

#[test]
fn an_argument_that_matches_nothing_is_an_error() {
    let folder = Folder::new("absent");
    folder.file("cloudtrail.json", S3);
    let base = folder.0.to_str().unwrap();
    let mut args = ["cloudtrial.json", "*.jsonl"].map(|name| format!("{base}/{name}")).to_vec();
    args.push("***".to_owned());
    let errors = InputSet::new(&args).err().unwrap();
    let shown: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {}\n  {}", error.code.id, error.message, error.help.join("\n  ")))
        .collect();
    insta::assert_snapshot!(shown.join("\n").replace(base, "DIR"), @r"
    KT6002 the pattern `***` is invalid at character 3: wildcards are either regular `*` or recursive `**`
      write `[*]` or `[?]` for a character that is meant literally
    KT6001 the pattern `DIR/*.jsonl` matches no file
      `*` matches within one folder; `**/` matches all folders below
    KT6001 there is no file or folder `DIR/cloudtrial.json`
      did you mean `cloudtrail.json`?
      name a file, a folder, a quoted glob, or `-` for standard input
    ");
}

#[test]
fn large_files_come_in_batches() {
    let one = fs::read(fixture("single.json")).unwrap();
    let record = serde_json::from_slice::<serde_json::Value>(&one).unwrap().to_string();
    for (open, between, close) in [("{\"Records\":[", ",", "]}"), ("", "\n", "\n")] {
        let count = 5000;
        let text = [open, &vec![record.as_str(); count].join(between), close].concat();
        let read = read_bytes(text.clone().into_bytes());
        assert_eq!((read.events.len(), read.skipped.len()), (count, 0));
        for (index, event) in read.events.iter().enumerate() {
            let offset = open.len() + index * (record.len() + 1);
            let place = if between == "\n" {
                format!("{}:1", index + 1)
            } else {
                format!("1:{}", offset + 1)
            };
            assert_eq!(*event, format!("{offset} {place} {index} aws:iam.CreateAccessKey"));
        }
    }
}

#[test]
fn hints_apply_to_the_files_they_name() {
    let folder = Folder::new("hints");
    folder.file("a.json", S3);
    folder.file("b/c.json", S3);
    let entry = |pattern: &str, account: &str, by: &str| HintEntry {
        paths: PathPattern::new(&folder.0, pattern).unwrap(),
        hint: Hint { account: Some(Setting::new(account.to_owned(), by)), ..Hint::default() },
        by: by.to_owned(),
    };
    let zone = Some(Setting::new(Zone::utc(), "--input-zone"));
    let hints = Hints {
        every: Hint { zone, ..Hint::default() },
        entries: vec![
            entry("b/*.json", "1", "keytrail.yaml:2"),
            entry("**/*.json", "2", "keytrail.yaml:3"),
            entry("c.json", "3", "keytrail.yaml:4"),
        ],
    };
    let arguments = [folder.0.display().to_string(), STDIN.to_owned()];
    let set = InputSet::new(&arguments).unwrap().stdin(Box::new(S3)).hints(&hints, Path::new("/"));
    let printed: Vec<String> = (0..set.count())
        .map(|index| {
            let (origin, hint) = (set.open(index).origin(), set.hint(index));
            assert_eq!(origin.zone, Some(Zone::utc()));
            let account = hint.account.map(|printed| printed.by);
            assert_eq!(account.is_some(), origin.account.is_some());
            format!("{:?} {account:?}", origin.account)
        })
        .collect();
    assert_eq!(
        printed,
        [
            r#"None None"#,
            r#"Some("2") Some("keytrail.yaml:3")"#,
            r#"Some("1") Some("keytrail.yaml:2")"#
        ]
    );
    let notes: Vec<&str> = set.notes().iter().map(|note| note.text.as_str()).collect();
    assert_eq!(
        notes,
        ["the entry of `inputs` at keytrail.yaml:4 names no input of this run: `c.json`"]
    );
    let again = InputSet::new(&arguments).unwrap().hints(&Hints::default(), Path::new("/"));
    assert!(Arc::ptr_eq(&again.open(1).origin(), &again.open(2).origin()), "readers are reused");
}
