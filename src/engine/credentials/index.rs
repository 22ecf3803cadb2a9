//! An index of report rows: finds the row of a key or user, and the newest report of an account.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::stored_reports::{ReportRow, ReportRowId, StoredReports};
use crate::finding::digest128;
use crate::record::derive::local_name;
use crate::record::field::{cred, event, key};
use crate::record::{
    FieldId, FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Record, Scratch,
};
use crate::value::{Time, Value};

/// The time of a report without a time; sorts before every other.
const UNDATED: i64 = i64::MIN;

/// The credential reports of a run and an index of their rows. Runs and queries look rows up in it.
pub struct Credentials<'h> {
    stored: &'h StoredReports,
    /// The time of the newest dated report by format and account (`""` if the report names no
    /// account).
    newest: BTreeMap<&'static str, BTreeMap<String, Time>>,
    /// Sorted by digest and then time; empty unless an expression over events reads reports.
    keys: Vec<IndexEntry>,
    users: Vec<IndexEntry>,
}

/// An index entry: the row of a key or user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct IndexEntry {
    digest: u128,
    /// When the report was made, in microseconds, or [`UNDATED`].
    time: i64,
    row: ReportRowId,
    /// The index of the key among the row's keys.
    key: u32,
}

/// The row of an event's key or user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JoinedRow {
    pub(super) row: ReportRowId,
    /// The index of the key that signed the event, if the report contains it.
    pub(super) key: Option<u32>,
}

/// Several rows fit an event equally well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ambiguous;

impl<'h> Credentials<'h> {
    /// Reads every row once and indexes it. `joined` is whether events look up rows.
    pub fn new(stored: &'h StoredReports, joined: bool) -> Self {
        let mut all = Self { stored, newest: BTreeMap::new(), keys: Vec::new(), users: Vec::new() };
        let mut reader = ReportRowReader::default();
        for row in stored.rows() {
            let time = row.origin.time;
            reader.read(&row, &mut |format, rows| {
                if let Some(time) = time {
                    let account = text(rows.record, cred::ACCOUNT).unwrap_or_default();
                    let of_format = all.newest.entry(format.name()).or_default();
                    match of_format.get_mut(account) {
                        Some(newest) => *newest = time.max(*newest),
                        None => {
                            of_format.insert(account.to_owned(), time);
                        }
                    }
                }
                if joined {
                    all.add(row.id, time.map_or(UNDATED, |time| time.0), rows);
                }
            });
        }
        all.keys.sort_unstable();
        all.users.sort_unstable();
        all
    }

    fn add(&mut self, row: ReportRowId, time: i64, rows: MappedRecord<'_>) {
        let record = rows.record;
        let provider = text(record, cred::PROVIDER).unwrap_or_default();
        let account = text(record, cred::ACCOUNT);
        let entry = |digest, key| IndexEntry { digest, time, row, key };
        for name in names(record) {
            // Two entries: one for events of this account, and one for events that name no account.
            for of in [Scope::of(account), Scope::Any] {
                self.users.push(entry(user(provider, name, of), u32::MAX));
            }
        }
        for (number, row) in (0u32..).zip(rows.keys) {
            if let Some(id) = text(row, key::ID) {
                self.keys.push(entry(access_key(provider, id), number));
            }
        }
    }

