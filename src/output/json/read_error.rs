//! Why a file that an earlier run wrote cannot be read.

use super::v1;

/// Why a report or a baseline cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// It is not a JSON object with a `schema`.
    NoReport(serde_json::Error),
    /// Its version is unknown to this release; contains its `schema`.
    UnknownVersion(String),
    /// It claims to be version 1 but does not follow that format.
    Malformed(serde_json::Error),
    /// It is a baseline that cannot be read.
    NoBaseline(serde_json::Error),
    /// It is SARIF without the fingerprints of Keytrail; contains the rule of the first result.
    OtherTool(String),
    /// Parts of it contradict each other; contains the clause that says how.
    Contradictory(String),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::NoReport(error) => {
                write!(f, "expected a JSON report of `keytrail scan`, but found {error}")
            }
            ReadError::UnknownVersion(schema) => write!(
                f,
                "expected a report of version `{}`, but found `{}`; a later release may read it",
                v1::SCHEMA,
                crate::diag::escaped(schema, 60)
            ),
            ReadError::Malformed(error) => {
                write!(f, "the report does not follow `{}`: {error}", v1::SCHEMA)
            }
            ReadError::NoBaseline(error) => write!(f, "the baseline cannot be read: {error}"),
            ReadError::OtherTool(rule) => write!(
                f,
                "expected SARIF of `keytrail scan`, but the result of `{}` has no fingerprint of it",
                crate::diag::escaped(rule, 60)
            ),
            ReadError::Contradictory(how) => {
                write!(f, "the report does not follow `{}`: {how}", v1::SCHEMA)
            }
        }
    }
}

impl std::error::Error for ReadError {}
