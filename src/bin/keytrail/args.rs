//! The values of flags, and how each is parsed.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use keytrail::diag::nearest;
use keytrail::output::SarifProfile;
use keytrail::query::{Bound, NotABound};
use keytrail::record::{
    ColumnNamesError, Columns, FIELDS, Field, FieldId, FieldSet, column_names, field,
};
use keytrail::review::diff::FailKind;
use keytrail::rule::{FailOn, Severity};
use keytrail::value::{Duration, RecordKind, Time, Zone};
use keytrail::yaml::seconds;

use crate::arg_error::ArgError;

/// The output format of a reference command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Layout {
    /// Text for people.
    Human,
    /// JSON for programs.
    Json,
}

/// Parses a severity, with suggestions.
pub(crate) fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::WORDS.iter().rev().copied()).try_map(|word| {
        Severity::parse(&word.to_ascii_lowercase()).ok_or(ArgError::NotA("a severity"))
    })
}

/// Parses the value of `--fail-on`: a severity, or `never`.
pub(crate) fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(FailOn::WORDS.iter().rev().copied()).try_map(|word| {
        FailOn::parse(&word.to_ascii_lowercase()).ok_or(ArgError::NotA("a severity"))
    })
}

/// Parses what fails a comparison of two versions.
pub(crate) fn fail_kind() -> impl TypedValueParser<Value = FailKind> {
    PossibleValuesParser::new(FailKind::WORDS)
        .try_map(|word| FailKind::parse(&word).ok_or(ArgError::NotA("a kind of difference")))
}

/// Parses the service that SARIF is written for.
pub(crate) fn sarif_profile() -> impl TypedValueParser<Value = SarifProfile> {
    PossibleValuesParser::new(SarifProfile::WORDS)
        .try_map(|word| SarifProfile::parse(&word).ok_or(ArgError::NotA("a profile")))
}

/// Parses an instant.
pub(crate) fn instant(text: &str) -> Result<Time, ArgError> {
    Time::parse(text).ok_or(ArgError::Instant)
}

/// Parses a day, or `never`.
pub(crate) fn day(text: &str) -> Result<String, ArgError> {
    let valid =
        text == "never" || text.len() == 10 && Time::parse(&format!("{text}T00:00:00Z")).is_some();
    if valid { Ok(text.to_owned()) } else { Err(ArgError::Day) }
}

/// Parses the start or end of a time range.
pub(crate) fn bound(text: &str) -> Result<Bound, NotABound> {
    Bound::parse(text)
}

/// Parses the name of a kind of record.
pub(crate) fn kind() -> impl TypedValueParser<Value = RecordKind> {
    PossibleValuesParser::new(RecordKind::ALL.map(RecordKind::name))
        .try_map(|word| RecordKind::parse(&word).ok_or(ArgError::NotA("a kind of record")))
}

/// Parses a time zone.
pub(crate) fn zone(text: &str) -> Result<Zone, ArgError> {
    Zone::parse(text).ok_or(ArgError::Zone)
}

/// Parses an account id. It is a text, even if it consists of digits.
pub(crate) fn account(text: &str) -> Result<String, ArgError> {
    match text.trim() {
        "" => Err(ArgError::Account),
        account => Ok(account.to_owned()),
    }
}

/// Parses an amount of memory: `512M`, `2GiB`, `1073741824`.
pub(crate) fn memory(text: &str) -> Result<usize, ArgError> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &*text[digits.len()..].to_ascii_lowercase() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(ArgError::Memory(text.to_owned())),
    };
    let bytes = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    match bytes {
        Some(bytes) if bytes >= LEAST_MEMORY => Ok(bytes),
        Some(_) => Err(ArgError::TooLittleMemory),
        None => Err(ArgError::Memory(text.to_owned())),
    }
}

/// Parses a duration: `90s`, `5m`, `1h30m`, `1d`.
pub(crate) fn length(text: &str) -> Result<Duration, ArgError> {
    let length = match text.strip_suffix("ms") {
        Some(number) => number.parse::<u32>().ok().map(|number| i64::from(number) * 1_000),
        None => seconds(text).and_then(|number| number.checked_mul(Duration::SECOND)),
    };
    length.map(Duration).ok_or_else(|| ArgError::Duration(text.to_owned()))
}

