//! KT1xxx: YAML and the shape of policy files.

super::codes! {
    /// A file that cannot be read.
    UNREADABLE = "KT1001", "file cannot be read",
        "A policy file must be a regular UTF-8 file below the size limit. A file that cannot be \
         read stops the run, so that a missing rule or allowlist is never taken for an empty one.";
    /// A file that is not YAML.
    SYNTAX = "KT1002", "not valid YAML",
        "The file does not follow YAML. Expressions often hold characters that YAML gives a \
         meaning of its own (`: `, ` #`, a leading quote, `!`, `[`, `{`, `*`, `&`, `@` or a back \
         tick): write them as a block that begins with `|`.";
    /// A tag, `!name`.
    TAG = "KT1003", "YAML tag",
        "A value that begins with `!` is a YAML tag, and the tagged part is lost: of \
         `when: !event.mfa && x` only `x` would be left. Policy files have no tags. Write such an \
         expression as a block that begins with `|`.";
    /// An anchor, an alias or a merge key.
    ANCHOR = "KT1004", "YAML anchor, alias or merge key",
        "Anchors (`&name`), aliases (`*name`) and merge keys (`<<`) make one part of a file change \
         another, and a small file large. Write the value out, or name it as a list or a \
         definition. A pattern that begins with `*` must be quoted.";
    /// One key twice in a mapping.
    DUPLICATE_KEY = "KT1005", "duplicate key",
        "A key may stand once in a mapping: no reader can tell which of two values was meant.";
    /// A key that is not a text.
    KEY = "KT1006", "key is not a text",
        "Keys of a policy file are texts, never sequences, mappings or nothing.";
    /// More than one document.
    SEVERAL_DOCUMENTS = "KT1007", "more than one document",
        "A policy file holds one document, so that its name says what is in it. Put each rule, \
         list or allowlist into a file of its own.";
    /// Too deep or too large.
    TOO_LARGE = "KT1008", "file too deep or too large",
        "Policy files are limited in nesting depth and number of values, so that a hostile file \
         cannot use up memory or time.";
    /// A control character.
    CONTROL_CHARACTER = "KT1009", "control character",
        "Control characters other than tab and line breaks can hide text from a reader. In double \
         quotes write them as an escape, `\"\\u0000\"`.";
    /// A key that does not exist here.
    UNKNOWN_KEY = "KT1010", "unknown key",
        "A key that Keytrail does not know is refused, because a misspelt key would be a setting \
         that silently does nothing.";
    /// A key that must be there.
    MISSING_KEY = "KT1011", "missing key",
        "The mapping lacks a key that it must have.";
    /// A value of another type than expected.
    WRONG_TYPE = "KT1012", "wrong type",
        "The value is of another type than the key takes.";
    /// A word that is not one of the allowed ones.
    UNKNOWN_WORD = "KT1013", "unknown word",
        "The value must be one of a fixed set of words.";
    /// A value of the right type that is not allowed.
    INVALID_VALUE = "KT1014", "invalid value",
        "The value has the right type and does not follow the form that the key asks for.";
    /// A file without a known top key.
    UNKNOWN_DOCUMENT = "KT1015", "unknown kind of policy file",
        "A policy file has one top key that says what it is: `rule`, `list`, `definitions`, \
         `table` or `entries`.";
}
