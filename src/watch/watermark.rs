//! The watermark: no record with an earlier time is expected.

use super::state::WatchState;
use crate::value::{Duration, Time};

/// The times that decide whether an occurrence is certain.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) clock: Time,
    pub(super) before: Option<Time>,
    /// `i64::MIN` until the first event arrives.
    pub(super) watermark: Time,
    pub(super) end: bool,
}

/// Whether the watermark excludes any further record within `within` of `last`.
pub(super) fn passed(last: Time, within: Duration, watermark: Time) -> bool {
    last.0.saturating_add(within.0) < watermark.0
}

/// Advances the watermark: it trails the latest event by the lateness, and advances with the clock
/// while no event arrives.
pub(super) fn advance(state: &mut WatchState, clock: Time, lateness: Duration, end: bool) -> Times {
    let before = state.watermark;
    // An event from the future is due to a wrong clock and must not close every window.
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
