//! Allowlist entries that have expired or will expire soon.

use super::Lint;
use crate::allow::EntryState;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// An entry whose last valid day is past.
pub(super) static EXPIRED_ENTRY: Lint = Lint {
    name: "expired-entry",
    code: &codes::EXPIRED_ENTRY,
    doc: "An allowlist entry that has expired.",
    run: |policy, clock| {
        let entries = policy.allowlist.entries.iter();
        let problems =
            entries.filter(|entry| entry.state(clock) == EntryState::Expired).map(|entry| {
                let message = format!(
                    "the allowlist entry `{}` expired after {} and covers nothing",
                    entry.id, entry.expires
                );
                Diagnostic::warning(&codes::EXPIRED_ENTRY, message)
                    .at(entry.expires_span, "")
                    .help(format!("delete it, or ask {} whether it is still approved", entry.owner))
            });
        problems.collect()
    },
};

/// An entry that expires within 14 days.
pub(super) static EXPIRING_ENTRY: Lint = Lint {
    name: "expiring-entry",
    code: &codes::EXPIRING_ENTRY,
    doc: "An allowlist entry that ends within 14 days.",
    run: |policy, clock| {
        let entries = policy.allowlist.entries.iter();
        let problems =
            entries.filter(|entry| entry.state(clock) == EntryState::Expiring).map(|entry| {
                let message =
                    format!("the allowlist entry `{}` ends after {}", entry.id, entry.expires);
                Diagnostic::note(&codes::EXPIRING_ENTRY, message).at(entry.expires_span, "").help(format!(
                    "the calls that it covers count again from then on; ask {} whether it is still approved",
                    entry.owner
                ))
            });
        problems.collect()
    },
};
