//! The evidence of a finding: rows of calls, and the records that they show.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::finding::{MAX_OTHER_OPERATIONS, TargetKind};
use crate::output::json::word::Word;

type Text<'a> = Cow<'a, str>;

/// One row of evidence: calls that differ only in their time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calls<'a> {
    /// The access key; masked unless `run.show_keys` is true.
    pub ak: Option<Text<'a>>,
    /// The source address, or the source as recorded if it is not an address.
    pub source: Option<Text<'a>>,
    /// The access method of the call.
    pub method: Option<Text<'a>>,
    /// The cloud service.
    pub service: Option<Text<'a>>,
    /// The operation.
    pub api: Option<Text<'a>>,
    /// The caller.
    pub user: Option<Text<'a>>,
    /// What kind of identity called: `root`, `user`, `role`, ….
    pub user_type: Option<Text<'a>>,
    /// The account in which the call was made.
    pub account: Option<Text<'a>>,
    /// The account of the caller, if the log gives another one.
    pub caller_account: Option<Text<'a>>,
    /// The region of the source, as the log names it.
    pub location: Option<Text<'a>>,
    /// Whether the call succeeded.
    pub ok: Option<bool>,
    /// The day in the time zone of the run; null if the matches are on several days.
    pub day: Option<Text<'a>>,
    /// The number of days with matches; 0 in a report that does not count them.
    #[serde(default)]
    pub days: u64,
    /// The number of matches.
    pub count: u64,
    /// The number of these that an allowlist entry covers.
    pub suppressed: u64,
    /// The time of the first match.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The time of the last match.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
    /// The resources that the calls name, at most 20.
    #[serde(default)]
    pub targets: Vec<Target<'a>>,
    /// The first records of the row.
    pub samples: Vec<Sample<'a>>,
}

/// A resource that a call names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target<'a> {
    /// Its kind.
    pub kind: Word<TargetKind>,
    /// Its name or id; an access key is masked unless `run.show_keys` is true.
    pub name: Text<'a>,
}

/// A redacted record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample<'a> {
    /// The time of the event.
    #[schemars(schema_with = "time")]
    pub time: Option<String>,
    /// The provider's id of the event.
    pub id: Option<Text<'a>>,
    /// The provider's id of the request.
    pub request_id: Option<Text<'a>>,
    /// A name that does not depend on the file: `aws/cloudtrail/<account>/<region>/<event id>`.
    pub name: Text<'a>,
    /// The redacted and shortened record; empty if it was not retained.
    pub text: Text<'a>,
    /// The redacted and shortened parameters of the call; null if it has none.
    pub request: Option<Text<'a>>,
    /// Its location.
    pub location: Location<'a>,
}

/// The location of a record in the inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Location<'a> {
    /// The index of the input in `roots`.
    pub root: usize,
    /// The path below that input.
    pub path: Text<'a>,
    /// The first line of the record in the decompressed file, from 1.
    pub line: u64,
    /// The column of its first character, in UTF-16 code units from 1.
    pub column: u64,
    /// Its last line.
    pub end_line: u64,
    /// The column after its last character.
    pub end_column: u64,
    /// The offset in bytes at which the record begins in the decompressed file.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// Its position in its container, such as `/Records/17`.
    pub pointer: Text<'a>,
}

/// The evidence that a finding leaves out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Others<'a> {
    /// The number of rows.
    pub rows: u64,
    /// The number of matches in these rows.
    pub count: u64,
    /// The first twenty operations in these rows, in order of weight.
    #[serde(default)]
    pub operations: Vec<OperationCount<'a>>,
}

impl<'a> Others<'a> {
    /// Adds rows that are left out to those that already are; `None` if no row is left out.
    pub(in crate::output::json) fn sum(rest: &[Calls<'a>], others: Option<Self>) -> Option<Self> {
        if rest.is_empty() {
            return others;
        }
        let none = Others { rows: 0, count: 0, operations: Vec::new() };
        let others = others.unwrap_or(none);
        let (rows, count) = (others.rows + rest.len() as u64, rest.iter().map(|row| row.count));
        let count = others.count + count.sum::<u64>();
        let of_rest = rest.iter().map(|row| {
            let parts = [&row.service, &row.api].into_iter().flatten();
            let parts: Vec<&str> = parts.map(|part| &**part).collect();
            OperationCount { name: parts.join(".").into(), count: row.count }
        });
        let mut operations: Vec<OperationCount<'a>> = Vec::new();
        for of in of_rest.chain(others.operations) {
            match operations.iter_mut().find(|listed| listed.name == of.name) {
                Some(listed) => listed.count += of.count,
                None => operations.push(of),
            }
        }
        operations.truncate(MAX_OTHER_OPERATIONS);
        Some(Others { rows, count, operations })
    }
}

/// An operation and its matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OperationCount<'a> {
    /// Service and operation, such as `s3.GetObject`.
    pub name: Text<'a>,
    /// Its matches in rows that were left out.
    pub count: u64,
}

/// The schema of a time that may be missing.
pub(super) fn time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "format": "date-time" })
}
