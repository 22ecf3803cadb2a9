//! Enrichment of findings: looks up the callers, accounts, addresses and keys of the evidence.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::enrichment::{
    Asset, EnrichedAccount, EnrichedKey, EnrichedSource, Enrichment, Identity,
};
use super::finding::Calls;
use super::redact::Redactor;
use crate::expr::Env;
use crate::record::derive;
use crate::record::reference::{ACCOUNTS, AK_NOTES, ASSETS, KEY_POLICIES, NOTES};
use crate::table::Table;
use crate::value::{Items, Value};

/// Redacts secrets but leaves access keys unmasked: outputs mask them.
const WHOLE_KEYS: Redactor = Redactor { show_keys: true };

/// Characters shown of a remark, the same number as in Tencent Cloud's alarms.
const REMARK: usize = 20;
/// Policies listed for a key; the count includes all of them.
const POLICIES: usize = 20;

/// Identities, accounts, sources and keys of the evidence that a finding describes.
pub(crate) const MAX_DESCRIBED: usize = 20;
/// Regions that are listed for one source.
const LOCATIONS: usize = 3;
/// Bytes that are shown of the document of a key's policies.
const DOCUMENT_BYTES: usize = 4 * 1024;

/// Looks up addresses and keys in the tables that describe them. Tables without rows are ignored.
#[derive(Debug, Clone, Default)]
pub struct Enricher {
    accounts: Option<Arc<Table>>,
    assets: Option<Arc<Table>>,
    notes: Option<Arc<Table>>,
    ak_notes: Option<Arc<Table>>,
    policies: Option<Arc<Table>>,
}

impl Enricher {
    /// Creates it with the tables of a policy's environment.
    pub fn new(env: &dyn Env) -> Self {
        let filled = |id| env.table(id).filter(|table| !table.is_empty()).cloned();
        Self {
            accounts: filled(ACCOUNTS),
            assets: filled(ASSETS),
            notes: filled(NOTES),
            ak_notes: filled(AK_NOTES),
            policies: filled(KEY_POLICIES),
        }
    }

