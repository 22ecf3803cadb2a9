//! What the user states about inputs that lack this information.

use std::fmt;

use super::{Columns, Format, Origin, same_name};
#[cfg(feature = "native")]
use crate::source::PathPattern;
use crate::value::Zone;

/// A statement of the user, with its origin: `--account`, `keytrail.yaml:4`.
#[derive(Debug, Clone)]
pub struct Setting<T> {
    /// The value that the user states.
    pub value: T,
    /// The origin of the statement.
    pub by: String,
}

impl<T> Setting<T> {
    /// Creates a statement.
    pub fn new(value: T, by: impl Into<String>) -> Self {
        Self { value, by: by.into() }
    }
}

/// What the user states about a file. Information in the file itself takes precedence.
#[derive(Debug, Clone, Default)]
pub struct Hint {
    /// The only format to try.
    pub format: Option<Setting<&'static dyn Format>>,
    /// The account of its records if they do not name one.
    pub account: Option<Setting<String>>,
    /// The zone of its times if they have no offset.
    pub zone: Option<Setting<Zone>>,
    /// The columns of its rows if it has no header.
    pub columns: Option<Setting<Columns>>,
}

impl Hint {
    /// These statements, with those of `other` where none is set here.
    #[must_use]
    pub fn or(&self, other: &Hint) -> Hint {
        let (first, second) = (self.clone(), other.clone());
        Hint {
            format: first.format.or(second.format),
            account: first.account.or(second.account),
            zone: first.zone.or(second.zone),
            columns: first.columns.or(second.columns),
        }
    }

    /// What is known about a file before it is opened.
    pub fn origin(&self) -> Origin {
        Origin {
            columns: self.columns.as_ref().map(|setting| setting.value.clone()),
            account: self.account.as_ref().map(|setting| setting.value.clone()),
            zone: self.zone.as_ref().map(|setting| setting.value.clone()),
            ..Origin::default()
        }
    }
}

#[cfg(feature = "native")]
/// What the user states about the files that a pattern matches: an entry of `inputs` in the project
/// file.
#[derive(Debug, Clone)]
pub struct HintEntry {
    /// The files.
    pub paths: PathPattern,
    /// The statements about them.
    pub hint: Hint,
    /// The origin of the statements.
    pub by: String,
}

#[cfg(feature = "native")]
/// Everything that the user states about the inputs of a run.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// Statements about every file; they take precedence over the entries.
    pub every: Hint,
    /// Statements about some files; the first entry that matches a file applies.
    pub entries: Vec<HintEntry>,
}

/// Why names of columns cannot be used. The command line and the project file report it; `Display`
/// is a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnNamesError {
    /// There is no name.
    Empty,
    /// The column with this number, from 1, has no name.
    Unnamed(usize),
    /// Two columns have this name.
    Duplicate(String),
}

impl fmt::Display for ColumnNamesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ColumnNamesError::Empty => f.write_str("no column is named"),
            ColumnNamesError::Unnamed(number) => write!(f, "column {number} has no name"),
            ColumnNamesError::Duplicate(name) => write!(f, "the column `{name}` is named twice"),
        }
    }
}

impl std::error::Error for ColumnNamesError {}

/// Columns that a user names, in order. Blanks around a name are removed.
///
/// # Errors
///
/// If there is no name, a name is empty, or two names are the same apart from case and blanks.
pub fn column_names(names: impl IntoIterator<Item = String>) -> Result<Columns, ColumnNamesError> {
    let names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
    if names.is_empty() {
        return Err(ColumnNamesError::Empty);
    }
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(ColumnNamesError::Unnamed(at + 1));
        }
        if names[..at].iter().any(|before| same_name(before, name)) {
            return Err(ColumnNamesError::Duplicate(name.clone()));
        }
    }
    Ok(Columns::new(names))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_first_statement_takes_precedence() {
        let setting = |text: &str, by| Some(Setting::new(text.to_owned(), by));
        let flags = Hint { account: setting("1", "--account"), ..Hint::default() };
        let zone = Some(Setting::new(Zone::utc(), "keytrail.yaml:3"));
        let entry = Hint { account: setting("2", "keytrail.yaml:3"), zone, ..Hint::default() };
        let both = flags.or(&entry);
        assert_eq!(both.account.as_ref().unwrap().by, "--account");
        let origin = both.origin();
        assert_eq!((origin.account.as_deref(), origin.zone), (Some("1"), Some(Zone::utc())));
    }

    #[test]
    fn column_names_are_present_and_unique() {
        for (text, problem) in [
            ("user, mfa_active", None),
            ("user,,mfa", Some("column 2 has no name")),
            ("User,mfa,u ser", Some("the column `u ser` is named twice")),
            ("", Some("column 1 has no name")),
        ] {
            let columns = column_names(text.split(',').map(str::to_owned));
            assert_eq!(columns.err().map(|e| e.to_string()).as_deref(), problem, "{text}");
        }
        assert_eq!(column_names(["  a b ".to_owned()]).unwrap().names(), ["a b"]);
        assert_eq!(column_names([]).err(), Some(ColumnNamesError::Empty));
    }
}
