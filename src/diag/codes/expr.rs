//! KT2xxx: expressions.

super::codes! {
    /// The parser refused the text.
    SYNTAX = "KT2001", "syntax error",
        "Expressions are Rhai expressions; the parser says what it expected.";
    /// Rhai that is not part of the language.
    CONSTRUCT = "KT2002", "construct outside the language",
        "Expressions decide and compute, and nothing else: statements, assignments, maps, floats and \
         bitwise operators are refused, so that no rule can loop, allocate without bound or reach \
         the host.";
    /// Larger or deeper than an expression may be.
    LIMIT = "KT2003", "limit exceeded",
        "Length, nesting, literals and patterns have limits, so that no policy file can exhaust the \
         memory or the stack of a run. Long alternatives belong in a list, long conditions in \
         definitions.";
    /// A name that nothing has.
    UNKNOWN_NAME = "KT2004", "unknown name",
        "A field, parameter, list, definition or function that does not exist. In plain Rhai it would \
         be a missing value, and the rule would never fire. `keytrail fields` and \
         `keytrail functions` list what there is.";
    /// A word that the enum field never holds.
    UNKNOWN_WORD = "KT2005", "unknown word",
        "The field holds one of a fixed set of words, and this is none of them, so the test would \
         never hold.";
    /// Two types that are never equal.
    TYPES_DIFFER = "KT2006", "types differ",
        "Values of different types are never equal and have no order, so the test would always have \
         the same result.";
    /// An operator or access that the type does not have.
    WRONG_TYPE = "KT2007", "wrong type",
        "The operator, function or access does not work on a value of this type. Untyped values are \
         compared, tested and interpolated as they are, and converted by `int`, `str`, `bool`, `time` \
         for anything else.";
    /// A condition that may be missing.
    NULLABLE_CONDITION = "KT2008", "condition may be missing",
        "A condition is true or false. Where the record may not say, write what a missing value \
         means: `x == true`, `x == false` or `x ?? false`.";
    /// A condition that is not a bool.
    NOT_A_CONDITION = "KT2009", "not a condition",
        "`when`, `&&`, `||`, `!` and `if` need a condition, which is true or false.";
    /// An argument that the function cannot work with.
    BAD_ARGUMENT = "KT2010", "bad argument",
        "Patterns, address ranges and zones are compiled when the policy is loaded; one that is wrong \
         would never match.";
    /// A definition that names itself.
    CYCLE = "KT2011", "definitions in a circle",
        "A definition is put in where it is named, so it must not lead back to itself.";
    /// A list of values of another field.
    OTHER_FIELD = "KT2012", "list of another field",
        "A list says which field its values belong to (`of: event.operation`). Testing another field \
         would never match, because the values have another form.";
    /// A record named inside a closure.
    RECORD_IN_CLOSURE = "KT2013", "record in a closure",
        "A closure sees its parameter, constants, `now`, `zone`, `params` and `lists`, so that its \
         value depends on the item alone.";
}
