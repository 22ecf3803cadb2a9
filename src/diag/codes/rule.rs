//! KT3xxx: rules, lists, definitions and tables.

super::codes! {
    /// Two rules, lists, tables or definitions have the same id.
    DUPLICATE_ID = "KT3001", "duplicate id",
        "An id identifies one rule or list in the whole policy. Two files must not use the same \
         id.";
    /// A file whose name differs from the id in it.
    ID_IS_NOT_FILE_NAME = "KT3002", "id is not the file name",
        "A rule or list is looked up by its id, so its file must have the same name: \
         `my-rule.yaml` contains `id: my-rule`.";
    /// A value that occurs twice in a list.
    DUPLICATE_VALUE = "KT3003", "value twice in a list",
        "A list contains the same value twice. Values that differ only in ASCII case count as the \
         same.";
    /// A list whose field does not exist.
    UNKNOWN_FIELD = "KT3004", "unknown field",
        "The name is not in the field table. `keytrail fields` prints every field.";
    /// A list value that the field can never have.
    LIST_VALUE = "KT3005", "value that the field never has",
        "A list that declares a field with `of` may contain only values that this field can have. \
         Operations have the form `provider:service.Api`; enum fields have a fixed set of words. \
         `*` is allowed only at the end.";
    /// A `raise` that does not raise the severity.
    RAISE = "KT3007", "raise that does not raise",
        "`raise` must name a severity above the rule's own. A severity cannot be lowered.";
    /// A parameter with a value of another type.
    PARAM = "KT3008", "parameter value of the wrong type",
        "The value of a parameter must have the type that the rule declares for it.";
    /// A parameter that the rule does not declare.
    UNKNOWN_PARAM = "KT3009", "unknown parameter",
        "A project can set only the parameters that a rule declares.";
    /// A list that does not exist.
    UNKNOWN_LIST = "KT3010", "unknown list",
        "No list has this id.";
    /// A test that cannot be run.
    TEST = "KT3011", "test cannot be run",
        "A test gives records (`event`, `cred`, `key`, `raw` or `records`) with fields of the \
         field table and values of their types.";
    /// A test whose result differs from what it expects.
    TEST_FAILED = "KT3012", "test failed",
        "The rule's result differs from what the test expects. Either the rule or the test is \
         wrong.";
    /// Two tests have the same name.
    DUPLICATE_TEST = "KT3013", "two tests with one name",
        "The tests of a rule need different names, so that a report can name the one that failed.";
    /// A name that expressions cannot refer to.
    RESERVED_NAME = "KT3014", "reserved name",
        "The word is reserved in the expression language, so it cannot be the name of a \
         parameter.";
    /// More than one of `correlate`, `sequence`, `first_seen` and `after_silence`, or one of them
    /// where it is invalid.
    CONSTRUCTS = "KT3015", "constructs that cannot be combined",
        "A rule has at most one of `correlate`, `sequence`, `first_seen` and `after_silence`. A \
         credential report describes one point in time, so rules `on: cred` and `on: key` can have \
         only `correlate` without `within`. A rule with steps has no condition of its own. \
         `after_silence` needs a duration above zero, and its `last_seen` is a time.";
    /// A measure that cannot be counted.
    MEASURE = "KT3016", "invalid measure",
        "A measure has one kind: `count` takes a condition, `distinct` any value, `sum` an \
         integer, and `min` and `max` an integer, a time or a duration. `values` takes any value \
         and lists the different ones for `message`; a condition counts them with `distinct`.";
    /// Steps that do not form a sequence.
    STEPS = "KT3017", "invalid steps",
        "A sequence has 2 to 16 steps with different names, at least one of which is not \
         `absent`. The subjects of all steps must have the same number of values, of the same \
         types. A `where` names an earlier step. The steps require at most 100 records together.";
    /// `each` where it is not allowed.
    EACH = "KT3018", "invalid `each`",
        "`each` stands in `by`, `distinct` or `values` in place of an expression and takes a list, \
         of which every item counts. A subject has at most one `each`.";
    /// A base record that no test uses.
    UNUSED_BASE = "KT3019", "unused base",
        "A base is a record that tests change. Nothing checks one that no test names.";
}
