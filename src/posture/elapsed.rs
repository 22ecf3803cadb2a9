//! Elapsed time, exact to the microsecond.

use crate::value::{Duration, Time};

/// The time from one instant to a later one. "More than 7 days" begins a microsecond after 7 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Elapsed(Duration);

impl Elapsed {
    /// The time between two instants; `None` if the second is earlier.
    pub(super) fn between(from: Time, to: Time) -> Option<Self> {
        to.0.checked_sub(from.0).filter(|micros| *micros >= 0).map(|micros| Self(Duration(micros)))
    }

    /// The time since a use. The time of a report is exact only to the day or the minute. A use
    /// that is later than the report counts as made at its time.
    pub(super) fn since_use(used: Time, now: Time) -> Self {
        Self(Duration(now.0.saturating_sub(used.0).max(0)))
    }

    /// Whole days, as they are shown.
    pub fn days(self) -> i64 {
        self.0.0 / Duration::DAY
    }

    /// Whether it is longer than this many days.
    pub(super) fn is_over(self, days: i64) -> bool {
        i128::from(self.0.0) > i128::from(days) * i128::from(Duration::DAY)
    }

    /// Whether it is at least this many days.
    pub(super) fn is_at_least(self, days: i64) -> bool {
        i128::from(self.0.0) >= i128::from(days) * i128::from(Duration::DAY)
    }
}
