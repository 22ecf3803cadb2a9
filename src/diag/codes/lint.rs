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
    /// A value searched in a text that is written out.
    TEXT_SEARCH = "KT7020", "search in a text",
        "`in` on a text searches for a part of it: `event.api in \"CreateUser\"` is true for the \
         operation `User`. Use `==` to compare with one value, and a list to compare with several.";
    /// A wildcard where it is compared literally.
    LITERAL_WILDCARD = "KT7021", "wildcard that is compared literally",
        "`==` and `in [..]` compare whole texts. `*` is a wildcard in `like` and `like_any`, and at \
         the end of a value of a named list.";
    /// An operation without its provider.
    NO_PROVIDER = "KT7022", "operation of another form",
        "`event.operation` has the form `provider:service.Api`, like `aws:iam.CreateUser`. \
         `event.name` has no provider, and `event.api` has no service.";
    /// A code for success.
    SUCCESS_CODE = "KT7023", "code of a call that succeeded",
        "A call that succeeded has no error code: `event.code` is missing, and it is neither \
         empty nor a word. Test `event.ok` instead.";
    /// A comparison with a number that never occurs.
    OUT_OF_RANGE = "KT7024", "number that never occurs",
        "The function never returns this number, so the comparison has the same result for every \
         record. `hour` is 0 to 23; spans that pass midnight are written with `in_hours`.";
    /// A search in `[]`.
    EMPTY_LIST = "KT7025", "search in an empty list",
        "An empty list contains nothing. A list that a project fills needs a name: declare it in a list file or as a parameter.";
    /// `&&` beside `||`.
    MIXED_LOGIC = "KT7026", "&& next to || without brackets",
        "`&&` binds before `||`: `a && b || c` is `(a && b) || c`. Brackets show that this is meant \
         and cost nothing.";
    /// A comparison with a masked key.
    MASKED_KEY = "KT7027", "masked access key in an expression",
        "Reports print access keys masked, and a masked key never equals a key. Copy the whole key from \
         a run with `--show-keys`.";
    /// A resource name in place of a name.
    ARN_NAME = "KT7028", "resource name in place of a name",
        "`event.user`, `event.role`, `event.target_user` and `cred.user` are names. Resource \
         names are in `event.resources`, in `cred.arn` and in the original record, `event.raw`.";
    /// A field compared with an empty text.
    EMPTY_TEXT = "KT7029", "comparison with an empty text",
        "A field is never an empty text. If the record has no value or an empty text, the field is \
         missing: test it with `has`.";
    /// A subject that does not distinguish subjects, or that makes every record a subject.
    CONSTANT_SUBJECT = "KT7030", "constant or time in `by`",
        "`by` decides which matches form one finding. A constant is the same for every match. A \
         time differs for nearly every match, so each would be a finding of its own.";
    /// A parameter that nothing reads.
    UNUSED_PARAMETER = "KT7031", "unused parameter",
        "No expression of the rule reads the parameter, so setting it changes nothing.";
    /// A placeholder of another language.
    FOREIGN_PLACEHOLDER = "KT7032", "placeholder of another language",
        "A placeholder of a message is written `${event.user}`. `{{ … }}`, `{event.user}` and \
         `$event.user` are printed unchanged.";
    /// A condition with the same result for every record.
    CONSTANT_CONDITION = "KT7033", "condition with one result",
        "No value of the record makes the condition true, or every value does. The rule never \
         matches, or matches every record of its kind.";
    /// A part of a condition without effect.
    DEAD_BRANCH = "KT7034", "part of a condition that never matters",
        "The condition has the same result for every record without this part. Either the part is \
         superfluous, or another part is not what was meant.";
    /// A rule that another rule makes superfluous.
    SUBSUMED_RULE = "KT7035", "rule that another rule subsumes",
        "Whenever the rule matches, another rule with the same subject and at least the same \
         severity matches too, so each of its findings is reported twice.";
    /// A regular expression for a fixed text.
    LITERAL_REGEX = "KT7036", "regular expression for a fixed text",
        "The regular expression contains no operator apart from `^` and `$`. A comparison or \
         `starts_with`, `ends_with` or `contains` says the same and is faster.";
    /// A provider without a test.
    UNTESTED_PROVIDER = "KT7037", "provider without a test",
        "The condition distinguishes providers, and no test has a record of one of them. Nothing \
         shows that the rule works there.";
    /// A definition that nothing names.
    UNUSED_DEFINITION = "KT7038", "unused definition",
        "No expression of the policy names the definition.";
    /// An entry that guards make useless.
    GUARDED_ENTRY = "KT7039", "entry that guards forbid",
        "`guards` in the project file name matches that no entry may cover. Every match that the \
         entry could cover is one of them.";
    /// A comment that accepts advice and cannot be understood.
    BAD_IGNORE = "KT7040", "comment without lint or reason",
        "`# keytrail: ignore[lint-name] reason` accepts advice on its line, or on the next line if it \
         stands alone. Both the name of the lint and the reason are required.";
    /// A comment that accepts nothing.
    UNUSED_IGNORE = "KT7041", "comment that accepts nothing",
        "No advice of this lint is reported on the line of the comment, or on the next line if it \
         stands alone.";
    /// An operation that its service does not have.
    UNKNOWN_OPERATION = "KT7042", "operation that its service does not have",
        "The SDKs of the clouds and the lists of logged events do not contain the operation, so a \
         condition that compares with it is probably never true. The name of a permission is often \
         not that of an operation: the operation behind `s3:ListAllMyBuckets` is `ListBuckets`.";
    /// A table that nothing reads.
    UNUSED_TABLE = "KT7043", "unused table",
        "No expression of the policy looks anything up in the table.";
    /// A condition that is evaluated for every record.
    NOT_LOOKED_UP = "KT7044", "condition that cannot be looked up",
        "The index finds the rules that can match a record by the values of its fields. A condition \
         without a test of a field against constants is evaluated for every record.";
    /// A rule that does not explain itself.
    MISSING_METADATA = "KT7045", "rule without an explanation",
        "Whoever receives a finding reads the description and the remediation of its rule. A text that begins with `TODO` is not written yet.";
    /// A triage entry that has no effect.
    STALE_DECISION = "KT7060", "triage entry without effect",
        "An entry has no effect after its last valid day, or if its rule does not exist. A decision in \
         the future would accept matches that nobody has seen.";
}
