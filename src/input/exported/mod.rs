//! Tables of audit records with a column for each key, as query tools, SIEMs and consoles export
//! them.
//!
//! A row is written as a JSON object, and the format of the record reads that object, so that each
//! trail has one mapping to canonical fields. A field without its columns is missing.

mod column_mapping;
mod iam_events;
mod response_row;
mod row_object;
mod struct_notation;

use std::borrow::Cow;

use super::csv::Cells;
use super::json::too_deep;
use super::trail::{Spelling, TORN};
use super::{ActionTrail, CloudAudit, CloudTrail};
use crate::record::field::event;
use crate::record::{
    Columns, Defect, Envelope, FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Provider,
    RawRecord, Scratch, SkipReason, same_name,
};
use crate::value::{RecordKind, Time};

pub use iam_events::IamEvents;
pub(super) use response_row::ResponseRow;
use row_object::{RowObject, Written};

/// Records of a format as rows of a table.
///
/// A column represents a key of the record, or a key of an object in it: `userIdentity.type`.
#[derive(Debug)]
pub struct Exported {
    name: &'static str,
    doc: &'static str,
    /// The format of the records.
    of: &'static dyn Format,
    /// Keys that must all have a column.
    marks: &'static [&'static str],
    /// Keys of which at least one must have a column.
    one_of: &'static [&'static str],
    /// Columns that only tables of other formats have.
    others: &'static [&'static str],
    /// Names of columns that differ from the key, and the path of that key.
    aliases: &'static [(&'static str, &'static str)],
    /// Words that mean that a cell has no value.
    nothing: &'static [&'static str],
    /// Columns of which one is needed to know whether a sign-in succeeded.
    signin: &'static [&'static str],
}

/// CloudTrail in a table.
pub static CLOUDTRAIL_TABLE: Exported = Exported {
    name: "cloudtrail-table",
    doc: "AWS CloudTrail records as rows of CSV, from CloudTrail Lake, Athena and the \
          console's event history downloads",
    of: &CloudTrail,
    marks: &["eventName"],
    one_of: &["eventSource", "awsRegion"],
    others: &["acsRegion", "eventRW", "requestParameterJson"],
    // The console's event history.
    aliases: &[
        ("User name", "userIdentity.userName"),
        ("AWS access key", "userIdentity.accessKeyId"),
        ("Read-only", "readOnly"),
    ],
    nothing: &[],
    // A failed sign-in has a message but no code.
    signin: &["errorMessage", "responseElements"],
};

/// ActionTrail in a table.
pub static ACTIONTRAIL_TABLE: Exported = Exported {
    name: "actiontrail-table",
    doc: "Alibaba Cloud ActionTrail events as rows of CSV, from a SIEM or Log Service",
    of: &ActionTrail,
    marks: &["eventName"],
    one_of: &["acsRegion", "eventRW", "requestParameterJson"],
    others: &["awsRegion"],
    // Microsoft Sentinel has its own name for the time of an event.
    aliases: &[("TimeGenerated [UTC]", "eventTime"), ("TimeGenerated", "eventTime")],
    nothing: &[],
    signin: &[],
};

