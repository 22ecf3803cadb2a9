//! Time that has passed, exact to the microsecond.

use crate::value::{Duration, Time};

/// The time from one instant to a later one. "More than 7 days" is 7 days and a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Elapsed(Duration);

impl Elapsed {
    /// The time between two instants; `None` when the second is earlier.
    pub(super) fn between(from: Time, to: Time) -> Option<Self> {
        to.0.checked_sub(from.0).filter(|micros| *micros >= 0).map(|micros| Self(Duration(micros)))
    }

    /// The time since a use. A report names its time by the day or by the minute, so a use that is
    /// later than that counts as made at that time.
    pub(super) fn since_use(used: Time, now: Time) -> Self {
        Self(Duration(now.0.saturating_sub(used.0).max(0)))
    }

    /// Whole days, as they are shown.
    pub fn days(self) -> i64 {
        self.0.0 / Duration::DAY
    }

    /// Whether it is more than so many days.
    pub(super) fn is_over(self, days: i64) -> bool {
        i128::from(self.0.0) > i128::from(days) * i128::from(Duration::DAY)
    }

    /// Whether it is so many days or more.
    pub(super) fn is_at_least(self, days: i64) -> bool {
        i128::from(self.0.0) >= i128::from(days) * i128::from(Duration::DAY)
    }
}
