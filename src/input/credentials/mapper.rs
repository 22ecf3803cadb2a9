//! The rows of one user as a cred with its keys.

use smallvec::SmallVec;

use super::column::{Filling, ReportColumn};
use super::report::{CredentialReport, KeyLayout};
use super::vocabulary::Writing;
use crate::input::csv::{self, Cells};
use crate::record::field::{cred, key};
use crate::record::{
    FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, RawRecord, Record, Scratch,
    SkipReason, derive,
};
use crate::value::{Items, RecordKind, Time, Value};

/// The note for users whose keys have a time in the future.
const LATER: &str = "a time of a key is later than `now`: the days since then are missing";

/// Reads the rows of one user.
#[derive(Debug)]
pub(super) struct UserMapper {
    /// Whether its records are rows.
    tabular: bool,
    needed: FieldSet,
    provider: &'static str,
    account: Option<String>,
    writing: Writing,
    now: Time,
    user: Vec<(usize, &'static ReportColumn)>,
    /// The position of the user's name.
    name: Option<usize>,
    root: Option<&'static str>,
    types_users: bool,
    /// The columns of each slot, or of the key in each row.
    keys: Vec<Vec<(usize, &'static ReportColumn)>>,
    key_per_row: bool,
    /// The names of slots: the position of a key among the user's keys, from 1.
    slots: Vec<String>,
}

impl UserMapper {
    pub(super) fn new(
        report: &CredentialReport,
        needed: &FieldSet,
        origin: &Origin,
        now: Time,
    ) -> Self {
        let keys = report.key_columns(origin);
        let name = report.user.iter().find(|column| column.fields.contains(&cred::USER));
        // Every user has a type, even if the report does not contain it.
        let mut given = report.carries(origin);
        given.insert(cred::USER_TYPE);
        Self {
            tabular: origin.columns.is_some(),
            needed: needed.iter().filter(|field| given.contains(*field)).collect(),
            provider: report.provider.name(),
            account: origin.account.clone(),
            writing: report.writing(origin),
            now,
            user: report.present(origin, report.user),
            name: name.and_then(|column| report.position(origin, column.name)),
            root: report.root,
            types_users: report.types_users(),
            slots: (1..=keys.len()).map(|slot| slot.to_string()).collect(),
            keys,
            key_per_row: matches!(report.keys, KeyLayout::Rows(_)),
        }
    }

    fn cred<'a>(&'a self, cells: &Cells<'a>, name: &str) -> Filling<'a> {
        let mut cred = Filling::new(RecordKind::Cred, self.needed);
        cred.put(cred::PROVIDER, Value::str(self.provider));
        cred.put(cred::ACCOUNT, Value::maybe_str(self.account.as_deref()));
        if self.types_users {
            let root = self.root == Some(name);
            cred.put(cred::USER_TYPE, Value::str(if root { "root" } else { "user" }));
        } else {
            cred.put(cred::USER_TYPE, Value::str("unknown"));
        }
        for (place, column) in &self.user {
            if let Some(cell) = cells.get(*place) {
                cred.cell(column, cell, &self.writing);
            }
        }
        cred.close();
        cred
    }

    /// The key in these columns, if there is one.
    fn key<'a>(
        &'a self,
        columns: &[(usize, &'static ReportColumn)],
        cells: &Cells<'a>,
        slot: Value<'a>,
    ) -> Option<Filling<'a>> {
        let mut key = Filling::new(RecordKind::Key, self.needed);
        for (place, column) in columns {
            if let Some(cell) = cells.get(*place) {
                key.cell(column, cell, &self.writing);
            }
        }
        // A slot has its columns even without a key, but a row exists only for its key.
        if !(key.valued || (self.key_per_row && key.meaningful)) {
            return None;
        }
        key.put(key::SLOT, slot);
        key.put(key::EXISTS, Value::Bool(true));
        let days = |since: Option<Time>| since.and_then(|since| derive::days(since, self.now));
        let idle = if key.used == Some(false) { key.created } else { key.last_used };
        if let Some(days) = days(key.created) {
            key.put(key::AGE_DAYS, Value::Int(days));
        }
        if let Some(days) = days(idle) {
            key.put(key::IDLE_DAYS, Value::Int(days));
        }
        Some(key)
    }

    fn is_later(&self, key: &Filling<'_>) -> bool {
        [key.created, key.last_used].into_iter().flatten().any(|time| time > self.now)
    }
}

impl Mapper for UserMapper {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        scratch.begin();
        if !self.tabular {
            return Outcome::Foreign;
        }
        let mut rows: SmallVec<[Cells<'_>; 1]> = SmallVec::new();
        for row in csv::rows(raw.text) {
            match Cells::read(row) {
                Ok(cells) => rows.push(cells),
                Err(fault) => return Outcome::Skipped(fault.reason, fault.detail),
            }
        }
        let name = rows.first().zip(self.name).and_then(|(cells, place)| cells.get(place));
        let Some(name) = name.filter(|name| !name.trim().is_empty()) else {
            return Outcome::Skipped(SkipReason::Malformed, "it does not name a user".to_owned());
        };
        let mut cred = self.cred(&rows[0], name.trim());
        let later: Vec<String>;
        let mut keys: SmallVec<[Filling<'_>; 2]> = SmallVec::new();
        if self.key_per_row {
            later = (self.slots.len() + 1..=rows.len()).map(|slot| slot.to_string()).collect();
            let slots = self.slots.iter().chain(&later);
            for (cells, slot) in rows.iter().zip(slots) {
                keys.extend(self.key(&self.keys[0], cells, Value::str(slot)));
            }
        } else {
            for (columns, slot) in self.keys.iter().zip(&self.slots) {
                keys.extend(self.key(columns, &rows[0], Value::str(slot)));
            }
        }
        if keys.iter().any(|key| self.is_later(key)) {
            scratch.note = Some(LATER);
        }
        if self.keys.iter().any(|columns| !columns.is_empty()) {
            let count = |number: usize| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
            cred.put(cred::KEY_COUNT, count(keys.len()));
            // If the state of one key is unknown, the active keys cannot be counted.
            if keys.iter().all(|key| key.active.is_some()) {
                let active = keys.iter().filter(|key| key.active == Some(true)).count();
                cred.put(cred::ACTIVE_KEYS, count(active));
            }
        }
        let keys: SmallVec<[Record<'_>; 2]> = keys.into_iter().map(|key| key.record).collect();
        let mut record = cred.record;
        if self.needed.contains(cred::KEYS) {
            let rows = keys.iter().map(|key| Value::Record(RecordKind::Key, key.values()));
            record.set(cred::KEYS, Value::List(Items::Owned(rows.collect())));
        }
        emit(MappedRecord { record: &record, keys: &keys });
        Outcome::Read
    }
}
