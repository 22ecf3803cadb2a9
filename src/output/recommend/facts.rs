//! The facts of a run that the outputs of recommendations state.

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
