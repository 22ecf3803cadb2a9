//! The list of events that the IAM audit script writes in addition to its credential report: users
//! and access keys that were created or deleted.

use std::borrow::Cow;

use super::row_object::RowObject;
use crate::input::csv::Cells;
use crate::input::trail::Spelling;
use crate::record::field::event as field;
use crate::record::{
    Columns, Defect, FieldGap, FieldId, FieldSet, Format, MappedRecord, Mapper, Origin, Outcome,
    Provider, RawRecord, Record, Scratch, derive,
};
use crate::value::{Items, Json, KeyCase, RecordKind, Time, Value, Zone};

/// The events CSV of an IAM audit.
#[derive(Debug)]
pub struct IamEvents;

/// The calls that the audit lists.
const CALLS: [&str; 5] =
    ["CreateUser", "DeleteUser", "CreateAccessKey", "DeleteAccessKey", "DeleteLoginProfile"];

/// The columns that identify such a table.
const MARKS: [&str; 4] = ["eventTime", "eventName", "username", "account_id"];

impl Format for IamEvents {
    fn name(&self) -> &'static str {
        "iam-events"
    }

    fn doc(&self) -> &'static str {
        "AWS IAM users and access keys that were created or deleted, as the IAM audit script lists them in CSV"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
    }

    fn reads_rows(&self) -> bool {
        true
    }

    fn knows(&self, columns: &Columns) -> bool {
        MARKS.iter().all(|name| columns.position(name).is_some())
            && columns.position("eventSource").is_none()
    }

    fn carries(&self, origin: &Origin) -> FieldSet {
        use field::{
            ACCOUNT, ACCOUNT_NAME, ACTION, ACTOR, API, CALLER, KIND, NAME, OPERATION, PROVIDER,
            RAW, REGION, RESOURCES, SERVICE, TARGET_USER, TIME, USER,
        };
        let always = [
            ACCOUNT, ACTION, ACTOR, API, CALLER, KIND, NAME, OPERATION, PROVIDER, RAW, REGION,
            SERVICE, TIME, USER,
        ];
        let by_column =
            [("account_name", ACCOUNT_NAME), ("resources", RESOURCES), ("resources", TARGET_USER)];
        let there = |name| match &origin.columns {
            Some(columns) => columns.position(name).is_some(),
            None => true,
        };
        let given = by_column.into_iter().filter(|(name, _)| there(name)).map(|(_, field)| field);
        always.into_iter().chain(given).collect()
    }

    fn mapper(&self, needed: &FieldSet, origin: &Origin, _: Time) -> Box<dyn Mapper> {
        let columns = origin.columns.clone().unwrap_or_default();
        let place = |name| columns.position(name).unwrap_or(usize::MAX);
        Box::new(AuditMapper {
            needed: *needed,
            // The audit writes times with an offset, or without one in UTC.
            zone: origin.zone.clone().unwrap_or_else(Zone::utc),
            rows: origin.columns.is_some(),
            object: RowObject::new(
                &columns,
                vec![None; columns.len()],
                Spelling::of(Provider::Aws),
                &[],
            ),
            time: place("eventTime"),
            api: place("eventName"),
            user: place("username"),
            account: place("account_id"),
            account_name: place("account_name"),
            resources: place("resources"),
        })
    }
}

#[derive(Debug)]
struct AuditMapper {
    needed: FieldSet,
    /// The zone of times without an offset.
    zone: Zone,
    /// Whether the records are rows.
    rows: bool,
    object: RowObject,
    time: usize,
    api: usize,
    user: usize,
    account: usize,
    account_name: usize,
    resources: usize,
}

impl Mapper for AuditMapper {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        scratch.begin();
        if !self.rows {
            return Outcome::Foreign;
        }
        let cells = match Cells::read(raw.text) {
            Ok(cells) => cells,
            Err(fault) => return Outcome::Skipped(fault.reason, fault.detail),
        };
        let cell = |place| {
            let text: Cow<'_, str> = cells.get(place)?;
            (!text.is_empty() && text != "N/A").then_some(text)
        };
        let api = cell(self.api).unwrap_or_default();
        if !CALLS.contains(&&*api) {
            return Outcome::Foreign;
        }
        let Scratch { text, row, gaps, .. } = scratch;
        text.clear();
        let name = derive::push_operation(text, "aws", "iam", &api);
        let operation: &str = text;
        if self.needed.contains(field::RAW) {
            self.object.write(|place| cells.get(place), row);
        }
        let (user, account) = (cell(self.user), cell(self.account).map(derive::aws_account));
        let rounded = account.as_deref().is_some_and(derive::is_rounded);
        let account = account.filter(|_| !rounded);
        if rounded {
            let (field, source) = (field::ACCOUNT, "account_id");
            gaps.push(FieldGap { field, source, defect: Defect::Unreadable });
        }
        let account_name = cell(self.account_name);
        let resources = cell(self.resources);
        let time = cell(self.time).and_then(|text| Time::parse_in(text.trim(), &self.zone));
        if time.is_none() {
            let (field, source) = (field::TIME, "eventTime");
            let missing = cell(self.time).is_none();
            let defect = if missing { Defect::Missing } else { Defect::Unreadable };
            gaps.push(FieldGap { field, source, defect });
        }

        let mut record = Record::new(RecordKind::Event);
        let mut put = |id: FieldId, value| {
            if self.needed.contains(id) {
                record.set(id, value);
            }
        };
        put(field::PROVIDER, Value::str("aws"));
        put(field::KIND, Value::str("call"));
        put(field::SERVICE, Value::str("iam"));
        put(field::ACTION, Value::str("write"));
        put(field::REGION, Value::str("us-east-1"));
        put(field::API, Value::str(&api));
        put(field::NAME, Value::str(&operation[name..]));
        put(field::OPERATION, Value::str(operation));
        put(field::TIME, time.map_or(Value::Missing, Value::Time));
        put(field::ACCOUNT, Value::maybe_str(account.as_deref()));
        put(field::ACCOUNT_NAME, Value::maybe_str(account_name.as_deref()));
        put(field::USER, Value::maybe_str(user.as_deref()));
        put(field::ACTOR, Value::maybe_str(user.as_deref()));
        put(field::CALLER, Value::str(user.as_deref().unwrap_or("an unknown caller")));
        let names = names(resources.as_deref().unwrap_or_default());
        put(field::TARGET_USER, Value::maybe_str(names.clone().find(|name| is_user(name))));
        put(field::RESOURCES, Value::List(Items::Owned(names.map(Value::str).collect())));
        put(field::RAW, Value::Json(Json { text: Cow::Borrowed(row), keys: KeyCase::Any }));
        emit(MappedRecord::of(&record));
        Outcome::Read
    }
}

/// The names in a cell of resources.
fn names(cell: &str) -> impl Iterator<Item = &str> + Clone {
    cell.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// Whether a resource is the name of a user. Calls on access keys list the key next to the user, or
/// only the key.
fn is_user(name: &str) -> bool {
    !name.starts_with("arn:")
        && !["AKIA", "ASIA", "AIDA"].iter().any(|prefix| {
            name.strip_prefix(prefix).is_some_and(|rest| {
                rest.len() >= 12
                    && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            })
        })
}
