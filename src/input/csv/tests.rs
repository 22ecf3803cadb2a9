//! One row and its cells.
#![allow(clippy::unwrap_used)]

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::record::SkipReason;

fn cells(row: &str) -> Vec<String> {
    Cells::read(row).unwrap().iter().map(Cow::into_owned).collect()
}

#[test]
fn cells_are_split_at_commas() {
    for (row, expected) in [
        ("a,b", &["a", "b"][..]),
        ("a, b ,c", &["a", " b ", "c"]),
        ("", &[""]),
        (",", &["", ""]),
        ("a,", &["a", ""]),
        (r#""a","b""#, &["a", "b"]),
        (r#""a,b",c"#, &["a,b", "c"]),
        (r#""","#, &["", ""]),
        (r#""{""k"": """"}",x"#, &[r#"{"k": ""}"#, "x"]),
        ("\"two\r\nlines\",b", &["two\r\nlines", "b"]),
        ("é,\"😀,\"", &["é", "😀,"]),
        ("a,b\r\n", &["a", "b"]),
        ("a,b\n", &["a", "b"]),
        ("\"a\"\r", &["a"]),
    ] {
        assert_eq!(cells(row), expected, "{row}");
        for (at, cell) in expected.iter().enumerate() {
            assert_eq!(Cells::read(row).unwrap().get(at).as_deref(), Some(*cell), "{row}");
        }
        assert_eq!(Cells::read(row).unwrap().get(expected.len()), None, "{row}");
    }
}

#[test]
fn only_doubled_quotes_require_a_copy() {
    let row = Cells::read(r#"plain,"quoted","with ""quotes""""#).unwrap();
    let borrowed: Vec<bool> = row.iter().map(|cell| matches!(cell, Cow::Borrowed(_))).collect();
    assert_eq!(borrowed, [true, true, false]);
}

#[test]
fn a_malformed_row_is_rejected_with_a_reason() {
    for (row, wrong) in [
        (r#"a"b,c"#, RowError::Stray),
        (r#"a,b""#, RowError::Stray),
        (r#""a"b,c"#, RowError::After),
        (r#""a" ,c"#, RowError::After),
        (r#"a,"b"#, RowError::Open),
        (r#"a,"b"""#, RowError::Open),
        ("a,b\nc", RowError::Break),
        ("a\r\n\r\n", RowError::Break),
    ] {
        let fault = Cells::read(row).unwrap_err();
        assert_eq!((fault.reason, fault.detail), (SkipReason::Syntax, wrong.to_string()), "{row}");
    }
    let long = format!("a,{}", "x".repeat(MAX_CELL + 1));
    assert_eq!(Cells::read(&long).unwrap_err().reason, SkipReason::TooLong);
    let quoted = format!("a,\"{}\"", "x".repeat(MAX_CELL + 1));
    assert_eq!(Cells::read(&quoted).unwrap_err().reason, SkipReason::TooLong);
    assert!(Cells::read(&long[..long.len() - 1]).is_ok());
}

#[test]
fn a_text_is_split_into_rows() {
    for (text, expected) in [
        ("", &[][..]),
        ("a,b", &["a,b"]),
        ("a,b\n", &["a,b"]),
        ("a\r\nb\rc\nd", &["a", "b", "c", "d"]),
        ("a,\"x\ny\"\nb", &["a,\"x\ny\"", "b"]),
        ("a\n\nb", &["a", "", "b"]),
        ("a\nb\"\nc", &["a", "b\"\nc"]),
    ] {
        assert_eq!(rows(text).collect::<Vec<_>>(), expected, "{text}");
    }
}

fn written(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

proptest! {
    #[test]
    fn written_rows_are_read_back(table in prop::collection::vec(
        prop::collection::vec("[a,\"\r\n é😀]{0,6}", 2..6), 1..5,
    )) {
        let lines: Vec<String> = table
            .iter()
            .map(|row| row.iter().map(|cell| written(cell)).collect::<Vec<_>>().join(","))
            .collect();
        let text = lines.join("\r\n");
        prop_assert_eq!(rows(&text).collect::<Vec<_>>(), &lines[..]);
        for (line, row) in lines.iter().zip(&table) {
            prop_assert_eq!(&cells(line), row);
        }
    }

    #[test]
    fn the_end_of_a_row_does_not_depend_on_the_buffered_bytes(
        text in "[a,\"\r\n]{0,24}",
        limit in 1usize..30,
    ) {
        let all = row(text.as_bytes(), true, limit);
        for len in 0..=text.len() {
            let some = row(&text.as_bytes()[..len], false, limit);
            prop_assert!(some == RowScan::Unfinished || some == all, "{len}: {some:?} {all:?}");
        }
        // Only the end of the text shows that nothing follows.
        if let RowScan::Ends(fit) = all {
            prop_assert!(fit.end <= fit.next && fit.filled <= fit.cells && fit.end <= limit);
        }
    }
}
