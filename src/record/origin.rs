//! What is known about the records of a file apart from their text.

use crate::value::{Time, Zone};

/// What is known about the records of a file apart from their text. It comes from the head of the
/// file or from the user.
///
/// All logs share an empty origin. A mapper is prepared for one origin and used until the origin
/// changes.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The columns if the records are rows of a table.
    pub columns: Option<Columns>,
    /// The account that the user states, for files that do not contain their own.
    pub account: Option<String>,
    /// The zone that the user states, for times without an offset.
    pub zone: Option<Zone>,
    /// The order of day and month in dates that a spreadsheet wrote, if the whole file determines
    /// it.
    pub date_order: Option<DateOrder>,
    /// The time that the file reports on. `now` has this value for its records, unless the user
    /// states another time. `None` for logs.
    pub time: Option<Time>,
}

/// The first part of a date such as `3/4/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// The day: 3 April.
    DayFirst,
    /// The month: March 4.
    MonthFirst,
}

/// The names of the columns of a file, in order.
///
/// Names are compared without regard to case and blanks, because vendors write both `Account ID`
/// and `AccountID` for the same column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    names: Vec<String>,
}

impl Columns {
    /// Columns with these names, as written.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self { names: names.into_iter().collect() }
    }

    /// The names, as written.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The index of the column with this name; the first if several columns have it.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| same_name(own, name))
    }
}

/// Whether two column names are equal, ignoring case and blanks.
pub fn same_name(a: &str, b: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = char> + '_ {
        name.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_ignore_case_and_blanks() {
        let columns = Columns::new(["Account ID", "user_name", " MFA Active"].map(str::to_owned));
        for (name, place) in [
            ("AccountID", Some(0)),
            ("account id", Some(0)),
            ("USER_NAME", Some(1)),
            ("username", None),
            ("mfaactive", Some(2)),
            ("", None),
        ] {
            assert_eq!(columns.position(name), place, "{name}");
        }
        assert_eq!((columns.len(), columns.is_empty()), (3, false));
    }
}
