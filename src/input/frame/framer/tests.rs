//! Containers, damage, limits; the same for any read sizes.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::MAX_RECORD;
use super::*;
use crate::input::json::MAX_DEPTH;

/// The result: `offset line:column ordinal text` and `offset ordinal reason`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    records: Vec<String>,
    skipped: Vec<String>,
    container: &'static str,
}

/// Splits bytes that arrive `step` at a time. A file's first bytes are examined together, so the
/// resulting state is given.
fn split(bytes: &[u8], step: usize, end: Ending<'_>) -> Parts {
    split_up_to(MAX_RECORD, bytes, step, end)
}

/// The same with another limit for records.
fn split_up_to(limit: usize, bytes: &[u8], step: usize, end: Ending<'_>) -> Parts {
    let mut framer = Framer { limit, ..Framer::new(Tables::default()) };
    let bom = bytes.starts_with(b"\xef\xbb\xbf");
    if step < bytes.len() && !bom {
        match Sniff::default().look(bytes, false, end == Ending::Eof) {
            Some(Sniffed::Lines) => {
                framer.state = FramerState::Lines;
                framer.container = Some("lines");
            }
            Some(Sniffed::Values) => framer.state = FramerState::Top,
            _ => {}
        }
    }
    let mut parts = Parts::default();
    let mut batch = Batch::default();
    let mut carry: Vec<u8> = Vec::new();
    let mut chunks = bytes.chunks(step.max(1)).peekable();
    loop {
        batch.clear();
        batch.bytes.append(&mut carry);
        batch.bytes.extend_from_slice(chunks.next().unwrap_or_default());
        let ending = if chunks.peek().is_none() { end } else { Ending::More };
        let done = framer.run(&mut batch, ending);
        for placed in &batch.records {
            let BatchRecord { start, end, offset, line, column, ordinal, .. } = *placed;
            let text = &batch.bytes[start..end];
            assert_eq!(text, &bytes[offset as usize..][..text.len()], "the offset is right");
            let text = String::from_utf8_lossy(text);
            parts.records.push(format!("{offset} {line}:{column} {ordinal} {text}"));
        }
        for Skip { offset, ordinal, reason, .. } in &batch.skipped {
            parts.skipped.push(format!("{offset} {ordinal} {reason}"));
        }
        carry.extend_from_slice(&batch.bytes[done..]);
        if ending != Ending::More {
            assert!(carry.is_empty(), "nothing is left");
            parts.container = framer.container();
            return parts;
        }
    }
}

/// The texts of the records and the skips, the same for chunks of any size.
fn texts(text: &str) -> (Vec<String>, Vec<String>, &'static str) {
    let whole = split(text.as_bytes(), text.len().max(1), Ending::Eof);
    for step in [1, 2, 3, 7, 64] {
        assert_eq!(
            split(text.as_bytes(), step, Ending::Eof),
            whole,
            "{step} bytes at a time: {text}"
        );
    }
    let records = whole.records.iter().map(|r| r.splitn(4, ' ').nth(3).unwrap().to_owned());
    (records.collect(), whole.skipped, whole.container)
}

#[track_caller]
fn check(text: &str, container: &str, records: &[&str], skipped: &[&str]) {
    let (found, lost, kind) = texts(text);
    assert_eq!((&*found.join("\n"), kind), (&*records.join("\n"), container), "{text}");
    assert_eq!(lost, skipped, "{text}");
}

const A: &str = r#"{"a":1}"#;
const B: &str = r#"{"a":"}]\"{","b":[{"a":2},[]]}"#;

