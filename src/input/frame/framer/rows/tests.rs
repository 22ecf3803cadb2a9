//! Rows of tables: framing, damage, limits; the same for any read sizes.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::super::super::{MAX_RECORD, Tables};
use super::super::*;
use crate::input::csv::{Cells, MAX_CELL, MAX_COLUMNS, MAX_LINES};

/// Tables of the columns `a`, `b` and `c`.
fn tables() -> Tables {
    let given = Columns::new(["a", "b", "c"].map(str::to_owned));
    Tables { given: Some(given), formats: Vec::new() }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    /// `offset line:column ordinal text`.
    records: Vec<String>,
    /// `line ordinal reason: detail`.
    skipped: Vec<String>,
    notes: Vec<&'static str>,
}

impl Parts {
    fn texts(&self) -> Vec<&str> {
        self.records.iter().map(|record| record.splitn(4, ' ').nth(3).unwrap()).collect()
    }
}

/// Splits the rows after the header, `step` bytes at a time; the header is recognised from all
/// bytes.
fn split(bytes: &[u8], step: usize, end: Ending<'_>) -> Parts {
    split_up_to(MAX_RECORD, bytes, step, end)
}

/// The same with another limit for rows.
fn split_up_to(limit: usize, bytes: &[u8], step: usize, end: Ending<'_>) -> Parts {
    let mut framer = Framer { limit, ..Framer::new(tables()) };
    let (mut records, mut skipped) = (Vec::new(), Vec::new());
    let mut cut = Cut { bytes, at: 0, mark: 0, records: &mut records, skipped: &mut skipped };
    framer.table(&mut cut, bytes.len(), end == Ending::Eof);
    assert_eq!(framer.other, None);
    let start = cut.at;
    let mut parts = Parts::default();
    let mut batch = Batch::default();
    let mut carry: Vec<u8> = Vec::new();
    let mut chunks = bytes[start..].chunks(step.max(1)).peekable();
    loop {
        batch.clear();
        batch.bytes.append(&mut carry);
        batch.bytes.extend_from_slice(chunks.next().unwrap_or_default());
        let ending = if chunks.peek().is_none() { end } else { Ending::More };
        let done = framer.run(&mut batch, ending);
        for &BatchRecord { start, end, offset, line, column, ordinal, .. } in &batch.records {
            let text = &batch.bytes[start..end];
            assert_eq!(text, &bytes[offset as usize..][..text.len()], "the offset is right");
            let text = String::from_utf8_lossy(text);
            parts.records.push(format!("{offset} {line}:{column} {ordinal} {text}"));
        }
        for Skip { offset, line, ordinal, reason, detail } in &batch.skipped {
            let before = &bytes[..*offset as usize];
            assert!(before.is_empty() || before.ends_with(b"\n") || before.ends_with(b"\r"));
            parts.skipped.push(format!("{line} {ordinal} {reason}: {detail}"));
        }
        carry.extend_from_slice(&batch.bytes[done..]);
        if ending != Ending::More {
            assert!(carry.is_empty(), "nothing is left");
            parts.notes = framer.notes().collect();
            return parts;
        }
    }
}

/// The same for chunks of several sizes.
#[track_caller]
fn cut(text: &str) -> Parts {
    let whole = split(text.as_bytes(), text.len().max(1), Ending::Eof);
    for step in [1, 2, 3, 7, 64] {
        let some = split(text.as_bytes(), step, Ending::Eof);
        assert_eq!(some, whole, "{step} bytes at a time: {text}");
    }
    whole
}

#[test]
fn a_row_is_a_record_and_the_header_is_not() {
    let rows = ["1,2,3", "\"4,\"\"x\"\"\",5,6", "7,\"8\n8\",9"];
    for (text, first) in [
        (format!("a,b,c\n{}\n", rows.join("\n")), "6 2:1 0 1,2,3"),
        (format!("a,b,c\r\n{}", rows.join("\r\n")), "7 2:1 0 1,2,3"),
        (format!("a,b,c\r{}\r", rows.join("\r")), "6 2:1 0 1,2,3"),
        (format!("\n \r\nA, B ,\"c\"\n\n{}\n\n \n", rows.join("\n\n")), "15 5:1 0 1,2,3"),
        (rows.join("\n"), "0 1:1 0 1,2,3"),
    ] {
        let parts = cut(&text);
        assert_eq!(parts.texts(), rows, "{text}");
        assert_eq!((&parts.skipped, &parts.notes), (&vec![], &vec![]), "{text}");
        assert_eq!(parts.records[0], first, "{text}");
    }
    let parts = cut("a,b,c\n1,\"2\n\n2\",3\n4,5,6");
    assert_eq!(parts.records[1], "17 5:1 1 4,5,6", "lines in cells are counted");
}