    /// What is known about the first identities, accounts, sources and keys of calls.
    pub fn calls(&self, calls: &[Calls]) -> Enrichment {
        let identity = |calls: &Calls| {
            let call = &calls.call;
            let account = call.caller_account.clone().or_else(|| call.account.clone());
            let identified = call.user_type.is_some() || call.user.is_some();
            identified.then(|| Identity {
                user_type: call.user_type.clone(),
                user: call.user.clone(),
                account,
            })
        };
        let accounts = |calls: &'_ Calls| {
            let Calls { call, .. } = calls;
            [call.account.clone(), call.caller_account.clone()]
        };
        let accounts = distinct(calls.iter().flat_map(accounts).flatten());
        let sources = distinct(calls.iter().filter_map(|calls| calls.call.source.as_deref()));
        let keys = distinct(calls.iter().filter_map(|calls| calls.call.ak.as_deref()));
        Enrichment {
            identities: distinct(calls.iter().filter_map(identity)).take(MAX_DESCRIBED).collect(),
            accounts: accounts.take(MAX_DESCRIBED).filter_map(|of| self.account(&of)).collect(),
            sources: sources.take(MAX_DESCRIBED).filter_map(|of| self.source(of, calls)).collect(),
            keys: keys.take(MAX_DESCRIBED).filter_map(|of| self.key(of, calls)).collect(),
        }
    }

    /// What the table of accounts contains about an account; `None` if it does not list it.
    fn account(&self, account: &str) -> Option<EnrichedAccount> {
        let row = find(&self.accounts, account)?;
        Some(EnrichedAccount {
            account: account.to_owned(),
            name: row.text("name"),
            env: row.text("env"),
            owner: row.text("owner"),
        })
    }

    /// What tables and the calls contain about a source; `None` if neither describes it.
    fn source(&self, source: &str, calls: &[Calls]) -> Option<EnrichedSource> {
        let of_source = calls.iter().filter(|calls| calls.call.source.as_deref() == Some(source));
        let locations = distinct(of_source.filter_map(|calls| calls.call.location.clone()));
        let asset = find(&self.assets, source);
        let note = find(&self.notes, source);
        // Without the asset table, the user's own addresses cannot be distinguished from others.
        let ip_type = self
            .assets
            .as_ref()
            .and_then(|_| derive::ip_type(source, asset.is_some(), note.is_some()));
        let enriched = EnrichedSource {
            source: source.to_owned(),
            ip_type,
            remark: note.and_then(|row| row.text("remark")).as_deref().map(remark),
            asset: asset.map(|row| Asset { id: row.text("id"), name: row.text("name") }),
            locations: locations.take(LOCATIONS).collect(),
        };
        let described = enriched.ip_type.is_some()
            || enriched.remark.is_some()
            || enriched.asset.is_some()
            || !enriched.locations.is_empty();
        described.then_some(enriched)
    }

    /// What tables contain about a key; `None` if no table lists it. A temporary key that no row names
    /// is described by the rows of its role, because its policies are those of the role.
    fn key(&self, ak: &str, calls: &[Calls]) -> Option<EnrichedKey> {
        let is_of_role = |calls: &&Calls| {
            calls.call.ak.as_deref() == Some(ak) && calls.call.user_type.as_deref() == Some("role")
        };
        let role = calls.iter().find(is_of_role).and_then(|calls| calls.call.user.as_deref());
        let of_role = |table| role.and_then(|role| find(table, role));
        let (own_note, own) = (find(&self.ak_notes, ak), find(&self.policies, ak));
        let note = own_note.or_else(|| of_role(&self.ak_notes));
        let row = own.or_else(|| of_role(&self.policies));
        let by_role = own_note.is_none() && note.is_some() || own.is_none() && row.is_some();
        let mut policies = row.map_or_else(Vec::new, |row| row.texts("name"));
        policies.sort();
        let policy_count = row.map(|_| policies.len());
        policies.truncate(POLICIES);
        let remark = note.and_then(|row| row.text("remark")).as_deref().map(remark);
        let document = row.and_then(|row| row.text("document"));
        (remark.is_some() || policy_count.is_some()).then(|| EnrichedKey {
            ak: ak.to_owned(),
            remark,
            policies,
            policy_count,
            document: document.map(|text| WHOLE_KEYS.record(&text, DOCUMENT_BYTES)),
            role: role.filter(|_| by_role).map(str::to_owned),
            open: Vec::new(),
        })
    }
}

/// The row of a table for one address or key.
#[derive(Clone, Copy)]
struct TableRow<'t> {
    table: &'t Table,
    row: u32,
}

fn find<'t>(table: &'t Option<Arc<Table>>, key: &str) -> Option<TableRow<'t>> {
    let table = table.as_deref()?;
    Some(TableRow { table, row: table.find(key)? })
}

impl TableRow<'_> {
    fn value(&self, column: &str) -> Value<'_> {
        let column = self.table.declaration().column(column);
        column.map_or(Value::Missing, |column| self.table.value(self.row, column))
    }

    fn text(&self, column: &str) -> Option<String> {
        self.value(column).as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn texts(&self, column: &str) -> Vec<String> {
        match self.value(column) {
            Value::Str(text) => vec![text.into_owned()],
            Value::List(Items::Borrowed(items)) => texts(items),
            Value::List(Items::Owned(items)) => texts(&items),
            _ => Vec::new(),
        }
    }
}

fn texts(items: &[Value<'_>]) -> Vec<String> {
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The first of equal items.
fn distinct<T: Ord + Clone>(items: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut unique = BTreeSet::new();
    items.filter(move |item| unique.insert(item.clone()))
}

/// The beginning of a remark. It is redacted before it is cut, because half a secret is not
/// recognised.
fn remark(text: &str) -> String {
    let text = &*WHOLE_KEYS.text(text);
    match text.char_indices().nth(REMARK) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}
