//! Every form in which files of the formats occur.

use super::*;

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
    let response = read_all(&inputs(&[&data("cloudaudit", "describe-events.json")]));
    assert_eq!(response[0].account.pointer(2), "/Response/Events/2");
    let packed = read_bytes(gzip(&fs::read(data("cloudaudit", "records.json")).unwrap()));
    assert_eq!(line(&packed), "read; records-object gzip; 6 events");
}

#[test]
fn the_format_of_a_file_depends_only_on_its_bytes() {
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
