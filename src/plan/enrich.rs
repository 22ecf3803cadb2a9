//! Enrichment: adds fields from the tables of the policy, between the mapper and the rules.

use std::sync::Arc;

use crate::expr::Env;
use crate::record::derive::{self, Caller};
use crate::record::field::event;
use crate::record::reference::{ACCOUNTS, ASSETS, NOTES, REFERENCES, SHARED_ROLES, fields};
use crate::record::{FieldId, FieldSet, Record};
use crate::table::{ColumnType, Table};
use crate::value::{RecordKind, Value};

/// Adds fields from tables to records.
#[derive(Debug, Clone, Default)]
pub struct Enrichment {
    assets: Option<Arc<Table>>,
    notes: Option<Arc<Table>>,
    /// The table of accounts, and its column of names.
    accounts: Option<(Arc<Table>, usize)>,
    /// Roles whose sessions are distinguished as separate callers.
    shared_roles: Option<Arc<Table>>,
    /// The required fields that a table with rows provides.
    gives: FieldSet,
}

impl Enrichment {
    /// The enrichment that provides these fields from the tables of `env`.
    pub fn new(env: &dyn Env, needed: FieldSet) -> Self {
        let filled = |id| env.table(id).filter(|table| !table.is_empty()).cloned();
        let mut own = Self {
            assets: filled(ASSETS),
            notes: filled(NOTES),
            accounts: filled(ACCOUNTS).and_then(|table| {
                let column = table.declaration().column("name")?;
                (table.columns()[column].ty == ColumnType::Str).then_some((table, column))
            }),
            shared_roles: filled(SHARED_ROLES)
                .filter(|_| needed.contains(event::ACTOR) || needed.contains(event::CALLER)),
            gives: FieldSet::EMPTY,
        };
        let given = |field: FieldId| match field {
            event::IP_TYPE => own.assets.is_some(),
            _ => own.accounts.is_some(),
        };
        own.gives = fields().iter().filter(|f| needed.contains(*f) && given(*f)).collect();
        own
    }

    /// The fields of enriched records: `carries`, and the fields that tables provide. A table
    /// provides a field if the format carries the field that its row is looked up by.
    pub fn carries(&self, carries: FieldSet) -> FieldSet {
        let given = REFERENCES
            .iter()
            .filter(|of| self.gives.contains(of.field) && carries.contains(of.key))
            .map(|of| of.field);
        carries.union(given.collect())
    }

