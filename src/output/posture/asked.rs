//! What a report of a posture states beside the posture itself.

use crate::value::Time;

/// What a posture was asked for with.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The version of the program.
    pub version: &'static str,
    /// What days are counted to, where that was said.
    pub now: Option<Time>,
    /// What they are counted to over reports that do not say when they were made.
    pub clock: Time,
    /// Whether access keys are shown whole.
    pub show_keys: bool,
}
