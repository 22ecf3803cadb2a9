//! KT1xxx: YAML and the shape of policy files.

super::codes! {
    /// A file that cannot be read.
    UNREADABLE = "KT1001", "file cannot be read",
        "A policy file must be a regular UTF-8 file below the size limit. A file that cannot be \
         read stops the run, because a missing rule or allowlist must not look like an empty one.";
    /// A file that is not YAML.
    SYNTAX = "KT1002", "not valid YAML",
        "The file is not valid YAML. Expressions often contain characters that have a meaning in \
         YAML (`: `, ` #`, a leading quote, `!`, `[`, `{`, `*`, `&`, `@` or a back tick). Write \
         an expression as a block that begins with `|`.";
    /// A tag, `!name`.
    TAG = "KT1003", "YAML tag",
        "A value that begins with `!` is a YAML tag, and YAML drops the tagged part: of `when: \
         !event.mfa && x` only `x` would remain. Policy files have no tags. Write such an \
         expression as a block that begins with `|`.";
    /// An anchor, an alias or a merge key.
    ANCHOR = "KT1004", "YAML anchor, alias or merge key",
        "Anchors (`&name`), aliases (`*name`) and merge keys (`<<`) let one part of a file change \
         another and let a small file expand to a large one. Write the value out, or give it a \
         name as a list or a definition. Quote a pattern that begins with `*`.";
    /// A key that occurs twice in a mapping.
    DUPLICATE_KEY = "KT1005", "duplicate key",
        "A mapping contains the same key twice, so it is unclear which value applies.";
    /// A key that is not a text.
    KEY = "KT1006", "key is not text",
        "Keys of a policy file must be text. They cannot be sequences, mappings or empty.";
    /// More than one document.
    SEVERAL_DOCUMENTS = "KT1007", "more than one document",
        "A policy file contains exactly one document, so that its name shows what it contains. \
         Put each rule, list or allowlist into its own file.";
    /// A file that is too deeply nested or too large.
    TOO_LARGE = "KT1008", "file too deep or too large",
        "The nesting depth and the number of values of a policy file are limited, so that a \
         hostile file cannot exhaust memory or time.";
    /// A control character.
    CONTROL_CHARACTER = "KT1009", "control character",
        "Control characters other than tab and line breaks can hide text from a reader. Write \
         them as an escape in double quotes, such as `\"\\u0000\"`.";
    /// A key that the schema does not define here.
    UNKNOWN_KEY = "KT1010", "unknown key",
        "Keytrail refuses unknown keys, because a misspelt key would be a setting that silently \
         has no effect.";
    /// A required key that is missing.
    MISSING_KEY = "KT1011", "missing key",
        "The mapping lacks a required key.";
    /// A value of a different type than expected.
    WRONG_TYPE = "KT1012", "wrong type",
        "The value does not have the type that the key requires.";
    /// A word that is not one of the allowed ones.
    UNKNOWN_WORD = "KT1013", "unknown word",
        "The value must be one of a fixed set of words.";
    /// A value of the right type that is not allowed.
    INVALID_VALUE = "KT1014", "invalid value",
        "The value has the right type but not the form that the key requires.";
    /// A file without a known top-level key.
    UNKNOWN_DOCUMENT = "KT1015", "unknown kind of policy file",
        "A policy file has one top-level key that names its kind: `rule`, `list`, `definitions`, \
         `table` or `entries`.";
}