    /// The enriched record; `None` if the tables add nothing. Fields that the record has are not
    /// replaced, except the actor and the caller of a shared role.
    pub fn fill<'r>(&'r self, record: &'r Record<'r>) -> Option<Record<'r>> {
        if self.gives.is_empty() && self.shared_roles.is_none() {
            return None;
        }
        let mut filled = None;
        if record.kind == RecordKind::Event && self.shares_role(record) {
            let filled = filled.get_or_insert_with(|| record.borrow());
            let text = |field| record.get(field).as_str();
            let of = Caller {
                ak: text(event::AK),
                ak_type: if text(event::AK_TYPE) == Some("long_term") { "long_term" } else { "" },
                role: text(event::ROLE),
                session: text(event::SESSION),
                user_id: text(event::USER_ID),
                ..Caller::default()
            };
            filled.set(event::ACTOR, Value::maybe_str(derive::actor(of, true)));
            filled.set(event::CALLER, Value::Str(derive::caller(of, true)));
        }
        for of in REFERENCES.iter().filter(|of| of.field.kind() == record.kind) {
            if !self.gives.contains(of.field) || !record.get(of.field).is_missing() {
                continue;
            }
            let Some(key) = record.get(of.key).as_str() else { continue };
            let value = match of.field {
                event::IP_TYPE => Value::maybe_str(self.ip_type(key)),
                _ => self.account_name(key),
            };
            if !value.is_missing() {
                filled.get_or_insert_with(|| record.borrow()).set(of.field, value);
            }
        }
        filled
    }

    fn shares_role(&self, record: &Record<'_>) -> bool {
        let role = record.get(event::ROLE).as_str();
        self.shared_roles.as_ref().zip(role).is_some_and(|(table, role)| table.find(role).is_some())
    }

    fn ip_type(&self, ip: &str) -> Option<&'static str> {
        let within = |table: &Option<Arc<Table>>| {
            table.as_ref().is_some_and(|table| table.find(ip).is_some())
        };
        derive::ip_type(ip, within(&self.assets), within(&self.notes))
    }

    fn account_name(&self, account: &str) -> Value<'_> {
        self.accounts.as_ref().map_or(Value::Missing, |(table, column)| {
            table.find(account).map_or(Value::Missing, |row| table.value(row, *column))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::expr::Function;
    use crate::record::field::cred;
    use crate::source::Sources;
    use crate::table::{Column, Declaration, Match, from_nodes};
    use crate::value::{RecordKind, Zone};

    struct TestEnv(Vec<Arc<Table>>, Zone);

    impl Env for TestEnv {
        fn functions(&self) -> &'static [&'static dyn Function] {
            &[]
        }
        fn table(&self, id: &str) -> Option<&Arc<Table>> {
            self.0.iter().find(|table| table.id() == id)
        }
        fn zone(&self) -> &Zone {
            &self.1
        }
    }

    fn table(id: &str, matching: Match, rows: &str) -> Arc<Table> {
        let column = |name: &str| Column { name: name.to_owned(), ty: ColumnType::Str };
        let declaration = Declaration {
            id: id.to_owned(),
            description: String::new(),
            columns: vec![column("key"), column("name")],
            key: 0,
            matching,
            scanned: false,
            span: None,
        };
        let mut sources = Sources::default();
        let rows = crate::yaml::parse(sources.add("rows", rows), &sources).unwrap();
        Arc::new(from_nodes(&Arc::new(declaration), rows.items()).unwrap())
    }

    fn host(tables: &[&str]) -> TestEnv {
        let all = [
            table(ASSETS, Match::Cidr, "[{key: 203.0.113.0/24}, {key: 10.0.0.0/8}]"),
            table(NOTES, Match::Cidr, "[{key: 203.0.113.7}, {key: 10.0.0.1}, {key: 192.0.2.1}]"),
            table(ACCOUNTS, Match::Exact, "[{key: '1', name: prod}, {key: '2'}]"),
            table(SHARED_ROLES, Match::Exact, "[{key: on-call}]"),
        ];
        TestEnv(all.into_iter().filter(|t| tables.contains(&t.id())).collect(), Zone::utc())
    }

    fn filled(tables: &[&str], field: FieldId, key: FieldId, value: &str) -> Option<String> {
        let enrichment = Enrichment::new(&host(tables), fields());
        let mut record = Record::new(field.kind());
        record.set(key, Value::str(value));
        let filled = enrichment.fill(&record)?;
        filled.get(field).as_str().map(str::to_owned)
    }

    #[test]
    fn an_address_is_of_one_of_six_kinds() {
        let of = |tables: &[&str], ip| filled(tables, event::IP_TYPE, event::IP, ip);
        for (ip, both, assets_only) in [
            ("203.0.113.7", "account_noted", "account"),
            ("203.0.113.8", "account", "account"),
            ("192.0.2.1", "external_noted", "external"),
            ("192.0.2.2", "external", "external"),
            ("10.0.0.1", "lan_noted", "lan"),
            ("10.0.0.2", "lan", "lan"),
            ("::ffff:203.0.113.7", "account_noted", "account"),
        ] {
            assert_eq!(of(&[ASSETS, NOTES], ip).as_deref(), Some(both), "{ip}");
            assert_eq!(of(&[ASSETS], ip).as_deref(), Some(assets_only), "{ip}");
            assert_eq!(of(&[NOTES], ip), None, "{ip}");
        }
        assert_eq!(of(&[ASSETS, NOTES], "AWS Internal"), None);
    }

    #[test]
    fn an_account_has_the_name_in_the_table() {
        for (field, key) in
            [(event::ACCOUNT_NAME, event::ACCOUNT), (cred::ACCOUNT_NAME, cred::ACCOUNT)]
        {
            let name = |tables: &[&str], account| filled(tables, field, key, account);
            assert_eq!(name(&[ACCOUNTS], "1").as_deref(), Some("prod"));
            assert_eq!(name(&[ACCOUNTS], "2"), None);
            assert_eq!(name(&[ACCOUNTS], "3"), None);
            assert_eq!(name(&[ASSETS], "1"), None);
        }
    }

    #[test]
    fn sessions_of_a_shared_role_are_distinguished() {
        let host = host(&[SHARED_ROLES]);
        let enrichment = Enrichment::new(&host, [event::ACTOR].into_iter().collect());
        let filled = |role: &'static str| {
            let mut record = Record::new(RecordKind::Event);
            for (field, value) in [
                (event::ROLE, role),
                (event::SESSION, "ann"),
                (event::USER_ID, "AROAEXAMPLE:ann"),
                (event::ACTOR, role),
            ] {
                record.set(field, Value::str(value));
            }
            let filled = enrichment.fill(&record)?;
            let text = |field| filled.get(field).as_str().map(str::to_owned);
            text(event::ACTOR).zip(text(event::CALLER))
        };
        let expected = ("AROAEXAMPLE:ann".to_owned(), "on-call/ann".to_owned());
        assert_eq!(filled("on-call"), Some(expected));
        assert_eq!(filled("deploy"), None);
    }

    #[test]
    fn fields_of_the_record_are_not_replaced() {
        let host = host(&[ASSETS, ACCOUNTS]);
        let enrichment = Enrichment::new(&host, fields());
        let mut record = Record::new(RecordKind::Event);
        record.set(event::IP, Value::str("192.0.2.2"));
        record.set(event::ACCOUNT, Value::str("1"));
        record.set(event::ACCOUNT_NAME, Value::str("mine"));
        let filled = enrichment.fill(&record).unwrap();
        assert_eq!(filled.get(event::ACCOUNT_NAME).as_str(), Some("mine"));
        assert_eq!(filled.get(event::IP_TYPE).as_str(), Some("external"));
        assert_eq!(filled.get(event::IP).as_str(), Some("192.0.2.2"));
    }

    #[test]
    fn unneeded_fields_are_not_enriched() {
        let mut record = Record::new(RecordKind::Event);
        record.set(event::IP, Value::str("192.0.2.2"));
        let none = Enrichment::new(&host(&[ASSETS, ACCOUNTS]), FieldSet::EMPTY);
        assert!(none.fill(&record).is_none());
        let carries: FieldSet = [event::IP].into_iter().collect();
        assert_eq!(none.carries(carries), carries);
        let some = Enrichment::new(&host(&[ASSETS, ACCOUNTS]), fields());
        let expected: FieldSet = [event::IP, event::IP_TYPE].into_iter().collect();
        assert_eq!(some.carries(carries), expected);
    }
}
