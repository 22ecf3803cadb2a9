//! A credential report as a format: claimed by its columns, carrying what they hold.

use super::column::{Column, Kind};
use super::mapper::UserMapper;
use crate::record::field::{cred, key};
use crate::record::{Columns, FieldId, FieldSet, Format, Mapper, Origin, Provider};
use crate::value::{RecordKind, Time, Zone};

/// A format of credential reports: a table of its columns.
#[derive(Debug)]
pub struct CredentialReport {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) provider: Provider,
    /// Every column in the vendor's order: what rows without a header are read by.
    pub(super) header: &'static [&'static str],
    /// A table is of this format when it has all of these columns…
    pub(super) told_by: &'static [&'static str],
    /// …and one of these.
    pub(super) and_one_of: &'static [&'static str],
    /// Columns that say whose row it is.
    pub(super) identity: &'static [&'static str],
    /// The name of the root user's row.
    pub(super) root: Option<&'static str>,
    /// The zone of times that are written without an offset.
    pub(super) zone: &'static str,
    /// Whom the report does not list.
    pub(super) omits: Option<&'static str>,
    /// Columns that say something of the user.
    pub(super) user: &'static [Column],
    /// Columns that say something of the user's keys.
    pub(super) keys: Keys,
}

/// Where a report has the keys of a user.
#[derive(Debug)]
pub(super) enum Keys {
    /// In columns of the user's row, for each key the same ones.
    Slots(&'static [&'static [Column]]),
    /// Each in a row of its own, which repeats what is said of the user.
    Rows(&'static [Column]),
}

impl CredentialReport {
    /// Where columns stand in a file; the vendor's order where nothing is known of it.
    pub(super) fn position(&self, origin: &Origin, name: &str) -> Option<usize> {
        match &origin.columns {
            Some(columns) => columns.position(name),
            None => self.header.iter().position(|known| *known == name),
        }
    }

    /// Columns of a user that a file has, with their places.
    pub(super) fn present(
        &self,
        origin: &Origin,
        columns: &'static [Column],
    ) -> Vec<(usize, &'static Column)> {
        let place = |column: &'static Column| Some((self.position(origin, column.name)?, column));
        columns.iter().filter_map(place).collect()
    }

    /// The columns of each key that a file has, with their places.
    pub(super) fn key_columns(&self, origin: &Origin) -> Vec<Vec<(usize, &'static Column)>> {
        match self.keys {
            Keys::Slots(slots) => slots.iter().map(|slot| self.present(origin, slot)).collect(),
            Keys::Rows(columns) => vec![self.present(origin, columns)],
        }
    }

    /// The zone of times without an offset.
    pub(super) fn zone(&self, origin: &Origin) -> Zone {
        let own = || Zone::parse(self.zone).unwrap_or_else(Zone::utc);
        origin.zone.clone().unwrap_or_else(own)
    }
}

impl Format for CredentialReport {
    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn provider(&self) -> Provider {
        self.provider
    }

    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Cred, RecordKind::Key]
    }

    fn omits(&self) -> Option<&'static str> {
        self.omits
    }

    fn columns(&self) -> &'static [&'static str] {
        self.header
    }

    fn knows(&self, columns: &Columns) -> bool {
        let has = |name: &&str| columns.position(name).is_some();
        self.told_by.iter().all(has) && self.and_one_of.iter().any(has)
    }

    fn carries(&self, origin: &Origin) -> FieldSet {
        let mut fields: FieldSet = [cred::PROVIDER, cred::USER].into_iter().collect();
        let mut add = |field: FieldId| fields.insert(field);
        let user = self.present(origin, self.user);
        // A column that only takes back gives nothing.
        let gives = |(_, column): &&(usize, &Column)| column.kind != Kind::Veto;
        user.iter().filter(gives).flat_map(|(_, column)| column.fields).copied().for_each(&mut add);
        if origin.account.is_some() {
            add(cred::ACCOUNT);
        }
        if self.types_users() {
            add(cred::USER_TYPE);
        }
        let keys = self.key_columns(origin).concat();
        keys.iter().flat_map(|(_, column)| column.fields).copied().for_each(&mut add);
        if !keys.is_empty() {
            [cred::KEYS, cred::KEY_COUNT, key::SLOT, key::EXISTS].into_iter().for_each(&mut add);
        }
        for (from, to) in [
            (key::ACTIVE, cred::ACTIVE_KEYS),
            (key::CREATED, key::AGE_DAYS),
            (key::LAST_USED, key::IDLE_DAYS),
        ] {
            if fields.contains(from) {
                fields.insert(to);
            }
        }
        fields
    }

    fn mapper(&self, needed: &FieldSet, origin: &Origin, now: Time) -> Box<dyn Mapper> {
        Box::new(UserMapper::new(self, needed, origin, now))
    }
}

impl CredentialReport {
    /// Whether the user's name or the report's nature tells what kind of user it is, without a
    /// column for it.
    pub(super) fn types_users(&self) -> bool {
        !self.user.iter().any(|column| column.fields.contains(&cred::USER_TYPE))
    }
}