#[test]
fn cells_beyond_the_last_column_must_be_empty() {
    for (row, fits) in [
        ("1,2,3", true),
        ("1,2,3,", true),
        ("1,2,3,,,\"\"", true),
        ("1,,", true),
        ("1,2", false),
        ("1", false),
        ("1,2,3,4", false),
        ("1,2,3,,5", false),
    ] {
        let parts = cut(&format!("a,b,c\n{row}\n7,8,9\n"));
        assert_eq!(parts.texts().contains(&row), fits, "{row}");
        assert_eq!(parts.skipped.is_empty(), fits, "{row}: {:?}", parts.skipped);
        assert_eq!(parts.texts().last(), Some(&"7,8,9"));
    }
    assert_eq!(
        cut("a,b,c\n1,2\n").skipped,
        ["2 0 syntax: it has 2 cells, but the table has 3 columns"]
    );
    assert_eq!(
        cut("a,b,c\n1,2").skipped,
        ["2 0 truncated: it has 2 cells, but the table has 3 columns"],
        "the end of the file may have cut it off"
    );
    let parts = cut("a,b,c\n,,\n1,2,3\na,b,c\n\u{feff}a,b,c\n4,5,6");
    assert_eq!(parts.texts(), ["1,2,3", "4,5,6"]);
    assert_eq!(
        parts.notes,
        ["rows without any value are ignored", "the header line is repeated between rows"]
    );
}

#[test]
fn a_misplaced_quote_costs_only_its_line() {
    for (broken, why) in [
        ("1,\"2,3", "a quote opens a cell, but no quote closes"),
        ("1,2\",3", "a quote is inside a cell"),
        ("1,\"2\"2,3", "text follows the quote"),
        ("\"1,2,3", "a quote opens a cell, but no quote closes"),
        ("1,2\0,3", "it contains a NUL byte"),
    ] {
        let parts = cut(&format!("a,b,c\n0,0,0\n{broken}\n4,5,6\n7,8,9\n"));
        assert_eq!(parts.texts(), ["0,0,0", "4,5,6", "7,8,9"], "{broken}");
        let [skip] = &*parts.skipped else { panic!("{broken}: {:?}", parts.skipped) };
        assert!(skip.starts_with(&format!("3 1 syntax: {why}")), "{skip}");
    }
    // The following lines contain quotes too, so the row seems to end later.
    let parts = cut("a,b,c\n1,\"2,3\n4,\"5\",6\n7,\"8\",9\n");
    assert_eq!(parts.texts(), ["4,\"5\",6", "7,\"8\",9"]);
    assert_eq!(
        parts.skipped,
        [
            "2 0 syntax: a quote opens a cell, but the next quote, on a later line, is not at the end of a cell"
        ]
    );
    let parts = cut("a,b,c\n1,\"2,3\n4,\",5,6\n7,8,9\n");
    assert_eq!(parts.texts(), ["7,8,9"]);
    assert_eq!(
        parts.skipped[0],
        "2 0 syntax: it has 4 cells, but the table has 3 columns; a quote makes the row \
         include the lines after it"
    );
    assert_eq!(
        cut("a,b,c\n1,\"2,3").skipped,
        ["2 0 truncated: a quote opens a cell, but no quote closes it"]
    );
}

#[test]
fn a_stray_quote_among_many_rows_costs_one_row() {
    let lines = 200_000;
    let mut text = String::from("a,b,c\n");
    for line in 0..lines {
        text.push_str(if line == 1000 { "\"x,y,z\n" } else { "x,y,z\n" });
    }
    let parts = split(text.as_bytes(), 1 << 16, Ending::Eof);
    assert_eq!((parts.records.len(), parts.skipped.len()), (lines - 1, 1));
    let expected = format!(
        "1002 1000 syntax: a quote opens a cell, but no quote closes it within {MAX_LINES} lines"
    );
    assert_eq!(parts.skipped[0], expected);
}