/// Parses the time between two checks.
pub(crate) fn interval(text: &str) -> Result<Duration, ArgError> {
    match length(text)? {
        Duration(..=0) => Err(ArgError::Interval),
        interval => Ok(interval),
    }
}

/// The smallest memory limit. With less, a run would spend its time on spilling.
const LEAST_MEMORY: usize = 16 << 20;

/// Parses the names of columns, separated by commas.
pub(crate) fn columns(text: &str) -> Result<Columns, ColumnNamesError> {
    column_names(text.split(',').map(str::to_owned))
}

/// Parses names of fields, separated by commas; names may be globs.
pub(crate) fn fields(text: &str) -> Result<FieldSet, ArgError> {
    let mut chosen = FieldSet::EMPTY;
    for name in text.split(',').map(str::trim) {
        let found = named_fields(name);
        if found.is_empty() {
            return Err(unknown_field(name));
        }
        chosen = chosen.union(found);
    }
    Ok(chosen)
}

fn named_fields(pattern: &str) -> FieldSet {
    let glob = glob::Pattern::new(pattern).ok();
    let fits = |id: &FieldId| {
        let path = id.field().path();
        path == pattern || glob.as_ref().is_some_and(|glob| glob.matches(&path))
    };
    RecordKind::ALL.into_iter().flat_map(field::of_kind).filter(fits).collect()
}

fn unknown_field(name: &str) -> ArgError {
    let paths: Vec<String> = FIELDS.iter().map(Field::path).collect();
    let bare = FIELDS.iter().find(|field| field.name == name).map(Field::path);
    let near = bare.or_else(|| nearest(name, paths.iter().map(String::as_str)).map(str::to_owned));
    ArgError::Field { name: name.to_owned(), near }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{ArgError, Duration, fields, interval, length, memory};

    #[test]
    fn fields_are_selected_by_name_or_glob() {
        let paths = |text: &str| {
            let paths = |set: super::FieldSet| -> Vec<String> {
                set.iter().map(|id| id.field().path()).collect()
            };
            fields(text).map(|set| paths(set).join(" ")).map_err(|error| error.to_string())
        };
        assert_eq!(
            paths("key.id, event.ip*").unwrap(),
            "event.ip event.ip_scope event.ip_type key.id"
        );
        assert_eq!(paths("*.account").unwrap(), "event.account cred.account");
        for (wrong, help) in [
            ("event.ipp", "no field matches `event.ipp`; did you mean `event.ip`?"),
            ("ip", "no field matches `ip`; did you mean `event.ip`?"),
            ("event.ip,", "no field matches ``; `keytrail fields` lists them"),
            ("evnt.*", "no field matches `evnt.*`; `keytrail fields` lists them"),
            ("[", "no field matches `[`; `keytrail fields` lists them"),
        ] {
            assert_eq!(paths(wrong), Err(help.to_owned()));
        }
    }

    #[test]
    fn durations_and_intervals_use_the_syntax_of_rules() {
        for (text, seconds) in [("90s", 90), ("5m", 300), ("1h30m", 5_400), ("2d", 172_800)] {
            assert_eq!(length(text), Ok(Duration(seconds * Duration::SECOND)), "{text}");
            assert_eq!(interval(text), length(text), "{text}");
        }
        assert_eq!(interval("250ms"), Ok(Duration(250_000)));
        assert_eq!(length("0s"), Ok(Duration(0)));
        for wrong in ["", "5", "m", "-5m", "5 m", "1.5h", "5x", "99999999999999999d", "ms"] {
            assert!(
                length(wrong).unwrap_err().to_string().contains("is not a duration"),
                "{wrong}"
            );
        }
        for zero in ["0s", "0ms", "0m0s"] {
            assert!(interval(zero).unwrap_err().to_string().contains("longer than zero"), "{zero}");
        }
    }

    #[test]
    fn memory_sizes_use_binary_units() {
        for (text, bytes) in
            [("16M", 16 << 20), ("2G", 2 << 30), ("512mib", 512 << 20), ("16777216", 16 << 20)]
        {
            assert_eq!(memory(text), Ok(bytes), "{text}");
        }
        for text in ["", "M", "1.5G", "-1G", "2T", "99999999999G"] {
            assert_eq!(memory(text), Err(ArgError::Memory(text.to_owned())), "{text}");
        }
        assert_eq!(memory("15M"), Err(ArgError::TooLittleMemory));
    }
}
