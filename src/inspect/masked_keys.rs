//! The access keys that the masked keys of a query denote.

use std::collections::BTreeMap;

use crate::diag::Diagnostic;
use crate::diag::codes::query as codes;
use crate::query::{MaskedKey, Tally};
use crate::record::MappedRecord;
use crate::record::field::{cred, event, key};
use crate::value::{RecordKind, mask};

/// Keys that are distinguished for each masked key; further ones are only counted.
const MAX_LISTED: usize = 20;

/// A masked key of a query, and the keys in the inputs that look like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedUse {
    /// The masked key.
    pub masked: MaskedKey,
    /// The keys, by their whole id.
    keys: BTreeMap<String, KeyUse>,
    /// Records with further keys.
    more: u64,
}

/// The use of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct KeyUse {
    /// The user and the account of its first record.
    user: Option<String>,
    account: Option<String>,
    tally: Tally,
}

impl MaskedUse {
    pub(super) fn new(masked: MaskedKey) -> Self {
        Self { masked, keys: BTreeMap::new(), more: 0 }
    }

    /// The number of keys that look like the masked key; a lower bound if there are very many.
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// Notes the keys of a record that look like the masked key.
    pub(super) fn add(&mut self, rows: &MappedRecord<'_>) {
        let record = rows.record;
        if record.kind == RecordKind::Event {
            let time = record.get(event::TIME).as_time();
            let id = record.get(event::AK).as_str();
            self.note(id, [event::USER, event::ACCOUNT].map(|of| record.get(of).as_str()), time);
        } else {
            let owner = [cred::USER, cred::ACCOUNT].map(|of| record.get(of).as_str());
            rows.keys.iter().for_each(|row| self.note(row.get(key::ID).as_str(), owner, None));
        }
    }

    fn note(
        &mut self,
        id: Option<&str>,
        [user, account]: [Option<&str>; 2],
        time: Option<crate::value::Time>,
    ) {
        let Some(id) = id.filter(|id| self.masked.fits(id)) else { return };
        if !self.keys.contains_key(id) {
            if self.keys.len() >= MAX_LISTED {
                self.more += 1;
                return;
            }
            let (user, account) = (user.map(str::to_owned), account.map(str::to_owned));
            let fresh = KeyUse { user, account, tally: Tally::default() };
            self.keys.insert(id.to_owned(), fresh);
        }
        if let Some(usage) = self.keys.get_mut(id) {
            usage.tally.add(time, None);
        }
    }

    /// An error if several keys look like the masked key.
    pub(super) fn problem(&self, on: RecordKind) -> Option<Diagnostic> {
        if self.keys.len() < 2 {
            return None;
        }
        let (text, count) = (&self.masked.text, self.keys.len());
        let at_least = if self.more > 0 { "more than " } else { "" };
        let message = format!("`{text}` may be any of {at_least}{count} access keys of the inputs");
        let error = Diagnostic::error(&codes::MASKED_KEY, message).at(self.masked.span, "");
        let error = self.keys.iter().fold(error, |error, (id, of)| error.help(of.line(&mask(id))));
        let (field, owner) = match on {
            RecordKind::Event => ("event.ak", "event.user"),
            RecordKind::Cred | RecordKind::Key => ("key.id", "cred.user"),
        };
        Some(error.help(format!(
            "`keytrail query '{field}.like(\"{}\")' INPUT --count-by {field},{owner} --show-keys` \
             shows the keys whole",
            self.masked.pattern()
        )))
    }
}

impl KeyUse {
    /// `AKIAEX…0001 of ann in 111122223333: 12 records, 2026-… to 2026-…`.
    fn line(&self, masked: &str) -> String {
        let mut text = masked.to_owned();
        text.extend(self.user.iter().map(|user| format!(" of {user}")));
        text.extend(self.account.iter().map(|account| format!(" in {account}")));
        let count = self.tally.count;
        text.push_str(&format!(": {count} record{}", if count == 1 { "" } else { "s" }));
        if let (Some(first), Some(last)) = (self.tally.first, self.tally.last) {
            text.push_str(&format!(", {first} to {last}"));
        }
        text
    }
}
