//! KT5xxx: the project file.

super::codes! {
    /// The project file changes a rule, list or parameter that does not exist.
    UNKNOWN_SETTING = "KT5001", "setting for something that does not exist",
        "The project file changes rules, lists and parameters by name. A name that does not exist \
         would change nothing, without a warning.";
    /// A project file that extends itself.
    EXTENDS_ITSELF = "KT5003", "project file extends itself",
        "`extends` names project files whose settings are applied first. A file must not extend \
         itself, directly or through others.";
    /// A path or glob that matches no file.
    NO_SUCH_POLICY = "KT5004", "no such policy file",
        "If a path or glob that matches no policy file were accepted, missing rules or allowlists \
         would go unnoticed.";
    /// A value to be removed that is not in the list.
    NOT_IN_LIST = "KT5005", "value that is not in the list",
        "`remove` removes values from a list. A value that is not in the list is misspelt, or the \
         list has changed.";
    /// A zone that does not exist.
    UNKNOWN_ZONE = "KT5006", "unknown time zone",
        "A zone is a name from the IANA database, such as `Asia/Shanghai`, or an offset, such as \
         `+08:00`.";
    /// A lint that does not exist.
    UNKNOWN_LINT = "KT5007", "unknown lint",
        "`lints` sets the level of lints by name.";
    /// An input format that does not exist.
    UNKNOWN_FORMAT = "KT5008", "unknown input format",
        "`format` restricts files to one input format, by its name.";
    /// An entry of `inputs` that sets nothing, or sets something invalid.
    BAD_INPUT = "KT5009", "invalid entry of `inputs`",
        "An entry of `inputs` selects files by a glob and states what the files do not state \
         themselves: their format, account, time zone, or the columns of their rows.";
    /// Rules that the command line excludes from the run.
    RULES_LEFT_OUT = "KT5010", "rules left out of this run",
        "`--only` and `--disable` select the rules of one run. The report does not contain what the \
         other rules would find.";
    /// Two decisions on one finding.
    TWO_DECISIONS = "KT5011", "two decisions about one finding",
        "A triage file has at most one entry for each finding, so that it is clear what was decided.";
    /// A triage entry with a value that cannot be meant.
    BAD_DECISION = "KT5012", "invalid triage entry",
        "An entry names a finding by its whole fingerprint, and says who decided and why.";
    /// A project for a later release.
    NEEDS_LATER = "KT5013", "project for a later release",
        "`requires` names the lowest version of Keytrail that can read the project. An earlier one would \
         reject keys that it does not know, or read them otherwise.";
}
