//! The environment of a test: the policy with the test's own lists, tables and zone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::codes::{rule as codes, table as table_codes};
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::{Definition, Env, Function};
use crate::table::{self, List, ListValue, Table};
use crate::value::Zone;
use crate::yaml::Node;

/// The policy, overridden by a test's lists, tables and zone.
pub(super) struct TestEnv<'a> {
    policy: &'a dyn Env,
    lists: BTreeMap<String, Arc<List>>,
    tables: BTreeMap<String, Arc<Table>>,
    zone: Zone,
    /// Whether the test names that zone.
    zone_is_named: bool,
}

impl<'a> TestEnv<'a> {
    /// The environment of a test that sets no lists, tables or zone.
    pub(super) fn plain(policy: &'a dyn Env) -> Self {
        Self {
            policy,
            lists: BTreeMap::new(),
            tables: BTreeMap::new(),
            zone: Zone::utc(),
            zone_is_named: false,
        }
    }

    /// The environment that a test describes.
    pub(super) fn of(test: &Node, policy: &'a dyn Env, out: &mut Vec<Diagnostic>) -> Self {
        let mut env = Self::plain(policy);
        if let Some(zone) = test.get("zone") {
            match zone.text().and_then(Zone::parse) {
                Some(zone) => {
                    env.zone = zone;
                    env.zone_is_named = true;
                }
                None => out.push(
                    Diagnostic::error(&codes::TEST, "the test names a zone that does not exist")
                        .at(zone.span, "expected a name like `Asia/Shanghai` or an offset"),
                ),
            }
        }
        for entry in test.get("lists").map(Node::entries).unwrap_or(&[]) {
            let id = entry.key.text();
            let Some(declared) = policy.list(id) else {
                out.push(
                    Diagnostic::error(
                        &codes::UNKNOWN_LIST,
                        format!("there is no list `{}`", escaped(id, 60)),
                    )
                    .at(entry.key.span(), "unknown list")
                    .maybe_help(did_you_mean(id, policy.list_ids())),
                );
                continue;
            };
            let values =
                entry.value.items().iter().filter_map(Node::scalar).map(|value| ListValue {
                    text: value.text().to_owned(),
                    span: Some(value.span()),
                });
            let list = List::new(
                id.to_owned(),
                declared.of.clone(),
                declared.description.clone(),
                values.collect(),
            );
            env.lists.insert(id.to_owned(), Arc::new(list));
        }
        for entry in test.get("tables").map(Node::entries).unwrap_or(&[]) {
            let id = entry.key.text();
            let Some(declared) = policy.table(id) else {
                out.push(
                    Diagnostic::error(
                        &table_codes::UNKNOWN_TABLE,
                        format!("there is no table `{}`", escaped(id, 60)),
                    )
                    .at(entry.key.span(), "unknown table")
                    .maybe_help(did_you_mean(id, policy.table_ids())),
                );
                continue;
            };
            match table::from_nodes(declared.declaration(), entry.value.items()) {
                Ok(table) => drop(env.tables.insert(id.to_owned(), Arc::new(table))),
                Err(errors) => out.extend(errors),
            }
        }
        env
    }
}

impl Env for TestEnv<'_> {
    fn functions(&self) -> &'static [&'static dyn Function] {
        self.policy.functions()
    }

    fn list(&self, id: &str) -> Option<&Arc<List>> {
        self.lists.get(id).or_else(|| self.policy.list(id))
    }

    fn list_ids(&self) -> Vec<&str> {
        self.policy.list_ids()
    }

    fn table(&self, id: &str) -> Option<&Arc<Table>> {
        self.tables.get(id).or_else(|| self.policy.table(id))
    }

    fn table_ids(&self) -> Vec<&str> {
        self.policy.table_ids()
    }

    fn definition(&self, name: &str) -> Option<&Definition> {
        self.policy.definition(name)
    }

    fn definition_names(&self) -> Vec<&str> {
        self.policy.definition_names()
    }

    fn zone(&self) -> &Zone {
        &self.zone
    }

    fn project_zone(&self) -> Option<&Zone> {
        self.zone_is_named.then_some(&self.zone)
    }
}