    pub(super) fn stored(&self) -> &'h StoredReports {
        self.stored
    }

    /// Whether rules evaluate a row. They do not if a newer report of the same format and account
    /// supersedes its report.
    pub fn in_force(&self, format: &str, row: &Record<'_>, time: Time) -> bool {
        let account = text(row, cred::ACCOUNT).unwrap_or_default();
        let newest = self.newest.get(format).and_then(|of_format| of_format.get(account));
        newest.is_none_or(|newest| time >= *newest)
    }

    /// Finds the row of a key at a time.
    pub(super) fn find_key(
        &self,
        provider: &str,
        id: &str,
        time: Option<i64>,
    ) -> Result<Option<JoinedRow>, Ambiguous> {
        let fits = range(&self.keys, access_key(provider, id));
        let entry = self.choose([fits, &[]], time)?;
        Ok(entry.map(|entry| JoinedRow { row: entry.row, key: Some(entry.key) }))
    }

    /// Finds the row of a user by name or stable id at a time. Without an account, every account is
    /// searched.
    pub(super) fn find_user(
        &self,
        provider: &str,
        account: Option<&str>,
        name: &str,
        time: Option<i64>,
    ) -> Result<Option<JoinedRow>, Ambiguous> {
        let names = [Name::User(local_name(provider, name)), Name::Id(name)];
        self.named(provider, account, names.into_iter(), time)
    }

    /// Finds the row of the first of these names that has one in the account.
    fn named<'n>(
        &self,
        provider: &str,
        account: Option<&str>,
        names: impl Iterator<Item = Name<'n>>,
        time: Option<i64>,
    ) -> Result<Option<JoinedRow>, Ambiguous> {
        for name in names {
            let fits = |of| range(&self.users, user(provider, name, of));
            let fits = match account {
                Some(account) => [fits(Scope::Account(account)), fits(Scope::Unnamed)],
                None => [fits(Scope::Any), &[]],
            };
            if let Some(entry) = self.choose(fits, time)? {
                return Ok(Some(JoinedRow { row: entry.row, key: None }));
            }
        }
        Ok(None)
    }

    /// Finds the row of the key that signed the event, or else the row of the calling user.
    pub(super) fn find(&self, record: &Record<'_>) -> Result<Option<JoinedRow>, Ambiguous> {
        // Most runs have no report, and then no name has to be looked up.
        if self.keys.is_empty() && self.users.is_empty() {
            return Ok(None);
        }
        let provider = text(record, event::PROVIDER).unwrap_or_default();
        let time = match record.get(event::TIME) {
            Value::Time(time) => Some(time.0),
            _ => None,
        };
        if let Some(ak) = text(record, event::AK)
            && let Some(found) = self.find_key(provider, ak, time)?
        {
            return Ok(Some(found));
        }
        // The user belongs to the calling account, which may differ from the account of the log.
        let account = text(record, event::CALLER_ACCOUNT).or_else(|| text(record, event::ACCOUNT));
        self.named(provider, account, callers(record), time)
    }

    /// Chooses the newest report that is not later than the event, or else the oldest report. The
    /// entries of each slice are sorted by time.
    fn choose<'e>(
        &self,
        fits: [&'e [IndexEntry]; 2],
        time: Option<i64>,
    ) -> Result<Option<&'e IndexEntry>, Ambiguous> {
        let until = |entries: &'e [IndexEntry], time: i64| {
            entries.partition_point(|entry| entry.time <= time)
        };
        let earlier = fits.map(|of| of[..until(of, time.unwrap_or(i64::MAX))].last());
        let best = earlier.into_iter().flatten().max_by_key(|entry| entry.time);
        let first = || fits.into_iter().filter_map(<[IndexEntry]>::first).min_by_key(|e| e.time);
        let Some(best) = best.or_else(first) else { return Ok(None) };
        let same = fits.into_iter().flat_map(|of| {
            let from = of.partition_point(|entry| entry.time < best.time);
            &of[from..until(of, best.time)]
        });
        let text = |entry: &IndexEntry| self.stored.row(entry.row).map(|row| row.raw.text);
        // Two copies of a report contain the same row; equal rows are not ambiguous.
        let differs = |entry: &IndexEntry| entry.row != best.row && text(entry) != text(best);
        if same.clone().any(differs) {
            return Err(Ambiguous);
        }
        Ok(same.min_by_key(|entry| entry.row))
    }
}

