//! Files from arguments to records.
#![allow(clippy::unwrap_used)]

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
    Batch, Batches, FieldSet, FileAccount, FileStatus, Hint, HintEntry, Hints, Inputs, Mapper,
    Outcome, ReadOrder, Scratch, Setting, Step,
};
use crate::source::PathPattern;
use crate::value::{RecordKind, Time, Zone};

/// What a run reads from one file.
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
        if step == Step::Done {
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

/// A folder of its own, removed in the end.
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

/// One line for what a file turned out to be.
fn line(read: &Read) -> String {
    let FileAccount { status, container, compression, .. } = &read.account;
    let status = match status {
        FileStatus::Read => "read".to_owned(),
        FileStatus::NotAnInput { reason } => format!("not an input: {reason}"),
        FileStatus::Declined { reason } => format!("declined: {reason}"),
        FileStatus::Unclaimed { reason } => format!("unclaimed: {reason}"),
        FileStatus::Unreadable { reason } => format!("unreadable: {reason}"),
    };
    // Which formats there are is none of these tests' business.
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

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_form_of_cloudtrail_is_read() {
    let names = [
        "s3.json",
        "array.json",
        "single.json",
        "lines.ndjson",
        "lookup-events.json",
        "eventbridge.json",
        "cloudwatch.ndjson",
        "digest.json",
    ];
    insta::assert_snapshot!(lines_of("cloudtrail", &names), @r"
    s3.json: read; records-object plain; 7 events
    array.json: read; array plain; 2 events
    single.json: read; object plain; 1 events
    lines.ndjson: read; lines plain; 4 events
    lookup-events.json: read; events-object plain; 3 events; 1x CloudTrailEvent is not JSON: the fields around it were read
    eventbridge.json: read; object plain; 1 events
    cloudwatch.ndjson: read; lines plain; 2 events; 2162 2 foreign
    digest.json: declined: a CloudTrail digest, which contains no records; object plain; 0 events
    ");
}

#[test]
fn every_form_of_actiontrail_is_read() {
    let names = [
        "oss.json",
        "lines.ndjson",
        "lookup-events.json",
        "eventbridge.json",
        "log-service.ndjson",
        "log-service-flat.ndjson",
    ];
    insta::assert_snapshot!(lines_of("actiontrail", &names), @r"
    oss.json: read; array plain; 6 events
    lines.ndjson: read; lines plain; 6 events
    lookup-events.json: read; events-object plain; 3 events
    eventbridge.json: read; object plain; 1 events
    log-service.ndjson: read; lines plain; 4 events
    log-service-flat.ndjson: read; lines plain; 3 events
    ");
    let packed = read_bytes(gzip(&fs::read(data("actiontrail", "oss.json")).unwrap()));
    assert_eq!(line(&packed), "read; array gzip; 6 events");
}

#[test]
fn every_form_of_cloudaudit_is_read() {
    let names = [
        "tracking-set.json",
        "records.json",
        "lines.ndjson",
        "log-service.ndjson",
        "describe-events.json",
        "look-up-events.json",
        "eventbridge.json",
    ];
    insta::assert_snapshot!(lines_of("cloudaudit", &names), @r"
    tracking-set.json: read; array plain; 6 events
    records.json: read; records-object plain; 6 events
    lines.ndjson: read; lines plain; 6 events
    log-service.ndjson: read; lines plain; 4 events
    describe-events.json: read; response-object plain; 3 events
    look-up-events.json: read; events-object plain; 3 events; 1x CloudAuditEvent is not JSON: the fields around it were read
    eventbridge.json: read; object plain; 1 events
    ");
    let answer = read_all(&inputs(&[&data("cloudaudit", "describe-events.json")]));
    assert_eq!(answer[0].account.pointer(2), "/Response/Events/2");
    let packed = read_bytes(gzip(&fs::read(data("cloudaudit", "records.json")).unwrap()));
    assert_eq!(line(&packed), "read; records-object gzip; 6 events");
}

#[test]
fn what_a_file_is_depends_on_its_bytes() {
    let one = fs::read(fixture("single.json")).unwrap();
    let record = serde_json::from_slice::<serde_json::Value>(&one).unwrap().to_string();
    let utf16: Vec<u8> = record.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16_be = format!("\u{feff}{record}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let with = |parts: &[&[u8]]| parts.concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", vec![]),
        ("blanks", b" \r\n".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("an empty array", b"[]\n".to_vec()),
        ("null", b"null".to_vec()),
        ("no records", br#"{"Records":[]}"#.to_vec()),
        ("text", b"Apache License\n".to_vec()),
        ("other JSON", br#"{"name":"x","version":"1"}"#.to_vec()),
        ("other records", br#"{"Records":[{"a":1}]}"#.to_vec()),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
        ("a zip archive", b"PK\x03\x04abc".to_vec()),
        ("UTF-16 with its mark", with(&[b"\xff\xfe", &utf16])),
        ("UTF-16 without", utf16),
        ("a byte order mark", with(&[b"\xef\xbb\xbf", record.as_bytes()])),
        ("gzip", gzip(S3)),
        ("gzip in gzip", gzip(&gzip(S3))),
        ("gzip of nothing", gzip(b"")),
        ("the beginning of gzip", vec![0x1f, 0x8b]),
        ("two members", with(&[&gzip(record.as_bytes()), &gzip(b"\n{}"), &gzip(b"\n")])),
        ("zero padding", with(&[&gzip(S3), &[0; 700]])),
        ("zstd", zstd::encode_all(S3, 1).unwrap()),
        (
            "two frames",
            with(&[
                &zstd::encode_all(record.as_bytes(), 1).unwrap(),
                &zstd::encode_all(record.as_bytes(), 1).unwrap(),
            ]),
        ),
        ("mixed lines", format!("{record}\n{{\"a\":1}}\n{record}\n").into_bytes()),
        ("UTF-16 the other way round", utf16_be),
        (
            "Windows-1252",
            record.replace("exe/x86_64", "Citro\u{eb}n").chars().map(|c| c as u8).collect(),
        ),
        ("a property list", b"\0\0\0\x01Bud1\0\0\x10\0".to_vec()),
        ("a line of other bytes", with(&[record.as_bytes(), b"\n{\"a\":\"\xe9\"}\n"])),
        ("cut off", record.as_bytes()[..300].to_vec()),
        ("cut off in its container", S3[..3000].to_vec()),
    ];
    let shown: Vec<String> = cases
        .into_iter()
        .map(|(what, bytes)| format!("{what}: {}", line(&read_bytes(bytes))))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    nothing: declined: empty;  plain; 0 events
    blanks: declined: empty;  plain; 0 events
    an empty object: declined: an empty object; object plain; 0 events
    an empty array: declined: an empty array; array plain; 0 events
    null: declined: `null`; object plain; 0 events
    no records: declined: no records in its container; records-object plain; 0 events
    text: unclaimed: neither JSON, nor lines of JSON, nor a table of a known format;  plain; 0 events
    other JSON: unclaimed: none of its records has a known format (tried: all formats); the first has the keys `name`, `version`; object plain; 0 events
    other records: unclaimed: none of its records has a known format (tried: all formats); the first has the key `a`; records-object plain; 0 events
    a picture: unclaimed: neither JSON nor text in UTF-8;  plain; 0 events
    a zip archive: unclaimed: a zip archive: unpack it;  plain; 0 events
    UTF-16 with its mark: unclaimed: UTF-16 text: convert it to UTF-8;  plain; 0 events
    UTF-16 without: unclaimed: binary data, or UTF-16 or UTF-32 text, which is not read;  plain; 0 events
    a byte order mark: read; object plain; 1 events
    gzip: read; records-object gzip; 7 events
    gzip in gzip: unclaimed: compressed twice: unpack it once;  gzip; 0 events
    gzip of nothing: declined: empty;  gzip; 0 events
    the beginning of gzip: unreadable: reading failed within the first 2 bytes as stored: unexpected end of file;  gzip; 0 events
    two members: read; lines gzip; 1 events; 956 1 foreign
    zero padding: read; records-object gzip; 7 events
    zstd: read; records-object zstd; 7 events
    two frames: read; object zstd; 2 events
    mixed lines: read; lines plain; 2 events; 956 1 foreign
    UTF-16 the other way round: unclaimed: UTF-16 text: convert it to UTF-8;  plain; 0 events
    Windows-1252: unclaimed: no record can be read; the first: not UTF-8 from byte 748 of the record on; object plain; 0 events
    a property list: unclaimed: binary data, or UTF-16 or UTF-32 text, which is not read;  plain; 0 events
    a line of other bytes: read; lines plain; 1 events; 956 1 encoding
    cut off: unclaimed: no record can be read; the first: the input ends inside the record;  plain; 0 events
    cut off in its container: read; records-object plain; 3 events; 2872 3 truncated
    ");
}

/// Zeros behind gzip data are the padding of a tape. Anything else may be records that were lost.
#[test]
fn what_stands_behind_compressed_data_makes_the_run_incomplete() {
    let with = |parts: &[&[u8]]| parts.concat();
    let packed = zstd::encode_all(S3, 1).unwrap();
    let skippable = b"\x50\x2a\x4d\x18\x03\0\0\0abc";
    let cases: [(&str, Vec<u8>); 15] = [
        ("text", with(&[&gzip(S3), b"garbage"])),
        ("a line break", with(&[&gzip(S3), b"\n"])),
        ("JSON", with(&[&gzip(S3), S3])),
        ("zeros", with(&[&gzip(S3), &[0; 100_000]])),
        ("zeros and text", with(&[&gzip(S3), &[0; 512], b"x"])),
        ("zeros and a member", with(&[&gzip(b""), &[0; 512], &gzip(S3)])),
        ("half a member", with(&[&gzip(S3), &gzip(S3)[..200]])),
        ("the beginning of a member", with(&[&gzip(S3), b"\x1f\x8b"])),
        ("text behind nothing", with(&[&gzip(b""), b"garbage"])),
        ("text behind what no format reads", with(&[&gzip(b"{\"a\":1}"), b"garbage"])),
        ("text behind zstd", with(&[&packed, b"garbage"])),
        ("a byte behind zstd", with(&[&packed, b"x"])),
        ("zeros behind zstd", with(&[&packed, &[0; 512]])),
        ("gzip behind zstd", with(&[&packed, &gzip(S3)])),
        ("a skippable frame behind zstd", with(&[&packed, skippable])),
    ];
    let mut shown = String::new();
    for (what, bytes) in cases {
        let set = stdin_of(bytes);
        let mut file = set.open(0);
        let (mut records, mut skips) = (0, Vec::new());
        let mut batch = Batch::default();
        loop {
            let step = file.next(&mut batch);
            records += batch.records.len();
            skips.extend(batch.skipped.iter().map(|s| format!("line {}: {}", s.line, s.detail)));
            if step == Step::Done {
                break;
            }
        }
        let status = file.account().status;
        let status = if status == FileStatus::Read { "" } else { &*format!(" {status:?}") };
        let _ = writeln!(shown, "{what}: {records} records{status} {skips:?}");
    }
    insta::assert_snapshot!(shown, @r#"
    text: 7 records ["line 1: reading failed within the first 1919 bytes as stored: the gzip data ends at byte 1912, and the 7 bytes after it are not gzip data"]
    a line break: 7 records ["line 1: reading failed within the first 1913 bytes as stored: the gzip data ends at byte 1912, and the 1 bytes after it are not gzip data"]
    JSON: 7 records ["line 1: reading failed within the first 8494 bytes as stored: the gzip data ends at byte 1912, and the 6582 bytes after it are not gzip data"]
    zeros: 7 records []
    zeros and text: 7 records ["line 1: reading failed within the first 2425 bytes as stored: the gzip data ends at byte 2424, and the 1 bytes after it are not gzip data"]
    zeros and a member: 7 records []
    half a member: 7 records ["line 1: reading failed within the first 2112 bytes as stored: incomplete deflate stream"]
    the beginning of a member: 7 records ["line 1: reading failed within the first 1914 bytes as stored: unexpected end of file"]
    text behind nothing: 0 records Unreadable { reason: "reading failed within the first 27 bytes as stored: the gzip data ends at byte 20, and the 7 bytes after it are not gzip data" } []
    text behind what no format reads: 0 records Unreadable { reason: "reading failed within the first 34 bytes as stored: the gzip data ends at byte 27, and the 7 bytes after it are not gzip data" } []
    text behind zstd: 7 records ["line 1: reading failed within the first 1562 bytes as stored: Unknown frame descriptor"]
    a byte behind zstd: 7 records ["line 1: reading failed within the first 1556 bytes as stored: Unknown frame descriptor"]
    zeros behind zstd: 7 records ["line 1: reading failed within the first 2067 bytes as stored: Unknown frame descriptor"]
    gzip behind zstd: 7 records ["line 1: reading failed within the first 3467 bytes as stored: Unknown frame descriptor"]
    a skippable frame behind zstd: 7 records []
    "#);
}

#[test]
fn damaged_compression_keeps_what_came_before() {
    let lines: Vec<u8> = {
        let one = fs::read(fixture("single.json")).unwrap();
        let record = serde_json::from_slice::<serde_json::Value>(&one).unwrap().to_string() + "\n";
        record.repeat(4000).into_bytes()
    };
    let whole = gzip(&lines);
    let mut wrong = whole.clone();
    let crc = wrong.len() - 8;
    wrong[crc] ^= 1;
    let read = read_bytes(wrong);
    assert_eq!((read.events.len(), read.skipped.len()), (4000, 1), "a wrong checksum");
    assert!(read.skipped[0].ends_with("4000 io"));
    assert_eq!(read.account.sha256, None, "it was not read to its end");

    let read = read_bytes(whole[..whole.len() / 2].to_vec());
    assert!(read.events.len() > 1000 && read.events.len() < 4000, "{}", read.events.len());
    assert_eq!(read.skipped.len(), 1);
    assert!(read.skipped[0].ends_with(" io"), "{:?}", read.skipped);
}

#[test]
fn bytes_are_counted_and_hashed() {
    let packed = gzip(S3);
    let set = InputSet::new(&[STDIN.to_owned()])
        .unwrap()
        .stdin(Box::new(std::io::Cursor::new(packed.clone())))
        .hash(true);
    let read = read_file(set.open(0));
    assert_eq!(read.account.bytes, packed.len() as u64);
    assert_eq!(read.account.decompressed, S3.len() as u64);
    let expected: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&packed).into();
    assert_eq!(read.account.sha256, Some(expected));
    let seen = set.progress().bytes.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(seen, packed.len() as u64);
    let again = read_file(set.open(0));
    assert!(matches!(again.account.status, FileStatus::Unreadable { .. }), "stdin is read once");
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

#[test]
fn short_reads_change_nothing() {
    let lines = fs::read(fixture("lines.ndjson")).unwrap();
    for bytes in [S3.to_vec(), gzip(S3), zstd::encode_all(S3, 1).unwrap(), lines] {
        let whole = read_bytes(bytes.clone());
        for step in [1, 2, 3, 1000] {
            let slow = Slow { bytes: bytes.clone(), at: 0, step, fails: false, interrupted: false };
            let read = read_stream(Box::new(slow));
            assert_eq!(read.events, whole.events);
            assert_eq!(read.account, whole.account);
        }
    }
}

#[test]
fn a_source_that_fails_anywhere_is_incomplete() {
    let whole = read_bytes(S3.to_vec());
    for bytes in [S3.to_vec(), gzip(S3), zstd::encode_all(S3, 1).unwrap()] {
        for end in (0..=bytes.len()).step_by(if cfg!(debug_assertions) { 13 } else { 1 }) {
            let slow = Slow {
                bytes: bytes[..end].to_vec(),
                at: 0,
                step: 100,
                fails: true,
                interrupted: false,
            };
            let read = read_stream(Box::new(slow));
            assert!(whole.events.starts_with(&read.events), "{end}");
            let named = !matches!(read.account.status, FileStatus::NotAnInput { .. });
            assert!(named, "{end}: a failure is not another kind of file");
            let skipped = read.skipped.iter().any(|skip| skip.ends_with(" io"));
            let refused = !matches!(read.account.status, FileStatus::Read);
            assert!(skipped || refused, "{end}: {}", line(&read));
            let declined = matches!(read.account.status, FileStatus::Declined { .. });
            assert!(!declined, "{end}: a failure is not emptiness");
        }
    }
}

#[test]
fn folders_are_walked_in_order_and_everything_in_them_is_named() {
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
fn roots_are_numbered_by_their_text_whatever_the_order() {
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
fn a_named_file_must_be_an_input_and_a_met_one_need_not() {
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
fn an_argument_that_names_nothing_is_an_error() {
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
fn what_is_said_of_files_reaches_those_that_are_named() {
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
    assert!(Arc::ptr_eq(&again.open(1).origin(), &again.open(2).origin()), "readers are kept");
}
