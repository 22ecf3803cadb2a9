//! Collects what is read: creds by report, and events that changed credentials.

use std::collections::BTreeMap;
use std::io;

use super::model::{Files, Lost};
use super::remediation_event::RemediationLog;
use super::trend::Snapshot;
use super::user::User;
use crate::finding::Redactor;
use crate::inspect::{FileView, RecordCounts, RecordView, Viewer};
use crate::record::field::{cred, key};
use crate::record::{FieldId, FieldSet, FileStatus, Format, Record, Skip};
use crate::value::{RecordKind, Time};

/// The number of skipped records that are described for each file.
const DESCRIBED: usize = 3;

/// The number of files with losses that are described; further ones are counted.
const LOST: usize = 100;

/// Fields of reports, and what is unknown if a report has no such column.
pub(super) const REQUIRED_FIELDS: [(FieldId, &str); 8] = [
    (cred::CONSOLE, "who can sign in to the console"),
    (cred::MFA, "who has a second factor"),
    (cred::PASSWORD_LAST_USED, "zombie accounts, and how recently passwords were used"),
    (cred::KEYS, "keys"),
    (key::ACTIVE, "which keys are active; all count as in use"),
    (key::CREATED, "ages of keys"),
    (key::LAST_USED, "which keys are in use, and which were never used"),
    (key::LAST_SERVICE, "shared service accounts"),
];

/// Everything that was read, before totals are computed.
#[derive(Debug)]
pub(super) struct Collector {
    pub(super) redactor: Redactor,
    /// By format and account; `""` for reports without an account.
    pub(super) reports: BTreeMap<(&'static str, String), Reports>,
    pub(super) log: RemediationLog,
    pub(super) files: Files,
    pub(super) creds: u64,
    pub(super) notes: Vec<String>,
    /// State of the file that is being read.
    skips: Vec<(u64, String)>,
    number: u64,
}

/// The reports of one format and account.
#[derive(Debug)]
pub(super) struct Reports {
    pub(super) format: &'static dyn Format,
    /// The account's name in the report.
    pub(super) name: Option<String>,
    /// The newest dated report and its users.
    pub(super) newest: Option<(Time, BTreeMap<String, User>)>,
    /// Reports without a date.
    pub(super) undated: BTreeMap<String, User>,
    /// All dated reports.
    pub(super) snapshots: BTreeMap<Time, Snapshot>,
    /// By time: the number of files, and the fields that their columns cannot carry.
    pub(super) files: BTreeMap<Option<Time>, FilesOf>,
}

/// The files that contain one report.
#[derive(Debug, Default)]
pub(super) struct FilesOf {
    pub(super) count: u64,
    last: u64,
    pub(super) carries: Option<FieldSet>,
}

impl Collector {
    pub(super) fn new(redactor: Redactor) -> Self {
        Self {
            redactor,
            reports: BTreeMap::new(),
            log: RemediationLog::default(),
            files: Files::default(),
            creds: 0,
            notes: Vec::new(),
            skips: Vec::new(),
            number: 0,
        }
    }

    /// The fields that are read.
    pub(super) fn fields() -> FieldSet {
        let own = [
            cred::PROVIDER,
            cred::ACCOUNT,
            cred::ACCOUNT_NAME,
            cred::USER,
            cred::USER_ID,
            cred::USER_TYPE,
            cred::CREATED,
            cred::LOGIN_PROTECTED,
            cred::PASSWORD_USED,
            key::ID,
            key::SLOT,
            key::USED,
            key::AT_RISK,
        ];
        let required = REQUIRED_FIELDS.iter().map(|(field, _)| *field);
        let own: FieldSet = own.into_iter().chain(required).filter(|f| *f != cred::KEYS).collect();
        own.union(RemediationLog::fields())
    }

    /// Adds a cred.
    fn cred(&mut self, record: &RecordView<'_>) {
        let (file, format) = (record.file, record.format);
        let Some(name) = text(record.record, cred::USER) else { return };
        let account = text(record.record, cred::ACCOUNT).unwrap_or_default();
        let made = file.origin.time;
        self.creds += 1;
        let reports =
            self.reports.entry((format.name(), account.to_owned())).or_insert_with(|| Reports {
                format,
                name: None,
                newest: None,
                undated: BTreeMap::new(),
                snapshots: BTreeMap::new(),
                files: BTreeMap::new(),
            });
        if reports.name.is_none() {
            let name = text(record.record, cred::ACCOUNT_NAME);
            reports.name = name.map(|name| self.redactor.text(name).into_owned());
        }
        let files = reports.files.entry(made).or_default();
        if files.last != self.number {
            files.last = self.number;
            files.count += 1;
            let carries = format.carries(file.origin);
            files.carries = Some(files.carries.map_or(carries, |existing| {
                existing.iter().filter(|field| carries.contains(*field)).collect()
            }));
        }
        reports.add(name, User::read(record.record, record.keys, made, file.now), made);
    }

