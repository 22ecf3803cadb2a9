//! Why the value of a flag cannot be used.

use std::fmt;

/// Why the value of a flag cannot be used. The command line shows it after the flag and the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ArgError {
    /// It is not one of the allowed words; contains their description, with an article.
    NotA(&'static str),
    /// It is not an instant.
    Instant,
    /// It is not a time zone.
    Zone,
    /// The account id is empty.
    Account,
    /// It is not an amount of memory.
    Memory(String),
    /// It is too little memory.
    TooLittleMemory,
    /// It is not a duration.
    Duration(String),
    /// The interval is not longer than zero.
    Interval,
    /// No field matches this name or glob.
    Field {
        /// The name or glob.
        name: String,
        /// The field that was probably meant.
        near: Option<String>,
    },
    /// There is no file after the colon.
    NoFile,
    /// There is no output format of this name.
    Format {
        /// The name.
        name: String,
        /// The format that was probably meant.
        near: Option<&'static str>,
        /// All formats.
        candidates: Vec<&'static str>,
    },
    /// It is not of the form `TABLE=FILE`.
    Table,
    /// It is neither a day nor `never`.
    Day,
    /// It is not an address that may be posted to.
    Endpoint,
}

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArgError::NotA(what) => write!(f, "not {what}"),
            ArgError::Instant => {
                f.write_str("expected a time in RFC 3339, such as 2026-01-31T00:00:00Z")
            }
            ArgError::Zone => f.write_str(
                "there is no such time zone; write a name like Asia/Shanghai, or an offset like \
                 +08:00",
            ),
            ArgError::Account => f.write_str("expected an account id"),
            ArgError::Memory(text) => {
                write!(f, "`{text}` is not an amount of memory; expected one like `512M` or `2G`")
            }
            ArgError::TooLittleMemory => f.write_str("a run needs at least 16M"),
            ArgError::Duration(text) => {
                write!(f, "`{text}` is not a duration; expected one like `30s`, `5m` or `1h30m`")
            }
            ArgError::Interval => {
                f.write_str("the interval must be longer than zero, such as `1s`")
            }
            ArgError::Field { name, near: Some(near) } => {
                write!(f, "no field matches `{name}`; did you mean `{near}`?")
            }
            ArgError::Field { name, near: None } => {
                write!(f, "no field matches `{name}`; `keytrail fields` lists them")
            }
            ArgError::NoFile => f.write_str("expected a file after the colon"),
            ArgError::Format { name, near: Some(near), .. } => {
                write!(f, "there is no format `{name}`; did you mean `{near}`?")
            }
            ArgError::Format { name, near: None, candidates } => {
                write!(f, "there is no format `{name}`; there are {}", candidates.join(", "))
            }
            ArgError::Day => f.write_str("expected a day like 2027-03-31, or `never`"),
            ArgError::Endpoint => f.write_str(
                "expected an address that begins with https://; http:// is accepted only for this machine",
            ),
            ArgError::Table => f.write_str(
                "expected the id of a table and its data file, like `accounts=accounts.csv`",
            ),
        }
    }
}

impl std::error::Error for ArgError {}
