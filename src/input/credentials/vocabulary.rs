//! The words that vendors and spreadsheets write in cells, and what each of them means.

use super::spreadsheet::Rewritten;
use crate::record::DateOrder;
use crate::value::{Time, Zone};

/// What a cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning<T> {
    /// A value.
    Value(T),
    /// It never happened.
    Never,
    /// It does not apply (`N/A`).
    NotApplicable,
    /// It is not known, or the report does not contain it for this user.
    Unknown,
    /// One of two values, and nothing in the file shows which.
    Ambiguous,
    /// It has no known meaning.
    NotUnderstood,
}

/// Words for yes, in lower case. Some columns contain the states `active` and `configurada`
/// instead.
const YES: [&str; 6] = ["true", "yes", "1", "active", "enabled", "configurada"];
const NO: [&str; 8] =
    ["false", "no", "0", "inactive", "disable", "disabled", "no configurada", "none"];

/// `TRUE` and `FALSE` in other languages, as spreadsheets write them, in lower case:
/// German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Finnish,
/// Polish, Czech, Hungarian, Romanian, Russian and Turkish.
const YES_TRANSLATED: [&str; 16] = [
    "wahr",
    "vrai",
    "verdadero",
    "vero",
    "verdadeiro",
    "waar",
    "sant",
    "sand",
    "sann",
    "tosi",
    "prawda",
    "pravda",
    "igaz",
    "adevărat",
    "истина",
    "doğru",
];
const NO_TRANSLATED: [&str; 15] = [
    "falsch", "faux", "falso", "onwaar", "falskt", "falsk", "usann", "epätosi", "fałsz",
    "nepravda", "hamis", "fals", "ложь", "yanliş", "yanlış",
];

const NEVER: [&str; 5] = ["nunca", "nunca utilizada", "no_information", "never", "-"];
const NOT_APPLICABLE: [&str; 2] = ["n/a", "na"];
const UNKNOWN: [&str; 3] = ["", NOT_SUPPORTED, LOGIN_DISABLED];

/// Written by AWS and Tencent Cloud if a column does not apply to a user.
pub(super) const NOT_SUPPORTED: &str = "not_supported";

/// Alibaba Cloud's word in columns of users who cannot sign in.
pub(super) const LOGIN_DISABLED: &str = "login_disabled";

/// Whether a cell is a word, in any case; `word` is in lower case.
pub(super) fn is_word(cell: &str, word: &str) -> bool {
    cell.eq_ignore_ascii_case(word)
}

fn among(cell: &str, words: &[&str]) -> bool {
    words.iter().any(|word| is_word(cell, word))
}

/// Whether a cell is one of these words, which may have letters outside ASCII.
fn among_translated(cell: &str, words: &[&str]) -> bool {
    among(cell, words) || (!cell.is_ascii() && words.contains(&&*cell.to_lowercase()))
}

/// The meaning of a word that replaces a value; `None` for anything else.
fn placeholder<T>(cell: &str) -> Option<Meaning<T>> {
    if among(cell, &UNKNOWN) {
        Some(Meaning::Unknown)
    } else if among(cell, &NOT_APPLICABLE) {
        Some(Meaning::NotApplicable)
    } else if among(cell, &NEVER) {
        Some(Meaning::Never)
    } else {
        None
    }
}

/// Reads a cell with yes or no. A word for never is neither, so the value is missing, as for `N/A`.
pub(super) fn flag(cell: &str) -> Meaning<bool> {
    let cell = cell.trim();
    if among(cell, &YES) || among_translated(cell, &YES_TRANSLATED) {
        Meaning::Value(true)
    } else if among(cell, &NO) || among_translated(cell, &NO_TRANSLATED) {
        Meaning::Value(false)
    } else {
        placeholder(cell).unwrap_or(Meaning::NotUnderstood)
    }
}

/// How ambiguous times are interpreted.
#[derive(Debug, Clone)]
pub(super) struct Writing {
    /// The zone of times without an offset.
    pub(super) zone: Zone,
    /// The order of day and month in dates that a spreadsheet wrote.
    pub(super) order: Option<DateOrder>,
}

