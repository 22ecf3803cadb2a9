//! The facts of a run that the outputs of a posture state.

use crate::value::Time;

/// The facts of one run of `posture`.
#[derive(Debug, Clone, Copy)]
pub struct PostureFacts {
    /// The version of the program.
    pub version: &'static str,
    /// The time at which ages are computed, if the user set it.
    pub now: Option<Time>,
    /// The time at which ages are computed for reports without a time of their own.
    pub clock: Time,
    /// Whether access keys are shown unmasked.
    pub show_keys: bool,
}
