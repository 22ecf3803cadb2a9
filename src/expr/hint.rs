//! Words and symbols of other languages, and what to write instead.

/// Words and symbols, case ignored, with the help for each.
static HINTS: &[(&[&str], &str)] = &[
    (&["=", "===", ":=", "eq"], "compare with `==`"),
    (&["!==", "<>", "ne", "neq"], "compare with `!=`"),
    (&["and"], "write `&&`"),
    (&["or"], "write `||`"),
    (&["not"], "write `!(…)`"),
    (&["xor"], "write `!=` between conditions"),
    (&["is"], "compare with `==`; `has(x)` tests whether `x` has a value"),
    (
        &["null", "none", "nil", "undefined", "nan", "void"],
        "a missing value is written `()`; `has(x)` tests whether `x` has a value",
    ),
    (&["true", "yes", "on"], "write `true`"),
    (&["false", "no", "off"], "write `false`"),
    (
        &["match", "case", "when"],
        "write `switch value { \"a\" => true, _ => false }`, or test a text with `.matches(\"…\")`",
    ),
    (&["like", "ilike", "glob"], "test a pattern with `.like(\"Create*\")`"),
    (
        &["~", "=~", "~=", "!~", "regex", "regexp", "rlike"],
        "test a regular expression with `.matches(\"^Create\")`",
    ),
    (&["between"], "write `x >= 1 && x <= 5`, or `x in 1..=5` for integers"),
    (&["any"], "write `list.some(|x| …)`; `has(x)` tests whether `x` has a value"),
    (&["every"], "write `list.all(|x| …)`"),
    (&["?", "?:", "then", "elif", "elseif"], "write `if condition { a } else { b }`"),
    (
        &["this", "self", "record", "entry", "log", "input", "request"],
        "a rule over calls reads `event`, one over users `cred`, one over keys `key`",
    ),
    (&["events"], "a condition reads one record, `event`"),
    (&["list"], "a list is named `lists.NAME`"),
    (&["param", "parameters", "args", "config", "vars"], "a parameter is named `params.NAME`"),
    (&["username", "user_name"], "the field is `event.user`, or `cred.user` in a report"),
    (&["today", "current_time", "timestamp"], "the clock of the run is `now`"),
    (
        &["let", "var", "const", "fn", "def", "function"],
        "give a part of an expression a name in a file of `definitions`",
    ),
    (&["return"], "the value of an expression is its result; remove `return`"),
    (&["for", "while", "loop"], "test the items of a list with `.some(|x| …)` or `.all(|x| …)`"),
];

/// Functions that other languages have, case and `_` ignored, with the help for each.
static FUNCTIONS: &[(&[&str], &str)] = &[
    (
        &["exists", "isset", "defined", "isdefined", "ispresent", "isnotnull", "notnull"],
        "`has(x)` tests whether `x` has a value",
    ),
    (
        &["isnull", "isnone", "isnil", "ismissing", "missing", "isundefined", "isempty"],
        "`!has(x)` tests whether `x` has no value",
    ),
    (&["coalesce", "ifnull", "nvl"], "write `a ?? b`: `b` if `a` has no value"),
];

/// The help for a word or symbol that another language has.
pub(super) fn hint(word: &str) -> Option<&'static str> {
    find(HINTS, word)
}

/// The help for a function that another language has.
pub(super) fn function_hint(name: &str) -> Option<&'static str> {
    find(FUNCTIONS, &name.replace('_', ""))
}

fn find(hints: &[(&[&str], &'static str)], word: &str) -> Option<&'static str> {
    let matches = |words: &&[&str]| words.iter().any(|other| other.eq_ignore_ascii_case(word));
    hints.iter().find(|(words, _)| matches(words)).map(|(_, help)| *help)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_word_has_one_hint() {
        let mut unique = BTreeSet::new();
        for word in HINTS.iter().flat_map(|(words, _)| *words) {
            assert!(unique.insert(word), "{word} is listed twice");
            assert!(hint(word).is_some());
        }
        for name in FUNCTIONS.iter().flat_map(|(names, _)| *names) {
            assert!(unique.insert(name), "{name} is listed twice");
            assert!(function_hint(name).is_some());
        }
        assert_eq!(function_hint("IS_NULL"), function_hint("isNull"));
        assert_eq!(hint("None"), hint("null"));
        assert_eq!(hint("event"), None);
    }
}