/// CloudAudit in a table.
pub static CLOUDAUDIT_TABLE: Exported = Exported {
    name: "cloudaudit-table",
    doc: "Tencent Cloud CloudAudit events as rows of CSV, from its console or Log Service",
    of: &CloudAudit,
    marks: &["eventName"],
    one_of: &["userIdentity.secretId", "actionType", "eventRegion"],
    others: &["awsRegion", "acsRegion"],
    aliases: &[
        ("事件ID", "eventID"),
        ("事件时间", "eventTime"),
        ("事件名称", "eventName"),
        ("事件源", "eventSource"),
        ("事件类型", "eventType"),
        ("事件地域", "eventRegion"),
        ("地域", "eventRegion"),
        ("用户名", "userIdentity.userName"),
        ("用户名称", "userIdentity.userName"),
        ("用户ID", "userIdentity.principalId"),
        ("用户类型", "userIdentity.type"),
        ("主账号ID", "userIdentity.accountId"),
        ("账号ID", "userIdentity.accountId"),
        ("访问密钥", "userIdentity.secretId"),
        ("密钥ID", "userIdentity.secretId"),
        ("操作类型", "actionType"),
        ("资源类型", "resourceType"),
        ("资源名称", "resourceName"),
        ("源IP地址", "sourceIPAddress"),
        ("源IP", "sourceIPAddress"),
        ("用户代理", "userAgent"),
        ("请求ID", "requestID"),
        ("请求参数", "requestParameters"),
        ("响应参数", "responseElements"),
        ("错误码", "errorCode"),
        ("错误信息", "errorMessage"),
        ("API错误码", "apiErrorCode"),
        ("API错误信息", "apiErrorMessage"),
        ("User name", "userIdentity.userName"),
        ("Username", "userIdentity.userName"),
        ("Access key", "userIdentity.secretId"),
        ("Secret ID", "userIdentity.secretId"),
        ("Source IP", "sourceIPAddress"),
        ("Region", "eventRegion"),
    ],
    nothing: &["-"],
    signin: &[],
};

impl Format for Exported {
    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn provider(&self) -> Provider {
        self.of.provider()
    }

    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
    }

    fn reads_rows(&self) -> bool {
        true
    }

    fn knows(&self, columns: &Columns) -> bool {
        let paths = self.paths(columns);
        let has = |name: &&str| paths.iter().flatten().any(|path| path == name);
        let other = |name: &&str| {
            let plain =
                |column: &String| same_name(column.strip_prefix(FLAT).unwrap_or(column), name);
            columns.names().iter().any(plain)
        };
        self.marks.iter().all(has) && self.one_of.iter().any(has) && !self.others.iter().any(other)
    }

    fn carries(&self, origin: &Origin) -> FieldSet {
        let carries = self.of.carries(origin);
        match &origin.columns {
            Some(columns) => {
                let columns = self.paths(columns);
                let mut fields =
                    column_mapping::available_fields(self.provider(), carries, |name| {
                        has(&columns, name)
                    });
                if origin.account.is_some() && carries.contains(event::ACCOUNT) {
                    fields.insert(event::ACCOUNT);
                }
                fields
            }
            None => carries,
        }
    }

    fn mapper(&self, needed: &FieldSet, origin: &Origin, now: Time) -> Box<dyn Mapper> {
        let columns = origin.columns.clone().unwrap_or_default();
        let carries = self.carries(origin);
        // Without its columns, a field would get the value of a record that lacks the key.
        let needed: FieldSet = needed.iter().filter(|id| carries.contains(*id)).collect();
        let inner = Origin { columns: None, ..origin.clone() };
        let paths = self.paths(&columns);
        let silent = !self.signin.is_empty() && !self.signin.iter().any(|name| has(&paths, name));
        let unknown = [event::OK, event::CODE];
        let without: FieldSet = needed.iter().filter(|id| !unknown.contains(id)).collect();
        let spelling = Spelling::of(self.provider());
        Box::new(RowMapper {
            // Without the type it is unknown whether an event is a service event, which has no
            // caller.
            has_event_type: has(&paths, "eventType"),
            signin: silent.then(|| self.of.mapper(&without, &inner, now)),
            api: paths.iter().position(|path| path.as_deref() == Some("eventName")),
            object: origin
                .columns
                .as_ref()
                .map(|columns| RowObject::new(columns, paths, spelling, self.nothing)),
            columns,
            carries,
            of: self.of.mapper(&needed, &inner, now),
        })
    }
}

impl Exported {
    /// The path of the key that each column represents; `None` for a column without a key.
    /// A column with the name of a key takes precedence over one with another name for it.
    fn paths(&self, columns: &Columns) -> Vec<Option<String>> {
        let spelling = Spelling::of(self.provider());
        let own = |name: &String| spelling.path(name.strip_prefix(FLAT).unwrap_or(name));
        let mut paths: Vec<Option<String>> = columns.names().iter().map(own).collect();
        for (name, path) in self.aliases {
            if let Some(at) = columns.position(name)
                && paths[at].is_none()
                && !paths.iter().flatten().any(|own| own == path)
            {
                paths[at] = Some((*path).to_owned());
            }
        }
        paths
    }
}

