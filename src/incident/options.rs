//! What decides whether findings are joined.

use crate::record::derive::MAX_IDENTITIES;
use crate::value::Duration;

/// What decides whether findings are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncidentOptions {
    /// The longest time between two actions that are joined.
    pub window: Duration,
    /// The largest number of identities that may call from an address that joins findings; at most
    /// [`MAX_IDENTITIES`].
    pub shared_address: usize,
}

impl IncidentOptions {
    /// The options, with the defaults for what is not given.
    pub fn new(window: Option<Duration>, shared_address: Option<usize>) -> Self {
        let default = Self::default();
        Self {
            window: window.unwrap_or(default.window),
            shared_address: shared_address.unwrap_or(default.shared_address).min(MAX_IDENTITIES),
        }
    }
}

impl Default for IncidentOptions {
    /// 24 hours, and 10 identities.
    fn default() -> Self {
        Self { window: Duration(24 * 3_600 * 1_000_000), shared_address: 10 }
    }
}
