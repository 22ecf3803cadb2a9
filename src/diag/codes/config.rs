//! KT5xxx: the project file.

super::codes! {
    /// A rule, list or parameter that the project file changes and that does not exist.
    UNKNOWN_SETTING = "KT5001", "setting of something that does not exist",
        "The project file changes rules, lists and parameters by name. A name that does not exist \
         would change nothing, and its author would believe otherwise.";
    /// A key of the design that this version does not have yet.
    NOT_SUPPORTED = "KT5002", "not supported by this version",
        "The key is reserved for a later version. It is refused, so that nobody relies on a \
         setting that has no effect.";
    /// A project file that extends itself.
    EXTENDS_ITSELF = "KT5003", "project file extends itself",
        "`extends` names project files whose settings come first; they cannot form a circle.";
    /// A path or glob without any file.
    NO_SUCH_POLICY = "KT5004", "no such policy file",
        "A path or glob that names no policy file would leave rules or allowlists out and look \
         clean.";
    /// A value to be removed that is not there.
    NOT_IN_LIST = "KT5005", "value that the list does not have",
        "`remove` takes values out of a list. A value that is not in it was misspelt, or the list \
         changed.";
    /// A zone that does not exist.
    UNKNOWN_ZONE = "KT5006", "unknown time zone",
        "A zone is a name of the IANA database, `Asia/Shanghai`, or an offset, `+08:00`.";
    /// A lint that does not exist.
    UNKNOWN_LINT = "KT5007", "unknown lint",
        "`lints` sets the level of lints by name.";
    /// An input format that does not exist.
    UNKNOWN_FORMAT = "KT5008", "unknown input format",
        "`format` restricts files to one input format, by its name.";
    /// An entry of `inputs` that says nothing, or something that cannot be meant.
    BAD_INPUT = "KT5009", "entry of `inputs` that cannot be used",
        "An entry of `inputs` names files by a glob and says what they do not say themselves: \
         their format, their account, the zone of their times, or the columns of their rows.";
    /// Rules that the command line leaves out.
    RULES_LEFT_OUT = "KT5010", "rules that this run leaves out",
        "`--only` and `--disable` choose the rules of one run. What the others would find is not \
         in the report.";
}