#[test]
fn an_overlong_row_is_skipped_in_bounded_memory() {
    let cell = "x".repeat(MAX_CELL + 1);
    let limit = MAX_CELL + (1 << 20);
    let row = ["x", "y"].map(|cell| cell.repeat(MAX_CELL / 3 * 2)).join(",");
    for (long, reason) in [
        (format!("{cell},2,3"), "too-long: a cell is longer than 4 MiB"),
        (format!("\"{cell}\",2,3"), "too-long: a cell is longer than 4 MiB"),
        (format!("\"{cell},2,3"), "too-long: a cell is longer than 4 MiB"),
        (format!("1,2{}", ",".repeat(1_000_000)), ""),
        (
            format!("1{}", ",2".repeat(1_000_000)),
            "syntax: it has 1000001 cells, but the table has 3 columns",
        ),
        (format!("{row},3"), "too-long: longer than 5242880 bytes"),
    ] {
        for step in [1 << 20, usize::MAX] {
            let text = format!("a,b,c\n{long}\n4,5,6\n");
            let parts = split_up_to(limit, text.as_bytes(), step, Ending::Eof);
            assert_eq!(parts.records.last().unwrap().split_once(' ').unwrap().1, "3:1 1 4,5,6");
            let expected = if reason.is_empty() { vec![] } else { vec![format!("2 0 {reason}")] };
            assert_eq!(parts.skipped, expected);
        }
    }
    for begin in ["", "\"", "1,\"2\n", "1,2,\"3\n\n"] {
        let mut framer = Framer::new(tables());
        let mut batch = Batch::default();
        batch.bytes.extend_from_slice(b"a,b,c\n");
        batch.bytes.extend_from_slice(begin.as_bytes());
        for _ in 0..8 {
            batch.bytes.resize(batch.bytes.len() + (1 << 20), b'x');
            let done = framer.run(&mut batch, Ending::More);
            batch.bytes.drain(..done);
            assert!(batch.bytes.len() <= MAX_CELL + (2 << 20), "{begin}: {}", batch.bytes.len());
        }
    }
}

#[test]
fn a_read_error_is_one_skip() {
    for (text, complete) in [("a,b,c\n1,2,3\n4,5", 1), ("a,b,c\n1,2,3\n4,\"5\n", 1), ("a,b,c\n", 0)]
    {
        let parts = split(text.as_bytes(), 3, Ending::Failed("gone"));
        assert_eq!(parts.records.len(), complete, "{text}");
        let line = complete + 2;
        assert_eq!(parts.skipped, [format!("{line} {complete} io: gone")], "{text}");
    }
}

#[test]
fn a_file_name_before_each_row_is_removed() {
    let rows = "logs/report_1.csv:1,2,3\nlogs/report_2.csv:\"4\",5,6\n\n".to_owned();
    let parts = cut(&(rows + &"x.csv:0,0,0\n".repeat(14) + "7,8,9\n"));
    assert_eq!(parts.records[..2], ["18 1:19 0 1,2,3", "42 2:19 1 \"4\",5,6"]);
    assert_eq!(
        parts.skipped,
        ["18 16 syntax: it has no file name before it, unlike the first rows"]
    );
    for text in [
        "2024-01-01T00:00:00Z,2,3\n",
        "10.0.0.1:80,2,3\n",
        "x.csv:1,2,3\n4,5,6\n",
        "arn:aws:iam,2,3\n",
        "x.toolong:1,2,3\n",
        ".csv:1,2,3\n",
        "x,b.csv:1,3\n",
    ] {
        let row = text.lines().next().unwrap();
        assert_eq!(cut(text).texts()[0], row, "{text}");
    }
}

fn rows_of_text() -> impl Strategy<Value = String> {
    let cell = prop_oneof![
        "[xyé😀 ]{0,4}",
        "[xy]{1,3}".prop_map(|text| format!("\"{text}, {text}\"")),
        "[xy]{1,3}".prop_map(|text| format!("\"{{\"\"{text}\"\": \"\"{text}\"\"}}\"")),
        "[xy]{1,3}".prop_map(|text| format!("\"{text}\n{text}\"")),
    ];
    let row = prop::collection::vec(cell, 2..=2).prop_map(|cells| format!("1,{}", cells.join(",")));
    prop::collection::vec(row, 1..12).prop_map(|rows| rows.join("\n") + "\n")
}

/// Where each line of a text begins, but for blank ones.
fn lines(text: &[u8]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (end, next) = crate::input::csv::line_end(&text[at..], true).unwrap();
        if !text[at..at + end].trim_ascii().is_empty() {
            starts.push(at);
        }
        at += next;
    }
    starts
}

