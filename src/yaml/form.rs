//! The formats of scalars other than plain text: names, days, instants, durations.

use std::sync::LazyLock;

use regex::Regex;

/// The patterns that the check and the JSON schema share.
pub(super) mod pattern {
    /// [`Shape::Id`](crate::yaml::Shape::Id).
    pub(in crate::yaml) const ID: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
    /// [`Shape::Name`](crate::yaml::Shape::Name).
    pub(in crate::yaml) const NAME: &str = "^[a-z][a-z0-9_]*$";
    /// [`Shape::DateOrNever`](crate::yaml::Shape::DateOrNever); a separate check verifies that the
    /// day exists.
    pub(in crate::yaml) const DATE_OR_NEVER: &str = "^([0-9]{4}-[0-9]{2}-[0-9]{2}|never)$";
    /// [`Shape::Time`](crate::yaml::Shape::Time); a separate check verifies that the instant
    /// exists.
    pub(in crate::yaml) const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$";
    /// [`Shape::Duration`](crate::yaml::Shape::Duration): days, hours, minutes, seconds.
    pub(in crate::yaml) const DURATION: &str =
        "^([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$";
}

pub(super) static ID: LazyLock<Regex> = LazyLock::new(|| form(pattern::ID));
pub(super) static NAME: LazyLock<Regex> = LazyLock::new(|| form(pattern::NAME));
static TIME: LazyLock<Regex> = LazyLock::new(|| form(pattern::TIME));
static DATE_OR_NEVER: LazyLock<Regex> = LazyLock::new(|| form(pattern::DATE_OR_NEVER));
static DURATION: LazyLock<Regex> = LazyLock::new(|| form(pattern::DURATION));

/// Compiles one of the constant patterns; a test compiles every one of them.
#[allow(clippy::unwrap_used)]
fn form(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

pub(super) fn is_date_or_never(text: &str) -> bool {
    text == "never" || (DATE_OR_NEVER.is_match(text) && text.parse::<jiff::civil::Date>().is_ok())
}

pub(super) fn is_time(text: &str) -> bool {
    TIME.is_match(text) && text.parse::<jiff::Timestamp>().is_ok()
}

/// The number of seconds in a length of time such as `1d12h`.
pub fn seconds(text: &str) -> Option<i64> {
    let parts = DURATION.captures(text).filter(|_| !text.is_empty())?;
    let mut total = 0i64;
    for (group, unit) in [(1, 86_400), (2, 3_600), (3, 60), (4, 1)] {
        let Some(part) = parts.get(group) else { continue };
        let amount: i64 = part.as_str().get(..part.len() - 1)?.parse().ok()?;
        total = total.checked_add(amount.checked_mul(unit)?)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        let cases = [
            ("10m", Some(600)),
            ("24h", Some(86_400)),
            ("30d", Some(2_592_000)),
            ("1d2h3m4s", Some(93_784)),
            ("", None),
            ("1", None),
            ("1h1d", None),
            ("-1h", None),
            ("999999d", Some(86_399_913_600)),
            ("1000000d", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_form_compiles() {
        for pattern in [&ID, &NAME, &TIME, &DATE_OR_NEVER, &DURATION] {
            assert!(!pattern.is_match("Ä"));
        }
    }
}
