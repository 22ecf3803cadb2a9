//! KT7xxx: lints.

super::codes! {
    /// A negated test over a value that may be missing.
    NEGATED_NULLABLE = "KT7001", "negated test over a nullable value",
        "A missing value makes a negated test true: add `has(x) &&` or compare with `== false`.";
    /// A rule without tests on both sides.
    UNTESTED = "KT7002", "rule without tests on both sides",
        "A rule needs a test with a record that it matches and one with a record that it does not: \
         without the first it may never fire, without the second it may always fire.";
    /// An allowlist entry that tests what the caller chooses.
    AGENT_ONLY_ENTRY = "KT7010", "entry that trusts the user agent alone",
        "The caller sends whatever user agent it likes. An entry that tests nothing else about who \
         called lets anyone pass who has read it.";
    /// A subject without the account.
    BY_WITHOUT_ACCOUNT = "KT7011", "subject without the account",
        "`by` makes two matches one finding. Without the account, the same user or key name in two \
         accounts is one subject.";
    /// An entry that is over.
    EXPIRED_ENTRY = "KT7012", "expired allowlist entry",
        "After its last valid day an entry covers nothing. Delete it, or agree on it again.";
    /// An entry that is over soon.
    EXPIRING_ENTRY = "KT7013", "allowlist entry that ends soon",
        "The entry ends within 14 days; what it covers counts again from then on.";
    /// A severity that changes nothing.
    IDLE_SEVERITY = "KT7014", "severity that changes nothing",
        "The project file sets a severity that the rule has anyway, or of a rule that is turned off.";
    /// A list that nothing names.
    UNUSED_LIST = "KT7015", "unused list",
        "No rule, definition, parameter or allowlist entry names the list.";
}
