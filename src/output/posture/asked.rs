//! The options of a posture report that its outputs state.

use crate::value::Time;

/// The options of one posture report.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The version of the program.
    pub version: &'static str,
    /// The time to which ages are counted, if the user set it.
    pub now: Option<Time>,
    /// The time to which ages are counted for reports without a time of their own.
    pub clock: Time,
    /// Whether access keys are shown unmasked.
    pub show_keys: bool,
}
