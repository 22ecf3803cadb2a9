//! Until when everything is known.

use super::state::State;
use crate::value::{Duration, Time};

/// The times that decide.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) clock: Time,
    pub(super) before: Option<Time>,
    /// The smallest number while there was no event.
    pub(super) watermark: Time,
    pub(super) end: bool,
}

/// Whether no record can come that hangs together with what was last then.
pub(super) fn passed(last: Time, within: Duration, watermark: Time) -> bool {
    last.0.saturating_add(within.0) < watermark.0
}

/// Moves the watermark: as far behind the latest event as events may be late, and on with the clock
/// while none comes.
pub(super) fn advance(state: &mut State, clock: Time, lateness: Duration, end: bool) -> Times {
    let before = state.watermark;
    // An event of the future is a clock that goes wrong, and must not close every window.
    let latest = state.reaches.values().filter_map(|reach| reach.last).max();
    let latest = latest.map(|latest| latest.min(clock)).max(state.latest);
    if latest > state.latest || state.latest_arrived.is_none() {
        state.latest = latest;
        state.latest_arrived = latest.map(|_| clock);
    }
    let silent = state
        .latest_arrived
        .map_or(0, |latest_arrived| clock.0.saturating_sub(latest_arrived.0).max(0));
    let reached = latest.map(|Time(t)| Time(t.saturating_sub(lateness.0).saturating_add(silent)));
    state.watermark = reached.max(before);
    let watermark = if end { Time(i64::MAX) } else { state.watermark.unwrap_or(Time(i64::MIN)) };
    Times { clock, before, watermark, end }
}
