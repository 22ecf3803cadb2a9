//! How names, accounts, keys, shares and days are written.

use crate::diag::escaped;
use crate::posture::{Account, Coverage, KeyLabel};
use crate::value::{Time, Zone};

/// Characters of a name.
pub(super) const NAME: usize = 60;

/// `66.6%`, `n/a`.
pub(super) fn percent(coverage: &Coverage) -> String {
    match coverage.tenths() {
        Some(tenths) => format!("{}.{}%", tenths / 10, tenths % 10),
        None => "n/a".to_owned(),
    }
}

/// `aws 111122223333 production`.
pub(super) fn account(account: &Account) -> String {
    let id = account.id.as_deref().unwrap_or("(no account)");
    let name = account.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    escaped(&format!("{} {id}{name}", account.provider.name()), 80)
}

pub(super) fn key(key: &KeyLabel) -> String {
    match &key.id {
        Some(id) => escaped(id, NAME),
        None => format!("key {}", escaped(&key.slot, NAME)),
    }
}

pub(super) fn date(time: Time) -> String {
    time.date(&Zone::utc()).unwrap_or_default()
}