/// Reads a cell with a time. `FALSE` in place of a time (as in Tencent's `PasswordLastRotation`)
/// means that the column does not apply.
pub(super) fn time(cell: &str, writing: &Writing) -> Meaning<Time> {
    let cell = cell.trim();
    if let Some(meaning) = placeholder(cell) {
        return meaning;
    }
    if let Some(time) = Time::parse_in(cell, &writing.zone) {
        return Meaning::Value(time);
    }
    match Rewritten::read(cell) {
        Some(date) => {
            date.time(writing.order, &writing.zone).map_or(Meaning::Ambiguous, Meaning::Value)
        }
        None if is_word(cell, "false") || among_translated(cell, &NO_TRANSLATED) => {
            Meaning::NotApplicable
        }
        None => Meaning::NotUnderstood,
    }
}

/// Reads a cell with a name; a word for a missing value is not a name.
pub(super) fn text(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    placeholder::<()>(cell).is_none().then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_no_and_neither_are_distinguished() {
        for (cell, expected) in [
            ("true", Meaning::Value(true)),
            ("TRUE", Meaning::Value(true)),
            (" True ", Meaning::Value(true)),
            ("Active", Meaning::Value(true)),
            ("Configurada", Meaning::Value(true)),
            ("1", Meaning::Value(true)),
            ("WAHR", Meaning::Value(true)),
            ("VRAI", Meaning::Value(true)),
            ("ИСТИНА", Meaning::Value(true)),
            ("DOĞRU", Meaning::Value(true)),
            ("false", Meaning::Value(false)),
            ("FALSE", Meaning::Value(false)),
            ("FALSCH", Meaning::Value(false)),
            ("FAUX", Meaning::Value(false)),
            ("FAŁSZ", Meaning::Value(false)),
            ("YANLIŞ", Meaning::Value(false)),
            ("Inactive", Meaning::Value(false)),
            ("Disable", Meaning::Value(false)),
            ("disabled", Meaning::Value(false)),
            ("No configurada", Meaning::Value(false)),
            ("None", Meaning::Value(false)),
            ("N/A", Meaning::NotApplicable),
            ("na", Meaning::NotApplicable),
            ("", Meaning::Unknown),
            ("  ", Meaning::Unknown),
            ("not_supported", Meaning::Unknown),
            ("LOGIN_DISABLED", Meaning::Unknown),
            ("-", Meaning::Never),
            ("truee", Meaning::NotUnderstood),
            ("tru", Meaning::NotUnderstood),
            ("2", Meaning::NotUnderstood),
            ("no.configurada", Meaning::NotUnderstood),
            ("\u{feff}true", Meaning::NotUnderstood),
        ] {
            assert_eq!(flag(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn never_is_distinguished_from_a_time_and_from_missing() {
        let writing = Writing { zone: Zone::utc(), order: None };
        let at = |text| Meaning::Value(Time::parse(text).unwrap_or(Time(0)));
        for (cell, expected) in [
            ("2024-01-15T09:30:00+00:00", at("2024-01-15T09:30:00Z")),
            ("2019/8/16 9:25:56", at("2019-08-16T09:25:56Z")),
            ("16.08.2019 9:25", at("2019-08-16T09:25:00Z")),
            ("8/9/2019 9:25", Meaning::Ambiguous),
            ("Nunca", Meaning::Never),
            ("nunca utilizada", Meaning::Never),
            ("no_information", Meaning::Never),
            ("Never", Meaning::Never),
            ("-", Meaning::Never),
            ("N/A", Meaning::NotApplicable),
            ("FALSE", Meaning::NotApplicable),
            ("FALSCH", Meaning::NotApplicable),
            ("not_supported", Meaning::Unknown),
            ("LOGIN_DISABLED", Meaning::Unknown),
            ("", Meaning::Unknown),
            ("TRUE", Meaning::NotUnderstood),
            ("yesterday", Meaning::NotUnderstood),
            ("2024-02-30T00:00:00Z", Meaning::NotUnderstood),
            ("#####", Meaning::NotUnderstood),
        ] {
            assert_eq!(time(cell, &writing), expected, "{cell:?}");
        }
    }

    #[test]
    fn other_texts_are_names() {
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
    fn a_word_has_one_meaning() {
        let all =
            [&YES[..], &NO, &YES_TRANSLATED, &NO_TRANSLATED, &NEVER, &NOT_APPLICABLE, &UNKNOWN]
                .concat();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), all.len());
        assert!(all.iter().all(|word| word.to_lowercase() == **word));
    }
}
