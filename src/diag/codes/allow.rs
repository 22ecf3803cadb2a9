//! KT4xxx: allowlists.

super::codes! {
    /// No rule has this id.
    UNKNOWN_RULE = "KT4001", "unknown rule",
        "An entry names rules by id or by a pattern. A name that matches no rule would accept \
         nothing, without a warning.";
    /// Two entries have the same id.
    DUPLICATE_ENTRY = "KT4002", "duplicate entry id",
        "The ledger credits entries by id, so an id must be unique in the whole policy. Ids that \
         differ only in case count as the same.";
    /// A key that is masked the way reports mask it.
    MASKED_KEY = "KT4003", "masked access key",
        "Reports print access keys without their middle part, and such a text never equals a key. Run \
         the scan with `--show-keys` and copy the whole key.";
    /// A value that the selector can never match.
    BAD_VALUE = "KT4004", "value that selects nothing",
        "A selector compares its values with one field. A value that the field can never have \
         would accept nothing.";
    /// An entry that accepts everything.
    TOO_BROAD = "KT4005", "entry without a limit",
        "An entry that names every rule or selects every call hides everything. Only what it covers matters, not how it is written: two halves of the address space, `*-*`, `aws:*` and \
         `when: true` are as broad as `*`. If that is intended, write `broad: true`.";
    /// No rule of the entry has the fields that the entry selects by.
    NOT_APPLICABLE = "KT4006", "entry that cannot cover anything",
        "Rules read events, creds or keys, and only events have an address, an operation or a \
         response code. An entry covers nothing if none of its rules has the selected fields.";
    /// Some rules of the entry lack the fields that the entry selects by.
    PARTLY_APPLICABLE = "KT4007", "entry that covers only some of its rules",
        "Rules read events, creds or keys, and only events have an address, an operation or a \
         response code. The entry covers no match of the rules whose records lack the selected \
         fields.";
    /// A kind of address that requires the asset table.
    NEEDS_ASSETS = "KT4008", "kind of address that requires the asset table",
        "The tables `ip_assets` and `ip_notes` show whether an address belongs to one of your \
         accounts or has a remark. Without rows in them the entry would cover nothing. `lan` and \
         ranges work without them.";
    /// An entry that lacks its reason or owner.
    INCOMPLETE_ENTRY = "KT4009", "incomplete entry",
        "Other people review an exception later, so it must state the reason and the owner.";
    /// A file without entries.
    EMPTY = "KT4010", "allowlist without entries",
        "The file contains no entries, so it accepts nothing. Add the intended entries or delete \
         the file.";
    /// Every rule of the entry is turned off.
    RULES_DISABLED = "KT4011", "entry for disabled rules",
        "The project file or `--disable` disables every rule that the entry names, so the entry \
         covers nothing.";
    /// A value of `user` that cannot be a user name.
    USER_NAME = "KT4012", "user that is not a name",
        "`user` is compared with the names of users in the records. An ARN is not a name, and `*` \
         is the only wildcard: `?` and regular expressions are compared literally. `keytrail \
         inspect` shows the name of each caller as `event.user`.";
}