proptest! {
    #[test]
    fn records_equal_the_written_rows(text in rows_of_text(), step in 1usize..40) {
        let text = format!("a,b,c\n{text}");
        let whole = split(text.as_bytes(), text.len(), Ending::Eof);
        prop_assert_eq!(&split(text.as_bytes(), step, Ending::Eof), &whole);
        prop_assert_eq!(&whole.skipped, &Vec::<String>::new());
        let rows: Vec<&str> = crate::input::csv::rows(&text).skip(1).collect();
        prop_assert_eq!(whole.texts(), rows);
        for (index, record) in whole.records.iter().enumerate() {
            let mut parts = record.split(' ');
            let offset: usize = parts.next().unwrap().parse().unwrap();
            let line = text[..offset].matches('\n').count() + 1;
            prop_assert_eq!(parts.next().unwrap(), format!("{line}:1"));
            prop_assert_eq!(parts.next().unwrap(), index.to_string());
        }
    }

    #[test]
    fn every_line_belongs_to_one_record_or_skip(
        text in "[12,\"\r\n]{0,60}",
        step in 1usize..20,
    ) {
        let text = format!("a,b,c\n{text}");
        let whole = split(text.as_bytes(), text.len(), Ending::Eof);
        prop_assert_eq!(&split(text.as_bytes(), step, Ending::Eof), &whole);
        let mut covered = 0;
        for record in &whole.records {
            let mut parts = record.splitn(4, ' ');
            let offset: usize = parts.next().unwrap().parse().unwrap();
            let row = parts.nth(2).unwrap();
            prop_assert!(Cells::read(row).is_ok_and(|cells| cells.len() >= 3), "{row}");
            let inside = lines(text.as_bytes()).into_iter();
            covered += inside.filter(|at| (offset..offset + row.len()).contains(at)).count();
        }
        // A row without a value is not a record; it has its note.
        let empty = if whole.notes.is_empty() { 0 } else { text.len() };
        let all = lines(text.as_bytes()).len() - 1;
        let counted = covered + whole.skipped.len();
        prop_assert!(counted <= all && all <= counted + empty, "{counted} of {all}: {text:?} {whole:?}");
    }

    #[test]
    fn a_stray_quote_anywhere_costs_few_rows_and_is_reported(
        text in rows_of_text(),
        at in any::<prop::sample::Index>(),
        removed: bool,
    ) {
        let head = "a,b,c\n";
        let intact = split(format!("{head}{text}").as_bytes(), usize::MAX, Ending::Eof);
        let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
        let mut damaged = text.clone();
        if removed && !quotes.is_empty() {
            damaged.remove(quotes[at.index(quotes.len())]);
        } else {
            let mut at = at.index(text.len());
            while !text.is_char_boundary(at) { at -= 1; }
            damaged.insert(at, '"');
        }
        let damaged = format!("{head}{damaged}");
        let parts = split(damaged.as_bytes(), usize::MAX, Ending::Eof);
        prop_assert!(!parts.skipped.is_empty(), "{damaged:?}");
        let remaining = intact.texts().into_iter().filter(|row| parts.texts().contains(row)).count();
        prop_assert!(remaining + 2 >= intact.records.len(), "{damaged:?} {parts:?}");
    }

    #[test]
    fn any_text_can_be_read_as_a_header(text in "[a-c,;\t|\"\r\n:. é]{0,40}") {
        let (mut records, mut skipped) = (Vec::new(), Vec::new());
        let bytes = text.as_bytes();
        let mut cut = Cut { bytes, at: 0, mark: 0, records: &mut records, skipped: &mut skipped };
        let mut framer = Framer::new(Tables::default());
        framer.table(&mut cut, bytes.len(), true);
        prop_assert!(framer.other().is_some_and(|why| !why.to_string().is_empty()));
    }
}

#[test]
fn the_columns_of_a_table_are_limited_and_unique() {
    for (header, why) in [
        (format!("a{}", ",b".repeat(2)), "two of its columns have the name `b`"),
        (
            format!("a{}", (0..MAX_COLUMNS).map(|n| format!(",c{n}")).collect::<String>()),
            "a table has at most 1024",
        ),
    ] {
        let given = Columns::new(header.split(',').map(str::to_owned));
        let tables = Tables { given: Some(given), formats: Vec::new() };
        let mut framer = Framer::new(tables);
        let mut batch = Batch::default();
        batch.bytes.extend_from_slice(format!("{header}\n1,2,3\n").as_bytes());
        framer.run(&mut batch, Ending::Eof);
        assert!(framer.other().unwrap().to_string().starts_with(why), "{:?}", framer.other());
    }
}
