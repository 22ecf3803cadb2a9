//! What is known of the records of a file beside their own text.

use crate::value::{Time, Zone};

/// What is known of the records of a file beside their own text: from its head, or from the user.
///
/// Logs share one that says nothing; a reader is prepared for an origin and used while that lasts.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The columns, when the records are rows of a table.
    pub columns: Option<Columns>,
    /// The account, as the user says it, for files that do not name their own.
    pub account: Option<String>,
    /// The zone of times that are written without one, as the user says it.
    pub zone: Option<Zone>,
    /// Which comes first in dates that a spreadsheet wrote, where the file as a whole says so.
    pub date_order: Option<DateOrder>,
    /// The time that the file itself speaks of: what `now` means over its records, unless the user
    /// says otherwise. `None` for logs.
    pub time: Option<Time>,
}

/// What comes first in a date like `3/4/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// The day: 3 April.
    DayFirst,
    /// The month: March 4.
    MonthFirst,
}

/// The names of the columns of a file, in their order.
///
/// Names are compared without regard to case and blanks: vendors write `Account ID` and
/// `AccountID` for one column.
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

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The place of the column with this name, the first where several have it.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| same_name(known, name))
    }
}

/// Whether two column names are the same but for case and blanks.
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
    fn case_and_blanks_do_not_tell_columns_apart() {
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
