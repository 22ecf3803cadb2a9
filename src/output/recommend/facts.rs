//! The facts of a run that the outputs of recommendations state.

/// What also decides about a call and is not in the inputs.
pub(super) const UNSEEN: [&str; 4] = [
    "policies of the organisation",
    "permission boundaries",
    "policies of sessions",
    "policies of resources",
];

/// The facts of a run that the outputs state.
#[derive(Debug, Clone)]
pub struct RecommendFacts {
    /// The version of the program.
    pub version: &'static str,
    /// Whether access keys are shown unmasked.
    pub show_keys: bool,
    /// The number of policy files that were written.
    pub written: usize,
    /// The folder that they were written to.
    pub folder: String,
}