/// The mapper of a format for the rows of one report.
type Prepared = (Arc<Origin>, &'static dyn Format, Box<dyn Mapper>);

/// Reads rows for the index.
#[derive(Default)]
struct ReportRowReader {
    scratch: Scratch,
    /// The mapper for the report that was read last.
    mapper: Option<Prepared>,
}

impl ReportRowReader {
    /// Passes the mapped row to `visit`. A row that cannot be read is reported when rules evaluate
    /// it.
    fn read(
        &mut self,
        row: &ReportRow<'_>,
        visit: &mut dyn FnMut(&'static dyn Format, MappedRecord<'_>),
    ) {
        for &format in row.formats {
            let is_prepared = |(origin, of, _): &Prepared| {
                Arc::ptr_eq(origin, row.origin) && of.name() == format.name()
            };
            if !self.mapper.as_ref().is_some_and(is_prepared) {
                let needed: FieldSet = [
                    cred::PROVIDER,
                    cred::ACCOUNT,
                    cred::USER,
                    cred::USER_ID,
                    cred::USER_TYPE,
                    key::ID,
                ]
                .into_iter()
                .collect();
                let mapper = format.mapper(&needed, row.origin, Time(0));
                self.mapper = Some((Arc::clone(row.origin), format, mapper));
            }
            let (Some((_, _, mapper)), scratch) = (&self.mapper, &mut self.scratch) else { return };
            let read = catch_unwind(AssertUnwindSafe(|| {
                mapper.map(&row.raw, scratch, &mut |rows| visit(format, rows))
            }));
            if !matches!(read, Ok(Outcome::Foreign)) {
                return;
            }
        }
    }
}

fn range(entries: &[IndexEntry], digest: u128) -> &[IndexEntry] {
    let start = entries.partition_point(|entry| entry.digest < digest);
    let end = start + entries[start..].partition_point(|entry| entry.digest == digest);
    &entries[start..end]
}

/// The names by which events may refer to the user of a row.
fn names<'r>(record: &'r Record<'_>) -> impl Iterator<Item = Name<'r>> {
    let root = (text(record, cred::USER_TYPE) == Some("root")).then_some(Name::Root);
    let provider = text(record, cred::PROVIDER);
    let name = text(record, cred::USER).filter(|_| root.is_none());
    let name = name.map(|name| Name::User(local_name(provider.unwrap_or_default(), name)));
    let id = text(record, cred::USER_ID).filter(|_| root.is_none()).map(Name::Id);
    [root, name, id].into_iter().flatten()
}

/// The names of an event's caller, the most reliable first. Roles and services have none, because
/// their names are not user names.
fn callers<'r>(record: &'r Record<'_>) -> impl Iterator<Item = Name<'r>> {
    let (root, user) = match text(record, event::USER_TYPE) {
        Some("root") => (true, false),
        Some("user" | "collaborator" | "receiver" | "unknown") => (false, true),
        _ => (false, false),
    };
    let id = text(record, event::USER_ID).filter(|_| user).map(Name::Id);
    let provider = text(record, event::PROVIDER);
    let name = text(record, event::USER).filter(|_| user);
    let name = name.map(|name| Name::User(local_name(provider.unwrap_or_default(), name)));
    [root.then_some(Name::Root), id, name].into_iter().flatten()
}

/// An identifier of a user.
#[derive(Debug, Clone, Copy)]
enum Name<'r> {
    /// The root user of the account, regardless of its name.
    Root,
    /// The provider's stable id.
    Id(&'r str),
    /// The user name.
    User(&'r str),
}

/// The scope in which a name is looked up.
#[derive(Debug, Clone, Copy)]
enum Scope<'r> {
    Account(&'r str),
    /// Rows of reports that name no account.
    Unnamed,
    /// Rows of any account.
    Any,
}

impl<'r> Scope<'r> {
    fn of(account: Option<&'r str>) -> Self {
        account.map_or(Scope::Unnamed, Scope::Account)
    }
}

fn user(provider: &str, name: Name<'_>, scope: Scope<'_>) -> u128 {
    let (kind, name) = match name {
        Name::Root => ("root", ""),
        Name::Id(id) => ("id", id),
        Name::User(name) => ("user", name),
    };
    let (scope, account) = match scope {
        Scope::Account(account) => ("account", account),
        Scope::Unnamed => ("unnamed", ""),
        Scope::Any => ("any", ""),
    };
    digest128(&[provider, kind, name, scope, account].map(str::as_bytes))
}

fn access_key(provider: &str, id: &str) -> u128 {
    digest128(&[provider.as_bytes(), b"key", id.as_bytes()])
}

fn text<'r>(record: &'r Record<'_>, field: FieldId) -> Option<&'r str> {
    record.get(field).as_str().filter(|text| !text.is_empty())
}
