//! Places of records, as reports print them.

use crate::record::RawRecord;

/// A place in a file: `logs/a.json:12:5 (/Records/3)`. `keytrail inspect` selects records by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPlace {
    /// The path of the file, as a user would type it.
    pub path: String,
    /// Whether `path` may be below any folder.
    pub is_below: bool,
    /// The line, from 1.
    pub line: Option<u64>,
    /// The column, from 1, in UTF-16 code units.
    pub column: Option<u64>,
    /// The place in the container of the file, such as `/Records/3`, `row 4` or `byte 120`.
    pub pointer: Option<String>,
    /// The provider's id of the event, if it must have one.
    pub event_id: Option<String>,
}

impl RecordPlace {
    /// Parses a place; `None` if the text names a file or only looks like one.
    ///
    /// A name may contain colons. `exists` returns whether a file or folder has a name, and the
    /// longest existing name is the file. If none exists, the file is the text before the numbers.
    pub fn parse(text: &str, exists: &dyn Fn(&str) -> bool) -> Option<Self> {
        if exists(text) {
            return None;
        }
        let (text, pointer) = match pointed(text) {
            Some((text, pointer)) => (text, Some(pointer.to_owned())),
            None => (text, None),
        };
        let place = |path: &str, line, column| {
            let (path, pointer) = (path.to_owned(), pointer.clone());
            Some(Self { path, is_below: false, line, column, pointer, event_id: None })
        };
        if pointer.is_some() && exists(text) {
            return place(text, None, None);
        }
        let (path, last) = numbered(text)?;
        match numbered(path) {
            Some((shorter, line)) if !exists(path) => place(shorter, Some(line), Some(last)),
            _ => place(path, Some(last), None),
        }
    }

    /// Whether the place is in the file with this path.
    pub(super) fn names(&self, file: &str) -> bool {
        let ends_with = |whole: &str, end: &str| {
            let before = whole.strip_suffix(end);
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let standard_input = self.path == "-" && file == "stdin";
        file == self.path
            || self.is_below
                && (standard_input || ends_with(file, &self.path) || ends_with(&self.path, file))
    }

    /// Whether the record is at the place: it contains the line and column, and has the pointer.
    /// `pointer` is that of the record.
    pub(super) fn holds(&self, raw: &RawRecord<'_>, pointer: &str) -> bool {
        let pointed = match self.pointer.as_deref() {
            None => true,
            Some(wanted) => match wanted.strip_prefix("byte ") {
                Some(byte) => byte.parse() == Ok(raw.offset),
                None => wanted == pointer,
            },
        };
        pointed && self.line.is_none_or(|line| contains(raw, line, self.column))
    }
}

/// Whether a record contains a line, or a place on it.
fn contains(raw: &RawRecord<'_>, line: u64, column: Option<u64>) -> bool {
    if line < raw.line || column.is_some_and(|column| (line, column) < (raw.line, raw.column)) {
        return false;
    }
    let text = raw.stored();
    let last = raw.line + text.bytes().filter(|byte| *byte == b'\n').count() as u64;
    match column {
        // A record ends before its end column.
        Some(column) if line == last => {
            let tail = text.rsplit('\n').next().unwrap_or_default();
            let before = if last == raw.line { raw.column } else { 1 };
            column < before + tail.encode_utf16().count() as u64
        }
        _ => line <= last,
    }
}

/// Splits off a pointer in parentheses.
fn pointed(text: &str) -> Option<(&str, &str)> {
    let (before, pointer) = text.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let is_pointer = ["/", "row ", "record ", "byte "].iter().any(|form| pointer.starts_with(form));
    is_pointer.then(|| (before.trim_end(), pointer))
}

/// Splits off the last number after a colon.
fn numbered(text: &str) -> Option<(&str, u64)> {
    let (before, number) = text.rsplit_once(':')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|number| *number > 0 && digits)?;
    (!before.is_empty()).then_some((before, number))
}

#[cfg(test)]
mod tests {
    use super::RecordPlace;
    use crate::record::RawRecord;

    fn somewhere() -> RecordPlace {
        RecordPlace {
            path: "a/b.json".to_owned(),
            is_below: false,
            line: None,
            column: None,
            pointer: None,
            event_id: None,
        }
    }

