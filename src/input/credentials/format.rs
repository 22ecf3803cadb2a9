//! A credential report as a format: it is recognised by its columns and carries their fields.

use super::column::{CellKind, ReportColumn};
use super::mapper::UserMapper;
use super::report::CredentialReport;
use crate::record::field::{cred, key};
use crate::record::{Columns, FieldId, FieldSet, Format, Mapper, Origin, Provider};
use crate::value::{RecordKind, Time};

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
        self.identified_by.iter().all(has) && self.and_one_of.iter().any(has)
    }

    fn carries(&self, origin: &Origin) -> FieldSet {
        let mut fields: FieldSet = [cred::PROVIDER, cred::USER].into_iter().collect();
        let mut add = |field: FieldId| fields.insert(field);
        let user = self.present(origin, self.user);
        // A column that only overrides another one provides no field.
        let gives = |(_, column): &&(usize, &ReportColumn)| column.kind != CellKind::Veto;
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