#[test]
fn the_container_is_detected_from_the_content() {
    for (text, container) in [
        (format!(r#"{{"Records":[{A},{B}]}}"#), "records-object"),
        (
            format!(r#"{{"x":{{"Records":[1]}},"y":[0],"Records" : [ {A} , {B} ],"z":[[]]}}"#),
            "records-object",
        ),
        (format!(r#"{{"Events":[{A},{B}],"NextToken":"t"}}"#), "events-object"),
        (
            format!(
                r#"{{"Response":{{"ListOver":true,"x":[1],"Events":[{A},{B}],"y":[{A}]}},"z":[{A}]}}"#
            ),
            "response-object",
        ),
        (format!(r#"{{"Response" : {{"Events" : [{A}], "Events":[{B}]}}}}"#), "response-object"),
        (
            format!(r#"{{"QueryStatus":"F","QueryResultRows":[{A},{B}],"x":[]}}"#),
            "query-rows-object",
        ),
        (format!("[{A},{B}]"), "array"),
        (format!("[\n  {A},\n  {B}\n]\n"), "array"),
        (format!("{A}\n{B}\n"), "lines"),
        (format!("\r\n {A}\r\n\r\n\t{B}"), "lines"),
        (format!("{A}{B}"), "object"),
        (format!("{A}\r{B}\r"), "object"),
        (format!("{{\"Records\":[{A}]}}\n{{\"Records\":[{B}]}}\n"), "records-object"),
        (format!("[{A}][{B}]"), "array"),
        (format!("\u{feff}[{A}]\u{feff}[{B}]"), "array"),
    ] {
        check(&text, container, &[A, B], &[]);
    }
    check(&format!("{A}\n"), "object", &[A], &[]);
    check("{\n\"a\": 1\n}\n", "object", &["{\n\"a\": 1\n}"], &[]);
    check(r#"{"Records":[]}"#, "records-object", &[], &[]);
    check("[]", "array", &[], &[]);
    check("null", "object", &["null"], &[]);
    check("", "", &[], &[]);
    check(r#"[1,"x",null,[2],{}]"#, "array", &["1", r#""x""#, "null", "2", "{}"], &[]);
    check(&format!("[[{A}],[{B},[{A}]]]"), "array", &[A, B, A], &[]);
}

#[test]
fn the_key_of_a_container_is_short() {
    let far = |blanks: usize| format!(r#"{{"x":1,"Records"{}:[{A},{B}]}}"#, " ".repeat(blanks));
    check(&far(4_000), "records-object", &[A, B], &[]);
    // Beyond that the object itself is a record, for any read sizes.
    check(&far(5_000), "object", &[&far(5_000)], &[]);
}

#[test]
fn a_broken_record_costs_only_itself() {
    for (broken, offset) in [
        // A brace, a bracket, a quote is missing, or there is one too many.
        (r#"{"a":{"b":1}"#, 19),
        (r#"{"a":[1}"#, 19),
        (r#"{"a":"x}"#, 19),
        (r#"{"a":"x"y"}"#, 19),
        (r#"{"a":1}}"#, 26),
        (r#"{"a":1]"#, 19),
        ("{\"a\":\"x\n\"}", 19),
        (r#"{"a":1,{"b":2}}"#, 19),
        (r#"{"a":{"a":1 "x"}}"#, 19),
    ] {
        let text = format!(r#"{{"Records":[{A},{broken},{B},{A}]}}"#);
        let (records, skipped, _) = texts(&text);
        let good: Vec<&String> = records.iter().filter(|r| **r == A || **r == B).collect();
        assert!(good.ends_with(&[&B.to_owned(), &A.to_owned()]), "{text}: {records:?}");
        assert_eq!(skipped.len(), 1, "{text}: {skipped:?} {records:?}");
        let expected = format!("{} ", offset + 1);
        assert!(skipped[0].starts_with(&expected), "{text}: {skipped:?}");
    }
    // A text with balanced brackets is checked by its reader.
    check(&format!("[{A},{{\"a\":NaN}},{B}]"), "array", &[A, r#"{"a":NaN}"#, B], &[]);
    check(&format!("[{A},NaN,{B}]"), "array", &[A, "NaN", B], &[]);
}

#[test]
fn the_rows_of_a_query_are_arrays() {
    let row = |n: u32| format!(r#"[{{"a":"{n}"}}, {{"b":"[{{x"}}]"#);
    let rows = [row(1), row(2), row(3)];
    let text = format!(r#"{{"QueryResultRows":[{}],"NextToken":"t"}}"#, rows.join(",\n"));
    check(&text, "query-rows-object", &[&rows[0], &rows[1], &rows[2]], &[]);
    for broken in [r#"[{"a":"2},{"b":"x"}]"#, r#"[{"a":"2"},{"b":"x"]"#, r#"[{"a":"2"}{"b":"x"}]"#]
    {
        let (records, skipped, _) = texts(&text.replace(&rows[1], broken));
        assert_eq!(records, [&*rows[0], &*rows[2]], "{broken}");
        assert_eq!(skipped.len(), 1, "{broken}: {skipped:?}");
    }
}

#[test]
fn a_broken_line_costs_only_itself() {
    let broken = r#"{"a":"x,{"#;
    check(&format!("{A}\n{broken}\n{B}\n"), "lines", &[A, broken, B], &[]);
    check(&format!("{broken}\n{A}\n{B}"), "lines", &[broken, A, B], &[]);
    check(&format!("# a comment\n{A}\n"), "lines", &["# a comment", A], &[]);
}

#[test]
fn a_truncated_container_is_reported() {
    for (text, records, skipped) in [
        (format!(r#"{{"Records":[{A},{{"a":"#), vec![A], "20 1 truncated"),
        (format!(r#"{{"Records":[{A},"#), vec![A], "20 1 truncated"),
        (format!(r#"{{"Records":[{A}"#), vec![A], "19 1 truncated"),
        (format!(r#"{{"Records":[{A}]"#), vec![A], "20 1 truncated"),
        (format!(r#"{{"Records":[{A}],"x":"#), vec![A], "25 1 truncated"),
        (r#"{"Rec"#.to_owned(), vec![], "0 0 truncated"),
        (format!("[{A}"), vec![A], "8 1 truncated"),
        ("[".to_owned(), vec![], "1 0 truncated"),
    ] {
        let (found, lost, _) = texts(&text);
        assert_eq!(found, records, "{text}");
        assert_eq!(lost, [skipped], "{text}");
    }
}

#[test]
fn a_read_error_is_one_skip() {
    let text = format!(r#"{{"Records":[{A},{B}]}}"#);
    for end in 0..text.len() {
        let parts = split(&text.as_bytes()[..end], text.len(), Ending::Failed("gone"));
        if end > 11 {
            assert_eq!(parts.skipped.len(), 1, "{end}");
            assert!(parts.skipped[0].ends_with(" io"), "{end}: {parts:?}");
        }
    }
    let lines = format!("{A}\n{B}\n{B}");
    let parts = split(lines.as_bytes(), lines.len(), Ending::Failed("gone"));
    assert_eq!(parts.records.len(), 2, "a value that may be cut off is not a record");
    assert_eq!(parts.skipped, ["39 2 io"]);
}

#[test]
fn a_record_that_is_too_long_or_too_deep_is_skipped() {
    let limit = 4000;
    let sized = |size: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(size - 8));
    let (fits, long) = (sized(limit), sized(limit + 1));
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    for (open, between, close) in
        [(r#"{"Records":["#, ",", "]}"), ("[", ",", "]"), ("", "\n", "\n")]
    {
        let text = [open, &[A, &long, &deep, &fits, B].join(between), close].concat();
        for step in [100, 1000, text.len()] {
            let parts = split_up_to(limit, text.as_bytes(), step, Ending::Eof);
            let texts = parts.records.iter().map(|r| r.splitn(4, ' ').nth(3).unwrap());
            assert_eq!(texts.collect::<Vec<_>>(), [A, &fits, B]);
            let reasons = parts.skipped.iter().map(|s| s.rsplit(' ').next().unwrap());
            assert_eq!(reasons.collect::<Vec<_>>(), ["too-long", "too-deep"]);
        }
    }
}

#[test]
fn a_long_record_needs_no_more_memory_than_the_record_limit() {
    for (state, begin) in [
        (FramerState::Top, r#"{"a":""#),
        (FramerState::Lines, "{"),
        (FramerState::Rest, r#","x":""#),
    ] {
        let mut framer = Framer { limit: 10_000, state, ..Framer::new(Tables::default()) };
        framer.scan.resume_object(1);
        let mut batch = Batch::default();
        batch.bytes.extend_from_slice(begin.as_bytes());
        for _ in 0..100 {
            batch.bytes.resize(batch.bytes.len() + 1000, b'x');
            let done = framer.run(&mut batch, Ending::More);
            batch.bytes.drain(..done);
            assert!(batch.bytes.len() <= 11_000, "{state:?}: {}", batch.bytes.len());
        }
    }
}

#[test]
fn hostile_nesting_takes_linear_time() {
    // Each `{"k"` is where a search for the next record could begin.
    let text = format!("[{}x", r#"{"k":["#.repeat(200_000));
    let parts = split(text.as_bytes(), 1 << 16, Ending::Eof);
    assert!(parts.records.is_empty());
    let broken = format!("[{}]", r#"{"k":["x" "y","#.repeat(100_000));
    let parts = split(broken.as_bytes(), 1 << 16, Ending::Eof);
    assert!(parts.skipped.len() > 1);
}

fn records() -> impl Strategy<Value = Vec<Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        "[a\"\\\\{}\\[\\],:\n\t é😀]{0,12}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c\"{}]{1,2}", inner, 0..4)
                .prop_map(|map| json!(map.into_iter().collect::<serde_json::Map<_, _>>())),
        ]
    });
    prop::collection::vec(value.prop_map(|value| json!({ "id": 1, "value": value })), 1..6)
}

/// The records in a container, in one of many ways to write it.
fn written(records: &[Value], way: usize) -> String {
    let compact = || records.iter().map(Value::to_string).collect::<Vec<_>>();
    let pretty =
        || records.iter().map(|r| serde_json::to_string_pretty(r).unwrap()).collect::<Vec<_>>();
    match way {
        0 => json!({ "Records": records }).to_string(),
        1 => {
            serde_json::to_string_pretty(&json!({ "A": [1], "Records": records, "Z": {} })).unwrap()
        }
        2 => json!(records).to_string(),
        3 => serde_json::to_string_pretty(&json!(records)).unwrap(),
        4 => compact().join("\n"),
        5 => compact().join("\r\n\r\n") + "\r\n",
        6 => pretty().join("\n"),
        7 => pretty().concat(),
        _ => format!("{{\"Events\":[{}]}}\n", compact().join(",\n")),
    }
}

proptest! {
    #[test]
    fn records_equal_those_of_a_parsed_tree(records in records(), way in 0usize..9, step in 1usize..40) {
        let text = written(&records, way);
        let whole = split(text.as_bytes(), text.len(), Ending::Eof);
        prop_assert_eq!(&split(text.as_bytes(), step, Ending::Eof), &whole);
        prop_assert_eq!(&whole.skipped, &Vec::<String>::new());
        let found: Vec<Value> = whole
            .records
            .iter()
            .map(|record| serde_json::from_str(record.splitn(4, ' ').nth(3).unwrap()).unwrap())
            .collect();
        prop_assert_eq!(&found, &records);
        for (index, record) in whole.records.iter().enumerate() {
            let mut parts = record.split(' ');
            let offset: usize = parts.next().unwrap().parse().unwrap();
            let before = &text[..offset];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap().encode_utf16().count() + 1;
            prop_assert_eq!(parts.next().unwrap(), format!("{line}:{column}"));
            prop_assert_eq!(parts.next().unwrap(), index.to_string());
        }
    }

    #[test]
    fn the_result_for_damaged_input_does_not_depend_on_read_sizes(
        records in records(),
        way in 0usize..9,
        step in 1usize..40,
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"{}[]\",:\\ \nx\xff".to_vec()),
        action in 0u8..3,
    ) {
        let mut bytes = written(&records, way).into_bytes();
        let at = at.index(bytes.len());
        match action {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => { bytes.remove(at); }
        }
        let whole = split(&bytes, bytes.len().max(1), Ending::Eof);
        prop_assert_eq!(split(&bytes, step, Ending::Eof), whole);
    }

    #[test]
    fn a_damaged_byte_costs_at_most_its_record(
        count in 2usize..6,
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"{}[]\",:x ".to_vec()),
        action in 0u8..3,
    ) {
        let record = |n: usize| format!(r#"{{"id":{n},"list":[{{"k":"v{n}"}},[1,2]],"text":"some words"}}"#);
        let texts: Vec<String> = (0..count).map(record).collect();
        let mut bytes = format!(r#"{{"Records":[{}]}}"#, texts.join(",")).into_bytes();
        // Somewhere in the records, not in the container.
        let start = r#"{"Records":["#.len() + 1;
        let at = start + at.index(bytes.len() - start - 4);
        match action {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => { bytes.remove(at); }
        }
        let found = split(&bytes, bytes.len(), Ending::Eof);
        let intact = texts.iter().filter(|t| found.records.iter().any(|r| r.ends_with(*t))).count();
        prop_assert!(intact + 1 >= count, "{}: {:?}", String::from_utf8_lossy(&bytes), found);
    }
}
