//! KT4xxx: allowlists.

super::codes! {
    /// No rule has this id.
    UNKNOWN_RULE = "KT4001", "unknown rule",
        "An entry names rules by id or by a pattern that some rule matches. A name that matches \
         none would accept nothing, and its author would believe otherwise.";
    /// Two entries with one id.
    DUPLICATE_ENTRY = "KT4002", "duplicate entry id",
        "The ledger credits entries by id, so an id names one entry in the whole policy. Ids that \
         differ only by case count as the same.";
    /// An access key as reports show it.
    MASKED_KEY = "KT4003", "masked access key",
        "Reports show access keys without their middle, and such a text equals no key. Run the \
         scan with `--show-keys` and copy the whole key.";
    /// A value that the selector cannot have.
    BAD_VALUE = "KT4004", "value that selects nothing",
        "A selector compares its values with one field. A value that the field can never have \
         would accept nothing.";
    /// An entry that accepts everything.
    TOO_BROAD = "KT4005", "entry without a limit",
        "An entry that names every rule or selects every call hides whatever comes. What it covers \
         decides, not how it is written: two halves of the address space, `*-*`, `aws:*` and \
         `when: true` are as broad as `*`. If that is meant, write `broad: true`.";
    /// No rule of the entry has what it selects by.
    NOT_APPLICABLE = "KT4006", "entry that cannot cover anything",
        "Rules read events, creds or keys, and only events have an address, an operation or a \
         response code. An entry whose rules all lack what it selects by covers nothing.";
    /// Some rules of the entry lack what it selects by.
    PARTLY_APPLICABLE = "KT4007", "entry that covers some of its rules only",
        "Rules read events, creds or keys, and only events have an address, an operation or a \
         response code. The entry covers nothing of the rules whose records lack what it selects by.";
    /// A kind of address that only the asset table knows.
    NEEDS_ASSETS = "KT4008", "kind of address that needs the asset table",
        "Whether an address belongs to one of your accounts, or has a remark, is known from the \
         tables `ip_assets` and `ip_notes`. Without rows in them the entry would cover nothing; \
         `lan` and ranges work without them.";
    /// An entry without a word of why.
    INCOMPLETE_ENTRY = "KT4009", "incomplete entry",
        "An exception is reviewed by people who were not there: it says why and who answers for \
         it.";
    /// A file without entries.
    EMPTY = "KT4010", "allowlist without entries",
        "The file is read and accepts nothing. Delete it, or add the entries it was meant to have.";
    /// Every rule of the entry is turned off.
    RULES_DISABLED = "KT4011", "entry of rules that are turned off",
        "The project file, or `--disable`, turns off every rule that the entry names, so it covers \
         nothing.";
    /// A user that no user is called.
    USER_NAME = "KT4012", "user that is not a name",
        "`user` is compared with the names of users as records have them. An ARN is not a name, \
         and of all signs only `*` stands for others: `?` and regular expressions are compared as \
         they are written. `keytrail inspect` shows the name of each caller as `event.user`.";
}
