//! Compressed, damaged and slow sources of bytes.

use super::*;

/// Zeros after gzip data are the padding of a tape. Anything else may be records that were lost.
#[test]
fn trailing_bytes_after_compressed_data_make_the_run_incomplete() {
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
        ("text after empty data", with(&[&gzip(b""), b"garbage"])),
        ("text after data of no format", with(&[&gzip(b"{\"a\":1}"), b"garbage"])),
        ("text after zstd", with(&[&packed, b"garbage"])),
        ("a byte after zstd", with(&[&packed, b"x"])),
        ("zeros after zstd", with(&[&packed, &[0; 512]])),
        ("gzip after zstd", with(&[&packed, &gzip(S3)])),
        ("a skippable frame after zstd", with(&[&packed, skippable])),
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
            if step == BatchStatus::Done {
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
    text after empty data: 0 records Unreadable { reason: "reading failed within the first 27 bytes as stored: the gzip data ends at byte 20, and the 7 bytes after it are not gzip data" } []
    text after data of no format: 0 records Unreadable { reason: "reading failed within the first 34 bytes as stored: the gzip data ends at byte 27, and the 7 bytes after it are not gzip data" } []
    text after zstd: 7 records ["line 1: reading failed within the first 1562 bytes as stored: Unknown frame descriptor"]
    a byte after zstd: 7 records ["line 1: reading failed within the first 1556 bytes as stored: Unknown frame descriptor"]
    zeros after zstd: 7 records ["line 1: reading failed within the first 2067 bytes as stored: Unknown frame descriptor"]
    gzip after zstd: 7 records ["line 1: reading failed within the first 3467 bytes as stored: Unknown frame descriptor"]
    a skippable frame after zstd: 7 records []
    "#);
}

#[test]
fn records_before_damaged_compression_are_read() {
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
    let read = set.progress().bytes.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(read, packed.len() as u64);
    let again = read_file(set.open(0));
    assert!(matches!(again.account.status, FileStatus::Unreadable { .. }), "stdin is read once");
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