/// Whether some column is the key at a path, an object around it, or a part of it.
fn has(columns: &[Option<String>], path: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    columns.iter().flatten().any(|column| within(column, path) || within(path, column))
}

/// The prefix of keys that Log Service of Alibaba Cloud flattened.
const FLAT: &str = "event.";

/// Calls that sign in. When they fail, they have no error code.
const SIGN_INS: [&str; 4] = ["ConsoleLogin", "SwitchRole", "CheckMfa", "UserAuthentication"];

/// The note for a sign-in in a table without error messages.
const SILENT: &str =
    "whether a sign-in succeeded is not known: the table has no column of error messages";

struct RowMapper {
    /// `None` if the records are not rows.
    object: Option<RowObject>,
    columns: Columns,
    /// The fields that the columns carry. A rule that needs another field is blind, so a missing
    /// column is not a gap of each row.
    carries: FieldSet,
    has_event_type: bool,
    of: Box<dyn Mapper>,
    /// Reads sign-ins, if the table has no column for their outcome.
    signin: Option<Box<dyn Mapper>>,
    /// The column of the operation.
    api: Option<usize>,
}

impl Mapper for RowMapper {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        scratch.begin();
        let Some(object) = &self.object else { return Outcome::Foreign };
        let mut row = std::mem::take(&mut scratch.row);
        let read = self.read(object, raw, &mut row);
        let outcome = match read {
            Err(outcome) => outcome,
            Ok(_) if too_deep(row.as_bytes()) => {
                Outcome::Skipped(SkipReason::TooDeep, "the JSON in a cell".to_owned())
            }
            Ok(Read { written: Written { torn: Some("userIdentity"), .. }, .. }) => {
                let detail = "the cell of `userIdentity` begins like an object but is not one";
                Outcome::Skipped(SkipReason::Malformed, detail.to_owned())
            }
            Ok(Read { written, signs_in }) => {
                let signin = self.signin.as_ref().filter(|_| signs_in);
                let of = signin.unwrap_or(&self.of);
                let envelope = Envelope { keys: written.keys, ..raw.envelope };
                let outcome = of.map(&RawRecord { text: &row, envelope, ..*raw }, scratch, emit);
                let torn = written.torn.map(|_| TORN);
                scratch.note = scratch.note.or(torn).or(signin.map(|_| SILENT));
                outcome
            }
        };
        scratch.row = row;
        scratch.gaps.retain(|gap| {
            let may_lack = gap.field == event::USER_TYPE && gap.defect == Defect::Missing;
            self.carries.contains(gap.field) && (self.has_event_type || !may_lack)
        });
        outcome
    }
}

/// A row that was read.
struct Read<'o> {
    written: Written<'o>,
    signs_in: bool,
}

impl RowMapper {
    /// Writes the object of a row to `out`.
    fn read<'o>(
        &self,
        object: &'o RowObject,
        raw: &RawRecord<'_>,
        out: &mut String,
    ) -> Result<Read<'o>, Outcome> {
        let signs_in = |api: Option<Cow<'_, str>>| api.is_some_and(|api| SIGN_INS.contains(&&*api));
        // A row of CSV is never a JSON array, because a quote must not follow a bracket in CSV.
        if let Some(row) = ResponseRow::read(raw.text) {
            if !row.has(&self.columns) {
                let detail = "it has other columns than the first row".to_owned();
                return Err(Outcome::Skipped(SkipReason::Malformed, detail));
            }
            let written = object.write(|position| row.get(position), out);
            return Ok(Read { written, signs_in: signs_in(self.api.and_then(|at| row.get(at))) });
        }
        let cells =
            Cells::read(raw.text).map_err(|fault| Outcome::Skipped(fault.reason, fault.detail))?;
        let written = object.write(|position| cells.get(position), out);
        Ok(Read { written, signs_in: signs_in(self.api.and_then(|at| cells.get(at))) })
    }
}

#[cfg(test)]
mod tests;
