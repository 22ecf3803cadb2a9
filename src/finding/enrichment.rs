//! Enrichment of findings: what the policy's tables contain about their addresses and keys.

use std::sync::Arc;

use super::redact::Redactor;
use crate::expr::Env;
use crate::record::derive;
use crate::record::reference::{AK_NOTES, ASSETS, KEY_POLICIES, NOTES};
use crate::table::Table;
use crate::value::{Items, Value};

/// Characters shown of a remark, the same number as in Tencent Cloud's alarms.
const REMARK: usize = 20;
/// Policies listed of a key; the count includes all of them.
const POLICIES: usize = 20;

/// What tables contain about the source of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrichedSource {
    /// The address.
    pub source: String,
    /// Its kind, if there is an asset table: `lan`, `account`, `external`, or one of these with
    /// `_noted`.
    pub ip_type: Option<&'static str>,
    /// The remark on it, at most 20 characters.
    pub remark: Option<String>,
    /// The resource that has this address.
    pub asset: Option<Asset>,
}

/// A resource in one of the user's own accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// What tables and other findings contain about an access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrichedKey {
    /// The unmasked key; outputs mask it.
    pub ak: String,
    /// The remark on it, at most 20 characters.
    pub remark: Option<String>,
    /// The first 20 of its policies, sorted by name.
    pub policies: Vec<String>,
    /// How many policies it has; `None` if no table lists it.
    pub policy_count: Option<usize>,
    /// Open findings of credential reports about this key.
    pub open: Vec<OpenFinding>,
}

impl EnrichedKey {
    /// A key that is described only by these findings.
    pub fn with_findings(ak: &str, open: Vec<OpenFinding>) -> Self {
        Self { ak: ak.to_owned(), remark: None, policies: Vec::new(), policy_count: None, open }
    }
}

/// Another finding of the run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenFinding {
    /// The id of its rule.
    pub rule: String,
    /// Its fingerprint.
    pub fingerprint: String,
}

/// Looks up addresses and keys in the tables that describe them. Tables without rows are ignored.
#[derive(Debug, Clone, Default)]
pub struct Enricher {
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
            assets: filled(ASSETS),
            notes: filled(NOTES),
            ak_notes: filled(AK_NOTES),
            policies: filled(KEY_POLICIES),
        }
    }

    /// What tables contain about a source; `None` if no table lists it.
    pub fn source(&self, source: &str) -> Option<EnrichedSource> {
        let asset = find(&self.assets, source);
        let note = find(&self.notes, source);
        // Without the asset table, the user's own addresses cannot be distinguished from others.
        let ip_type = self
            .assets
            .as_ref()
            .and_then(|_| derive::ip_type(source, asset.is_some(), note.is_some()));
        let known = EnrichedSource {
            source: source.to_owned(),
            ip_type,
            remark: note.and_then(|row| row.text("remark")).as_deref().map(remark),
            asset: asset.map(|row| Asset { id: row.text("id"), name: row.text("name") }),
        };
        (known.ip_type.is_some() || known.remark.is_some() || known.asset.is_some())
            .then_some(known)
    }

    /// What tables contain about a key; `None` if no table lists it.
    pub fn key(&self, ak: &str) -> Option<EnrichedKey> {
        let note = find(&self.ak_notes, ak);
        let row = find(&self.policies, ak);
        let mut policies = row.map_or_else(Vec::new, |row| row.texts("name"));
        policies.sort();
        let policy_count = row.map(|_| policies.len());
        policies.truncate(POLICIES);
        let remark = note.and_then(|row| row.text("remark")).as_deref().map(remark);
        (remark.is_some() || policy_count.is_some()).then(|| EnrichedKey {
            ak: ak.to_owned(),
            remark,
            policies,
            policy_count,
            open: Vec::new(),
        })
    }
}

/// The row of a table for one address or key.
#[derive(Clone, Copy)]
struct Found<'t> {
    table: &'t Table,
    row: u32,
}

fn find<'t>(table: &'t Option<Arc<Table>>, key: &str) -> Option<Found<'t>> {
    let table = table.as_deref()?;
    Some(Found { table, row: table.find(key)? })
}

impl Found<'_> {
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

/// The beginning of a remark. It is redacted before it is cut, because half a secret is not
/// recognised.
fn remark(text: &str) -> String {
    let text = &*Redactor { show_keys: true }.text(text);
    match text.char_indices().nth(REMARK) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}
