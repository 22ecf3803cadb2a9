//! KT3xxx: rules, lists, definitions and tables.

super::codes! {
    /// Two policies with one id.
    DUPLICATE_ID = "KT3001", "duplicate id",
        "An id names one rule or list in the whole policy; two files must not claim the same.";
    /// A file that is called otherwise than what it holds.
    ID_IS_NOT_FILE_NAME = "KT3002", "id is not the file name",
        "A rule or list is found by its id, so its file is called like it: `my-rule.yaml` holds \
         `id: my-rule`.";
    /// A value twice in a list.
    DUPLICATE_VALUE = "KT3003", "value twice in a list",
        "A value stands once in a list; ASCII case makes no difference.";
    /// A list of values of a field that does not exist.
    UNKNOWN_FIELD = "KT3004", "unknown field",
        "The name is not in the field table. `keytrail fields` prints every field.";
    /// A list value that the field can never have.
    LIST_VALUE = "KT3005", "value that the field never has",
        "A list that says which field it is `of` holds only values which that field can have: \
         operations are `provider:service.Api`, and words come from the field's own set. A `*` \
         stands only at the end.";
    /// A `raise` that does not raise.
    RAISE = "KT3007", "raise that does not raise",
        "`raise` names a severity above the rule's own; nothing lowers a severity.";
    /// A parameter with a value of another type.
    PARAM = "KT3008", "parameter value of the wrong type",
        "The value of a parameter has the type that the parameter declares.";
    /// A parameter that the rule does not declare.
    UNKNOWN_PARAM = "KT3009", "unknown parameter",
        "A rule can be tuned by the parameters that it declares and by no others.";
    /// A list that does not exist.
    UNKNOWN_LIST = "KT3010", "unknown list",
        "No list has this id.";
    /// A test that cannot be run.
    TEST = "KT3011", "test cannot be run",
        "A test names records (`event`, `cred`, `key`, `raw` or `records`) with fields of the field \
         table and values of their types.";
    /// A test that did not come out as it says.
    TEST_FAILED = "KT3012", "test failed",
        "The rule does not decide as the test expects: either the rule or the test is wrong.";
    /// Two tests with one name.
    DUPLICATE_TEST = "KT3013", "two tests with one name",
        "The tests of a rule have different names, so that a report says which one failed.";
    /// A name that expressions cannot say.
    RESERVED_NAME = "KT3014", "reserved name",
        "The expression language keeps this word for itself, so no parameter can have it as its \
         name.";
    /// More than one of `correlate`, `sequence` and `first_seen`, or one where it has no meaning.
    CONSTRUCTS = "KT3015", "constructs that do not go together",
        "A rule has at most one of `correlate`, `sequence` and `first_seen`. A report of \
         credentials is of one time, so rules `on: cred` and `on: key` have only `correlate` \
         without `within`; a rule with steps has no condition of its own.";
    /// A measure that cannot be counted.
    MEASURE = "KT3016", "measure that cannot be counted",
        "A measure counts in one way: `count` takes a condition, `distinct` any value, `sum` an \
         integer, `min` and `max` an integer, a time or a length of time.";
    /// Steps that make no sequence.
    STEPS = "KT3017", "steps that make no sequence",
        "A sequence has 2 to 16 steps with different names, at least one of them not `absent`, and \
         every step gives a subject of as many values of the same types.";
}
