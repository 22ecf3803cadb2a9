//! Inputs of any size and at any speed: bytes are read as they arrive, and buffers are bounded.

use std::io;
use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::input::frame::{MAX_RECORD, WINDOW};

/// A record of one line with an id.
fn numbered(id: usize) -> String {
    let one = fs::read(fixture("single.json")).unwrap();
    let mut record: serde_json::Value = serde_json::from_slice(&one).unwrap();
    record["eventID"] = format!("id-{id}").into();
    record.to_string()
}

fn stdin(stream: Stdin) -> InputSet {
    InputSet::new(&[STDIN.to_owned()]).unwrap().stdin(stream)
}

/// Reads a stream and returns the number of records, the skips by reason, and the size of the
/// largest buffer.
fn count(set: &InputSet) -> (u64, BTreeMap<&'static str, u64>, usize, FileAccount) {
    let mut file = set.open(0);
    let mut batch = Batch::default();
    let (mut records, mut skipped, mut largest) = (0, BTreeMap::new(), 0);
    loop {
        let step = file.next(&mut batch);
        records += batch.records.len() as u64;
        for skip in &batch.skipped {
            *skipped.entry(skip.reason.name()).or_default() += 1;
        }
        largest = largest.max(batch.bytes.capacity());
        if step == BatchStatus::Done {
            return (records, skipped, largest, file.account());
        }
    }
}

/// A stream of `open`, then `pattern` repeated up to `size` bytes, then `close`. It is generated
/// while it is read.
struct Endless {
    parts: [io::Cursor<Vec<u8>>; 3],
    left: u64,
}

impl Endless {
    fn boxed(open: &str, pattern: &str, size: u64, close: &str) -> Stdin {
        let times = (1 << 16) / pattern.len();
        let part = |text: String| io::Cursor::new(text.into_bytes());
        Box::new(Self {
            parts: [part(open.into()), part(pattern.repeat(times)), part(close.into())],
            left: size / (times * pattern.len()) as u64,
        })
    }
}

impl io::Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.parts[0].read(out)?;
        if read > 0 {
            return Ok(read);
        }
        let read = if self.left > 0 { self.parts[1].read(out)? } else { 0 };
        if read > 0 {
            return Ok(read);
        }
        if self.left > 0 {
            self.left -= 1;
            self.parts[1].set_position(0);
            return self.read(out);
        }
        self.parts[2].read(out)
    }
}