    #[test]
    fn a_place_below_any_folder_matches_files_by_the_end_of_their_path() {
        for (file, exact, below) in [
            ("a/b.json", true, true),
            ("/logs/a/b.json", false, true),
            ("b.json", false, true),
            ("xa/b.json", false, false),
            ("a/xb.json", false, false),
            ("c/b.json", false, false),
        ] {
            assert_eq!(somewhere().names(file), exact, "{file}");
            assert_eq!(RecordPlace { is_below: true, ..somewhere() }.names(file), below, "{file}");
        }
    }

    /// A place as text, if there are files with these names.
    fn parsed(text: &str, files: &[&str]) -> Option<String> {
        let place = RecordPlace::parse(text, &|name| files.contains(&name))?;
        let number = |number: Option<u64>| number.map_or("-".to_owned(), |n| n.to_string());
        let pointer = place.pointer.unwrap_or_else(|| "-".to_owned());
        Some(format!("{} {} {} {pointer}", place.path, number(place.line), number(place.column)))
    }

    #[test]
    fn a_place_is_parsed_as_reports_print_it() {
        let files = ["logs/a.json", r"C:\logs\a.json", "a:3", "b", "b:7", "c (1).json", "-"];
        for (text, expected) in [
            ("logs/a.json", None),
            ("a:3", None),
            ("c (1).json", None),
            ("logs/a.json:12", Some("logs/a.json 12 - -")),
            ("logs/a.json:12:5", Some("logs/a.json 12 5 -")),
            ("logs/a.json:12:5 (/Records/3)", Some("logs/a.json 12 5 /Records/3")),
            ("logs/a.json:1:1 (/)", Some("logs/a.json 1 1 /")),
            ("logs/a.json:12:5(row 4)", Some("logs/a.json 12 5 row 4")),
            ("logs/a.json:2 (byte 609)", Some("logs/a.json 2 - byte 609")),
            ("logs/a.json (/Records/3)", Some("logs/a.json - - /Records/3")),
            (r"C:\logs\a.json:12:5", Some(r"C:\logs\a.json 12 5 -")),
            ("a:3:12:5", Some("a:3 12 5 -")),
            ("a:3:12", Some("a:3 12 - -")),
            // Both `b` and `b:7` exist; the longest name is the file.
            ("b:7:2", Some("b:7 2 - -")),
            ("b:8:2", Some("b 8 2 -")),
            ("c (1).json:1:1 (/0)", Some("c (1).json 1 1 /0")),
            ("-:3:1", Some("- 3 1 -")),
            // A file that does not exist is named without its numbers.
            ("none.json:12:5 (/Records/3)", Some("none.json 12 5 /Records/3")),
            ("none.json", None),
            ("none:", None),
            (":3", None),
            ("none.json:0", None),
            ("none.json:+3", None),
        ] {
            assert_eq!(parsed(text, &files).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_record_contains_the_places_from_its_first_to_its_last_character() {
        let raw = RawRecord {
            offset: 40,
            line: 3,
            column: 5,
            ..RawRecord::alone("{\"name\":\n \"日本\"}")
        };
        for (line, column, holds) in [
            (2, None, false),
            (3, None, true),
            (4, None, true),
            (5, None, false),
            (3, Some(4), false),
            (3, Some(5), true),
            (3, Some(99), true),
            (4, Some(1), true),
            (4, Some(6), true),
            (4, Some(7), false),
        ] {
            let place = RecordPlace { line: Some(line), column, ..somewhere() };
            assert_eq!(place.holds(&raw, "/Records/1"), holds, "{line} {column:?}");
        }
        let one_line = RawRecord { line: 1, column: 10, ..RawRecord::alone("{}") };
        for (column, holds) in [(9, false), (10, true), (11, true), (12, false)] {
            let column = Some(column);
            let place = RecordPlace { line: Some(1), column, ..somewhere() };
            assert_eq!(place.holds(&one_line, ""), holds, "{column:?}");
        }
        for (pointer, holds) in [("/Records/1", true), ("/Records/2", false), ("byte 40", true)] {
            let pointer = Some(pointer.to_owned());
            let place = RecordPlace { pointer, ..somewhere() };
            assert_eq!(place.holds(&raw, "/Records/1"), holds, "{place:?}");
        }
    }
}
