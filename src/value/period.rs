//! A period of time.

use std::fmt;

use super::time::Time;

/// A half-open period: from `since` on and before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// The first instant of the period; `None` if unbounded.
    pub since: Option<Time>,
    /// The first instant after the period; `None` if unbounded.
    pub until: Option<Time>,
}

impl Period {
    /// Whether there is a bound.
    pub fn is_bounded(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Whether the period is empty.
    pub fn is_empty(&self) -> bool {
        matches!((self.since, self.until), (Some(since), Some(until)) if since >= until)
    }

    /// Whether the period contains a time.
    pub fn contains(&self, time: Time) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.since, self.until) {
            (Some(since), Some(until)) => write!(f, "from {since} on, before {until}"),
            (Some(since), None) => write!(f, "from {since} on"),
            (None, Some(until)) => write!(f, "before {until}"),
            (None, None) => f.write_str("any time"),
        }
    }
}
