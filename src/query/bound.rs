//! Time bounds of a query.

use std::fmt;

use crate::value::{Duration, Time, Zone};
use crate::yaml;

/// A time bound as a user writes it for `--since` or `--until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// An instant.
    At(Time),
    /// A day, with or without a time of day, in the zone of the project.
    Local(String),
    /// A number of seconds before the run clock.
    Back(i64),
}

/// A text is not a time bound. The command line shows the accepted forms, as `Display` states them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotABound;

impl fmt::Display for NotABound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected a time such as 2026-01-31T00:00:00Z, a day such as 2026-01-31, or a duration \
             before now such as 15m, 24h or 90d",
        )
    }
}

impl std::error::Error for NotABound {}

impl Bound {
    /// Parses a bound.
    ///
    /// # Errors
    ///
    /// If the text has none of the forms.
    pub fn parse(text: &str) -> Result<Self, NotABound> {
        let back = || yaml::seconds(text).map(Bound::Back);
        let local = || Time::parse_in(text, &Zone::utc()).map(|_| Bound::Local(text.to_owned()));
        let bound = Time::parse(text).map(Bound::At).or_else(back).or_else(local);
        bound.ok_or(NotABound)
    }

    /// The instant of the bound. A duration that reaches before the start of the calendar is
    /// clamped to it.
    pub fn instant(&self, clock: Time, zone: &Zone) -> Time {
        match self {
            Bound::At(time) => *time,
            Bound::Local(text) => Time::parse_in(text, zone).unwrap_or(Time(i64::MIN)),
            Bound::Back(seconds) => {
                Time(clock.0.saturating_sub(seconds.saturating_mul(Duration::SECOND)))
            }
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::At(time) => write!(f, "{time}"),
            Bound::Local(text) => f.write_str(text),
            Bound::Back(seconds) => {
                write!(f, "{}", Duration(seconds.saturating_mul(Duration::SECOND)))
            }
        }
    }
}
