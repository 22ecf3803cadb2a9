//! KT7xxx: lints.

super::codes! {
    /// A negated test over a value that may be missing.
    NEGATED_NULLABLE = "KT7001", "negated test of a nullable value",
        "A negated test is true if the value is missing. Add `has(x) &&`, or compare with `== \
         false`.";
    /// A rule without a matching test or without a non-matching one.
    UNTESTED = "KT7002", "rule without tests on both sides",
        "A rule needs one test with a record that it matches and one with a record that it does \
         not match. Without the first it may never match; without the second it may always match.";
    /// An allowlist entry that tests only what the caller chooses.
    AGENT_ONLY_ENTRY = "KT7010", "entry that relies on the user agent alone",
        "The caller chooses the user agent. If an entry tests nothing else about the caller, \
         anyone who knows the entry can bypass the rule.";
    /// A subject that does not include the account.
    BY_WITHOUT_ACCOUNT = "KT7011", "subject without the account",
        "`by` decides which matches form one finding. Without the account, users or keys with the \
         same name in two accounts share one finding.";
    /// An entry that has expired.
    EXPIRED_ENTRY = "KT7012", "expired allowlist entry",
        "An entry covers nothing after its last valid day. Delete or renew it.";
    /// An entry that expires soon.
    EXPIRING_ENTRY = "KT7013", "allowlist entry that expires soon",
        "The entry expires within 14 days. After that, the calls that it covers count again.";
    /// A severity override that has no effect.
    IDLE_SEVERITY = "KT7014", "severity without effect",
        "The project file sets the severity that the rule already has, or the severity of a \
         disabled rule.";
    /// A list that nothing refers to.
    UNUSED_LIST = "KT7015", "unused list",
        "No rule, definition, parameter or allowlist entry uses the list.";
}
