//! Redaction of rows of a table, cell by cell.

use std::borrow::Cow;

use super::key_name::Above;
use super::redactor::{REDACTED, Redactor, cut};
use crate::value::Time;

/// Words in names of columns that describe a secret and do not contain it: `password_last_used`.
const ABOUT: [&str; 29] = [
    "enabled",
    "enable",
    "exist",
    "exists",
    "active",
    "status",
    "state",
    "last",
    "next",
    "age",
    "days",
    "count",
    "required",
    "reset",
    "policy",
    "expired",
    "expires",
    "expiry",
    "expiration",
    "date",
    "time",
    "created",
    "changed",
    "rotated",
    "rotation",
    "used",
    "type",
    "name",
    "mfa",
];

/// Words that reports write instead of a value.
const WORDS: [&str; 12] = [
    "true",
    "false",
    "yes",
    "no",
    "n/a",
    "-",
    "--",
    "null",
    "none",
    "no_information",
    "not_supported",
    "password",
];

impl Redactor {
    /// Redacts rows of CSV, preceded by the names of their columns. The result has at most `limit`
    /// bytes, with a mark where it is cut.
    ///
    /// A cell is redacted as a whole if the name of its column marks it as a secret.
    pub fn rows(&self, columns: &[String], rows: &str, limit: usize) -> String {
        let secret: Vec<bool> = columns.iter().map(|name| is_secret(name)).collect();
        let rows = match secret.contains(&true) {
            true => Cow::Owned(without(rows, &secret)),
            false => Cow::Borrowed(rows),
        };
        let mut out = self.text(&format!("{}\n{rows}", columns.join(","))).into_owned();
        cut(&mut out, limit);
        out
    }
}

/// Whether the name of a column marks its cells as secrets.
fn is_secret(name: &str) -> bool {
    Above::default().under(name).secret && !words(name).any(|word| ABOUT.contains(&&*word))
}

/// The words of a name in lower case: `passwordLastUsed` has three.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut before = ' ';
    let spaced: String = name
        .chars()
        .flat_map(|c| {
            let begins = before.is_lowercase() && c.is_uppercase();
            before = c;
            begins.then_some(' ').into_iter().chain([c])
        })
        .collect();
    let words = spaced.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.collect::<Vec<_>>().into_iter()
}

/// The rows, in which the cells of secret columns are replaced if they reveal anything.
fn without(rows: &str, secret: &[bool]) -> String {
    let mut out = String::with_capacity(rows.len());
    let (mut rest, mut column) = (rows, 0);
    loop {
        let end = cell_end(rest);
        let (cell, after) = rest.split_at(end);
        let hidden = secret.get(column).is_some_and(|is| *is) && reveals(cell);
        out.push_str(if hidden { REDACTED } else { cell });
        let Some(separator) = after.chars().next() else { return out };
        column = if separator == ',' { column + 1 } else { 0 };
        out.push(separator);
        rest = &after[separator.len_utf8()..];
    }
}

/// Where the first cell ends. A comma or a line end inside quotes belongs to the cell.
fn cell_end(text: &str) -> usize {
    let mut quoted = false;
    let end = text.bytes().position(|byte| {
        quoted ^= byte == b'"';
        !quoted && matches!(byte, b',' | b'\n' | b'\r')
    });
    end.unwrap_or(text.len())
}

fn reveals(cell: &str) -> bool {
    let text = cell.trim().trim_matches('"').trim();
    !text.is_empty()
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
        && Time::parse(text).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_redacted_by_the_name_of_its_column() {
        let columns = |names: &str| names.split(',').map(str::to_owned).collect::<Vec<_>>();
        let header = "user,password,password_last_used,secret_access_key,access_key_1_active";
        for (row, shown) in [
            ("bob,hunter2,2026-03-04,wxyz,true", "bob,[redacted],2026-03-04,[redacted],true"),
            ("bob,\"a,\"\"b\nc\",N/A,,false", "bob,[redacted],N/A,,false"),
            ("bob,true,x,-,\"y\"", "bob,true,x,-,\"y\""),
            ("bob,p1\r\nann,p2,,s3,t", "bob,[redacted]\r\nann,[redacted],,[redacted],t"),
            ("bob,p,,s,t,more,than,columns", "bob,[redacted],,[redacted],t,more,than,columns"),
            ("bob,\"never closed", "bob,[redacted]"),
            ("", ""),
        ] {
            let found = Redactor { show_keys: false }.rows(&columns(header), row, 4096);
            assert_eq!(found, format!("{header}\n{shown}"), "{row}");
        }
        let long = Redactor { show_keys: false }.rows(&columns("a,b"), &"x".repeat(100), 20);
        assert!(long.starts_with("a,b\nxxxx") && long.ends_with("bytes more)"), "{long}");
    }

    #[test]
    fn columns_that_describe_a_secret_are_not_redacted() {
        for name in [
            "password_enabled",
            "password_last_changed",
            "password_next_rotation",
            "user",
            "Console password status",
            "access_key_1_last_rotated",
            "credential_id",
        ] {
            assert!(!is_secret(name), "{name}");
        }
        for name in [
            "password",
            "Password",
            "secret_access_key",
            "SecretKey",
            "apiToken",
            "pwd",
            "storage_password",
            "user_password_statement",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }
}