#[test]
fn records_too_large_to_buffer_are_skipped_in_bounded_memory() {
    let record = numbered(1);
    let before = format!("{record}\n");
    let after = format!("\n{record}\n");
    let size = (MAX_RECORD + (6 << 20)) as u64;
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let deep = format!(r#"{{"eventVersion":"1.08","requestParameters":{deep}}}"#);
    for (what, open, pattern, close, records, reason) in [
        ("a string", format!("{before}{{\"a\":\""), "x", format!("\"}}{after}"), 2, "too-long"),
        ("an array", format!("{before}{{\"a\":[0"), ",1", format!("]}}{after}"), 2, "too-long"),
        ("a line", before.clone(), "x", after.clone(), 2, "too-long"),
        (
            "a string in an array",
            format!("[{record},{{\"a\":\""),
            "x",
            format!("\"}},{record}]"),
            2,
            "too-long",
        ),
        ("a word in an array", format!("[{record},"), "1", format!(",{record}]"), 2, "syntax"),
        (
            "a string around records",
            format!("{{\"a\":[1],\"Records\":[{record}],\"b\":\""),
            "x",
            "\"}".into(),
            1,
            "",
        ),
        ("a line that does not end", before.clone(), "x", String::new(), 1, "too-long"),
        ("deep records", before.clone(), &*format!("{deep}\n"), record.clone(), 2, "too-deep"),
    ] {
        let set = stdin(Endless::boxed(&open, pattern, size, &close));
        let (read, skipped, largest, account) = count(&set);
        assert_eq!(account.status, FileStatus::Read, "{what}");
        assert_eq!(read, records, "{what}: {skipped:?}");
        let reasons: Vec<&str> = skipped.keys().copied().collect();
        assert_eq!(reasons, if reason.is_empty() { vec![] } else { vec![reason] }, "{what}");
        // A vector grows by doubling, and a read may go beyond the limit.
        assert!(largest <= 2 * (MAX_RECORD + 2 * WINDOW), "{what}: {largest} bytes at once");
        assert!(account.decompressed >= size - (1 << 17), "{what} is read to its end");
    }
}

#[test]
fn small_records_need_memory_for_one_read_and_one_record() {
    let record = numbered(1);
    for (open, between, close) in [("{\"Records\":[", ",", "]}"), ("", "\n", "\n")] {
        let pattern = format!("{record}{between}");
        let set = stdin(Endless::boxed(open, &pattern, 8 << 20, &format!("{record}{close}")));
        let (read, skipped, largest, account) = count(&set);
        assert_eq!((skipped.len(), account.status), (0, FileStatus::Read));
        assert_eq!(read, (account.decompressed - open.len() as u64) / pattern.len() as u64);
        assert!(largest <= 4 * WINDOW, "{largest} bytes at once");
    }
}

/// Until a format claims a file, only its records are buffered.
#[test]
fn bytes_around_unclaimed_records_are_not_buffered() {
    let record = numbered(1);
    let header = "eventName,eventSource,eventTime";
    let row = "A,iam.amazonaws.com,2026-01-01T00:00:00Z\n";
    for (what, open, pattern, close, expected) in [
        ("blanks after one record", "{\"a\":1}\n".to_owned(), " \n", record.clone(), 2),
        ("blanks in an array", "[".to_owned(), " \n", format!("{record}]"), 1),
        ("blanks in a container", "{\"Records\":[".to_owned(), "\t", format!("{record}]}}"), 1),
        ("rows without a value", format!("{header}\n"), ",,\n", row.to_owned(), 1),
        (
            "keys after the records",
            "{\"Records\":[{\"x\":1}],\"a\":\"".to_owned(),
            "x",
            format!("\",\"Records\":[{record}]}}"),
            2,
        ),
    ] {
        let set = stdin(Endless::boxed(&open, pattern, 12 << 20, &close));
        let (read, _, largest, account) = count(&set);
        assert_eq!((read, &account.status), (expected, &FileStatus::Read), "{what}");
        assert!(largest <= 4 * WINDOW, "{what}: {largest} bytes at once");
    }
    // A file that no format claims is read only until that is certain.
    for (pattern, limit) in
        [("{\"a\":1}\n", 2 * WINDOW), ("x,y\n", 2 * WINDOW), ("1,2\n", 2 * WINDOW)]
    {
        let set = stdin(Endless::boxed("", pattern, 12 << 20, ""));
        let (_, _, largest, account) = count(&set);
        assert!(matches!(account.status, FileStatus::Unclaimed { .. }), "{pattern}");
        assert!(account.decompressed <= limit as u64, "{pattern}: {}", account.decompressed);
        assert!(largest <= 4 * WINDOW, "{pattern}: {largest} bytes at once");
    }
}

#[test]
fn a_stream_that_expands_without_end_is_abandoned() {
    let record = numbered(1) + "\n";
    let mut bomb = Vec::new();
    let mut encoder = flate2::write::GzEncoder::new(&mut bomb, flate2::Compression::best());
    io::Write::write_all(&mut encoder, record.as_bytes()).unwrap();
    for _ in 0..100 {
        io::Write::write_all(&mut encoder, &[b' '; 1 << 20]).unwrap();
    }
    encoder.finish().unwrap();
    let set = stdin(Box::new(io::Cursor::new(bomb)));
    let (read, skipped, largest, account) = count(&set);
    assert_eq!((read, skipped), (1, BTreeMap::from([("io", 1)])));
    assert!(account.decompressed < 90 << 20, "{}", account.decompressed);
    assert!(largest <= 2 * (MAX_RECORD + 2 * WINDOW), "{largest} bytes at once");
}

/// A reader that returns bytes only once they are sent.
struct Piped(Receiver<Vec<u8>>);

impl io::Read for Piped {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Ok(bytes) = self.0.recv() else { return Ok(0) };
        out[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

/// Data from a writer that never ends must still be examined.
#[test]
fn records_of_a_slow_writer_are_read_before_it_continues() {
    let array = |id: usize| format!("{}{}", if id == 0 { "[" } else { "," }, numbered(id));
    let lines = |id: usize| numbered(id) + "\n";
    let ways: [(&dyn Fn(usize) -> String, usize); 2] = [(&lines, 8), (&array, 1)];
    for (written, certain) in ways {
        let (writer, reader) = channel();
        let set = stdin(Box::new(Piped(reader)));
        for id in 0..certain {
            writer.send(written(id).into_bytes()).unwrap();
        }
        let mut file = set.open(0);
        let mut batch = Batch::default();
        assert_eq!(file.next(&mut batch), BatchStatus::More);
        let mut read = batch.records.len();
        assert_eq!(read, certain);
        for id in certain..certain + 20 {
            writer.send(written(id).into_bytes()).unwrap();
            assert_eq!(file.next(&mut batch), BatchStatus::More);
            read += batch.records.len();
            assert_eq!(read, id + 1, "the record is there while the writer waits");
        }
        drop(writer);
    }
}

/// The format of a file must not depend on the size of the first read.
#[test]
fn records_before_the_first_recognised_one_are_read() {
    let mut text = "{\"other\":1}\n".repeat(20);
    text.push_str(&(numbered(1) + "\n"));
    let whole = read_bytes(text.clone().into_bytes());
    assert_eq!((whole.events.len(), whole.skipped.len()), (1, 20));
    for step in [1, 12, 13, 100] {
        let slow =
            Slow { bytes: text.clone().into(), at: 0, step, fails: false, interrupted: false };
        let read = read_stream(Box::new(slow));
        assert_eq!((read.events, read.skipped), (whole.events.clone(), whole.skipped.clone()));
    }
}

#[test]
fn thousands_of_members_are_one_file() {
    let members = 2_000;
    let bytes: Vec<u8> =
        (0..members).flat_map(|id| gzip((numbered(id) + "\n").as_bytes())).collect();
    let (read, skipped, _, account) = count(&stdin(Box::new(io::Cursor::new(bytes))));
    assert_eq!((read, skipped.len()), (members as u64, 0));
    assert_eq!((account.status, account.notes), (FileStatus::Read, vec![]));
}

#[test]
fn every_line_ending_is_accepted() {
    let (a, b) = (numbered(1), numbered(2));
    let skipped_at = |at: usize, ordinal: usize| format!("{at} {ordinal} syntax");
    for (what, text, skipped) in [
        ("CRLF", format!("{a}\r\n{b}\r\n"), vec![]),
        ("no last break", format!("{a}\n{b}"), vec![]),
        ("CR alone", format!("{a}\r{b}\r"), vec![]),
        ("blank lines", format!("\n\n{a}\n \t\r\n\n{b}\n\n"), vec![]),
        ("a mark in front", format!("\u{feff}{a}\n{b}\n"), vec![]),
        // JSON has no comments: each is an empty line and counts as skipped.
        ("a comment", format!("# first\n{a}\n{b}\n"), vec![skipped_at(0, 0)]),
        ("comments between", format!("{a}\n// note\n{b}\n"), vec![skipped_at(a.len() + 1, 1)]),
    ] {
        let read = read_bytes(text.into_bytes());
        assert_eq!(read.account.status, FileStatus::Read, "{what}");
        assert_eq!((read.events.len(), read.skipped), (2, skipped), "{what}");
    }
}

#[test]
fn one_bad_record_among_ten_thousand_costs_only_itself() {
    let good = numbered(1);
    let bad: [&[u8]; 6] = [
        br#"{"eventVersion":"1.08","eventName":"\ud800"}"#,
        br#"{"eventVersion":"1.08","userIdentity":1e400}"#,
        br#"{"eventVersion":"1.08","eventName":NaN}"#,
        b"{\"eventVersion\":\"1.08\",\"eventName\":\"\xff\"}",
        br#"{"eventVersion":"1.08","eventName":"A","eventName":"B"}"#,
        br#"{"eventVersion":"1.08","eventName":"A""#,
    ];
    for bad in bad {
        for (open, between, close) in [("{\"Records\":[", ",", "]}"), ("", "\n", "\n")] {
            let half = vec![good.as_str(); 5_000].join(between);
            let around = [open.as_bytes(), half.as_bytes(), between.as_bytes(), bad];
            let text = [&around.concat(), between.as_bytes(), half.as_bytes(), close.as_bytes()];
            let read = read_bytes(text.concat());
            let what = String::from_utf8_lossy(bad);
            assert_eq!((read.events.len(), read.skipped.len()), (10_000, 1), "{what}");
            let place = format!("{} 5000 ", open.len() + half.len() + 1);
            assert!(read.skipped[0].starts_with(&place), "{what}: {:?}", read.skipped);
        }
    }
    // A number of any size is text until an expression computes with it.
    let big = good.replacen('{', r#"{"big":{"n":1e400},"#, 1);
    assert_eq!(read_bytes(big.into_bytes()).events.len(), 1);
}

#[test]
fn an_unclaimed_file_is_read_up_to_a_bound() {
    for (size, events) in [(WINDOW / 2, 1), (2 * WINDOW, 0)] {
        let other = "{\"other\":1}\n";
        let text = other.repeat(size / other.len()) + &numbered(1) + "\n";
        assert_eq!(read_bytes(text.into_bytes()).events.len(), events, "after {size} bytes");
    }
}
