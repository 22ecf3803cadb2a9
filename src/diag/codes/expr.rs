//! KT2xxx: expressions.

super::codes! {
    /// The parser rejects the text.
    SYNTAX = "KT2001", "syntax error",
        "Expressions use Rhai syntax. The message states what the parser expected.";
    /// Rhai that is not part of the language.
    CONSTRUCT = "KT2002", "construct outside the language",
        "Expressions only test and compute values. Statements, assignments, maps, floats and \
         bitwise operators are refused, so that no rule can loop, allocate without bound or \
         access the host.";
    /// An expression that is larger or more deeply nested than allowed.
    LIMIT = "KT2003", "limit exceeded",
        "Length, nesting, literals and patterns are limited, so that no policy file can exhaust \
         the memory or the stack of a run. Move long lists of alternatives into a list, and parts \
         of long conditions into definitions.";
    /// A name that is not defined.
    UNKNOWN_NAME = "KT2004", "unknown name",
        "No field, parameter, list, definition or function has this name. In plain Rhai it would \
         be a missing value, and the rule would never match. `keytrail fields` and `keytrail \
         functions` list the names.";
    /// A word that the enum field never contains.
    UNKNOWN_WORD = "KT2005", "unknown word",
        "The field holds one of a fixed set of words, and this is not one of them. The test would \
         never be true.";
    /// A comparison of two types whose values are never equal.
    TYPES_DIFFER = "KT2006", "types differ",
        "Values of different types are never equal and have no order, so the test would always \
         have the same result.";
    /// An operator or access that the type does not support.
    WRONG_TYPE = "KT2007", "wrong type",
        "The operator, function or access does not work on a value of this type. Untyped values \
         can be compared, tested and interpolated directly. For anything else convert them with \
         `int`, `str`, `bool` or `time`.";
    /// A condition whose value may be missing.
    NULLABLE_CONDITION = "KT2008", "condition may be missing",
        "A condition is true or false. If the record may lack the value, write what a missing \
         value means: `x == true`, `x == false` or `x ?? false`.";
    /// A condition that is not a bool.
    NOT_A_CONDITION = "KT2009", "not a condition",
        "`when`, `&&`, `||`, `!` and `if` require a condition, which is true or false.";
    /// An argument that the function cannot use.
    BAD_ARGUMENT = "KT2010", "bad argument",
        "Patterns, address ranges and zones are compiled when the policy is loaded. An invalid \
         one would never match.";
    /// A definition that refers to itself.
    CYCLE = "KT2011", "circular definitions",
        "A definition is expanded where it is used, so it must not refer to itself, directly or \
         through others.";
    /// A list of values that belong to another field.
    OTHER_FIELD = "KT2012", "list of another field",
        "A list declares which field its values belong to (`of: event.operation`). A test of \
         another field would never be true, because its values have another form.";
    /// An address compared with a range.
    ADDRESS_RANGE = "KT2014", "address compared with a range",
        "`==` and `in` compare texts, and an address is never the text of a range. An exclusion \
         written this way excludes nothing. Test with `in_cidr`, which takes a range, a list of \
         ranges, or a named list.";
}