    fn lost(&mut self, lost: Lost) {
        if self.files.lost.len() < LOST {
            self.files.lost.push(lost);
        } else {
            self.files.more_lost += 1;
        }
    }
}

impl Reports {
    fn add(&mut self, name: &str, user: User, made: Option<Time>) {
        let Some(made) = made else { return merge(&mut self.undated, name, user) };
        self.snapshots.entry(made).or_default().add(name, &user, made);
        let newest = self.newest.get_or_insert_with(|| (made, BTreeMap::new()));
        if made > newest.0 {
            *newest = (made, BTreeMap::new());
        }
        if made == newest.0 {
            merge(&mut newest.1, name, user);
        }
    }

    /// The reports whose users are counted: the newest dated one, and those without a date.
    pub(super) fn in_force(&self) -> impl Iterator<Item = (Option<Time>, &FilesOf)> {
        let newest = self.newest.as_ref().map(|(time, _)| *time);
        self.files
            .iter()
            .filter(move |(made, _)| made.is_none() || **made == newest)
            .map(|(made, files)| (*made, files))
    }
}

/// Adds a user, or merges it with the user that is already known.
pub(super) fn merge(users: &mut BTreeMap<String, User>, name: &str, user: User) {
    match users.get_mut(name) {
        Some(existing) => existing.merge(user),
        None => drop(users.insert(name.to_owned(), user)),
    }
}

impl Viewer for Collector {
    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        self.number += 1;
        self.skips.clear();
        Ok(())
    }

    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()> {
        *self.files.formats.entry(record.format.name()).or_default() += record.raw.rows;
        match record.record.kind {
            RecordKind::Event => self.log.add(record.record),
            RecordKind::Cred | RecordKind::Key => self.cred(record),
        }
        Ok(())
    }

    fn skipped(&mut self, _: &FileView<'_>, skip: &Skip) -> io::Result<()> {
        if self.skips.len() < DESCRIBED {
            let detail = self.redactor.text(&skip.detail);
            self.skips.push((skip.line, format!("{}: {detail}", skip.reason)));
        }
        Ok(())
    }

    fn end(&mut self, file: &FileView<'_>, counts: &RecordCounts) -> io::Result<()> {
        self.files.records += counts.records;
        for (reason, count) in &counts.skipped {
            *self.files.skipped.entry(reason).or_default() += count;
        }
        match &file.account.status {
            FileStatus::Read => self.files.read += 1,
            FileStatus::NotAnInput { .. } | FileStatus::Declined { .. } => self.files.other += 1,
            FileStatus::Unclaimed { .. } | FileStatus::Unreadable { .. } => {}
        }
        let reason = match &file.account.status {
            FileStatus::Unclaimed { reason } | FileStatus::Unreadable { reason } => {
                Some(self.redactor.text(reason).into_owned())
            }
            _ => None,
        };
        let skipped = counts.skips();
        let faults: Vec<String> = file
            .account
            .faults
            .iter()
            .map(|fault| self.redactor.text(fault).into_owned())
            .collect();
        if reason.is_some() || skipped > 0 || !faults.is_empty() {
            let records = std::mem::take(&mut self.skips);
            self.lost(Lost { path: file.path.to_owned(), reason, skipped, records, faults });
        }
        // Notes about a report concern its users. Notes about logs do not matter, because only some
        // of their events are read.
        if counts.rows.contains_key(RecordKind::Cred.name()) {
            let of_records = counts.notes.iter().map(|(note, n)| format!("{note}; records: {n}"));
            for note in file.account.notes.iter().cloned().chain(of_records) {
                let note = format!("{}: {}", file.path, self.redactor.text(&note));
                self.notes.push(note);
            }
        }
        Ok(())
    }
}

fn text<'r>(record: &'r Record<'_>, field: FieldId) -> Option<&'r str> {
    record.get(field).as_str().filter(|text| !text.is_empty())
}
