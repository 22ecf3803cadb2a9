//! What the cells of a report say: the words that vendors write where there is no value.

use crate::value::{Time, Zone};

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said<T> {
    /// A value.
    Value(T),
    /// That it never happened.
    Never,
    /// That there is nothing to say it of (`N/A`).
    NotApplicable,
    /// That it is not known, or that the report does not say it of this user.
    Unknown,
    /// Nothing that Keytrail understands.
    Odd,
}

/// Words for a yes, in lower case. `active` and `configurada` are states that columns of yes and
/// no have instead.
const YES: [&str; 6] = ["true", "yes", "1", "active", "enabled", "configurada"];
const NO: [&str; 8] =
    ["false", "no", "0", "inactive", "disable", "disabled", "no configurada", "none"];
const NEVER: [&str; 5] = ["nunca", "nunca utilizada", "no_information", "never", "-"];
const NOT_APPLICABLE: [&str; 2] = ["n/a", "na"];
const UNKNOWN: [&str; 3] = ["", "not_supported", LOGIN_DISABLED];

/// Alibaba's word in the columns of users that may not sign in.
pub(super) const LOGIN_DISABLED: &str = "login_disabled";

/// Whether two texts are the same but for case; `word` is in lower case.
pub(super) fn is_word(cell: &str, word: &str) -> bool {
    cell.eq_ignore_ascii_case(word)
}

fn among(cell: &str, words: &[&str]) -> bool {
    words.iter().any(|word| is_word(cell, word))
}

/// What a word says that stands in place of a value; `None` for anything else.
fn word<T>(cell: &str) -> Option<Said<T>> {
    if among(cell, &UNKNOWN) {
        Some(Said::Unknown)
    } else if among(cell, &NOT_APPLICABLE) {
        Some(Said::NotApplicable)
    } else if among(cell, &NEVER) {
        Some(Said::Never)
    } else {
        None
    }
}

/// A cell that says yes or no. Never is no answer to such a question, and missing like `N/A`.
pub(super) fn flag(cell: &str) -> Said<bool> {
    let cell = cell.trim();
    if among(cell, &YES) {
        Said::Value(true)
    } else if among(cell, &NO) {
        Said::Value(false)
    } else {
        word(cell).unwrap_or(Said::Odd)
    }
}

/// A cell that says when; a time without an offset is meant in `zone`. A no in its place (as in
/// Tencent's `PasswordLastRotation`) says that there is nothing that it could be said of.
pub(super) fn time(cell: &str, zone: &Zone) -> Said<Time> {
    let cell = cell.trim();
    if let Some(said) = word(cell) {
        return said;
    }
    match Time::parse_in(cell, zone) {
        Some(time) => Said::Value(time),
        None if is_word(cell, "false") => Said::NotApplicable,
        None => Said::Odd,
    }
}

/// A cell that holds a name; any word that says that there is none is not one.
pub(super) fn text(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    word::<()>(cell).is_none().then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yes_a_no_and_neither_are_kept_apart() {
        for (cell, expected) in [
            ("true", Said::Value(true)),
            ("TRUE", Said::Value(true)),
            (" True ", Said::Value(true)),
            ("Active", Said::Value(true)),
            ("Configurada", Said::Value(true)),
            ("1", Said::Value(true)),
            ("false", Said::Value(false)),
            ("FALSE", Said::Value(false)),
            ("Inactive", Said::Value(false)),
            ("Disable", Said::Value(false)),
            ("disabled", Said::Value(false)),
            ("No configurada", Said::Value(false)),
            ("None", Said::Value(false)),
            ("N/A", Said::NotApplicable),
            ("na", Said::NotApplicable),
            ("", Said::Unknown),
            ("  ", Said::Unknown),
            ("not_supported", Said::Unknown),
            ("LOGIN_DISABLED", Said::Unknown),
            ("-", Said::Never),
            ("truee", Said::Odd),
            ("tru", Said::Odd),
            ("2", Said::Odd),
            ("no.configurada", Said::Odd),
            ("\u{feff}true", Said::Odd),
        ] {
            assert_eq!(flag(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn never_is_no_time_and_not_missing_either() {
        let at = |text| Said::Value(Time::parse(text).unwrap_or(Time(0)));
        for (cell, expected) in [
            ("2024-01-15T09:30:00+00:00", at("2024-01-15T09:30:00Z")),
            ("2019/8/16 9:25:56", at("2019-08-16T09:25:56Z")),
            ("Nunca", Said::Never),
            ("nunca utilizada", Said::Never),
            ("no_information", Said::Never),
            ("Never", Said::Never),
            ("-", Said::Never),
            ("N/A", Said::NotApplicable),
            ("FALSE", Said::NotApplicable),
            ("not_supported", Said::Unknown),
            ("LOGIN_DISABLED", Said::Unknown),
            ("", Said::Unknown),
            ("TRUE", Said::Odd),
            ("yesterday", Said::Odd),
            ("2024-02-30T00:00:00Z", Said::Odd),
        ] {
            assert_eq!(time(cell, &Zone::utc()), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_name_is_anything_else() {
        for (cell, expected) in [
            ("AKIAEXAMPLE", Some("AKIAEXAMPLE")),
            (" s3 ", Some("s3")),
            ("N/A", None),
            ("not_supported", None),
            ("", None),
            ("-", None),
            ("naomi", Some("naomi")),
        ] {
            assert_eq!(text(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_word_means_one_thing() {
        let all = [&YES[..], &NO, &NEVER, &NOT_APPLICABLE, &UNKNOWN].concat();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), all.len());
        assert!(all.iter().all(|word| word.to_lowercase() == **word));
    }
}
