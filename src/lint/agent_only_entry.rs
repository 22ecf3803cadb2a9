//! Allowlist entries that trust the user agent alone.

use super::Lint;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// An entry whose conditions any caller can satisfy.
pub(super) static AGENT_ONLY_ENTRY: Lint = Lint {
    name: "agent-only-entry",
    code: &codes::AGENT_ONLY_ENTRY,
    doc: "An allowlist entry that tests the user agent but does not identify the caller.",
    run: |policy, _| {
        let entries = policy.allowlist.entries.iter().filter(|entry| entry.trusts_agent_alone());
        let problems = entries.map(|entry| {
            let message = format!(
                "the allowlist entry `{}` relies on the user agent alone, which the caller can choose",
                entry.id
            );
            Diagnostic::warning(&codes::AGENT_ONLY_ENTRY, message)
                .at(entry.span, "")
                .help("add `ip`, `ak`, `user` or `account`, so that the entry identifies the caller")
        });
        problems.collect()
    },
};
