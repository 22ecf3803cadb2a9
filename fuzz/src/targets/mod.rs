//! One file for each target: a function that accepts any bytes and panics if an invariant is
//! violated.
//!
//! `tests/it/fuzz.rs` includes this folder and runs the stored inputs without libFuzzer, so nothing
//! here depends on libFuzzer.

pub mod escape;
pub mod expression;
pub mod policy;
pub mod project;
pub mod redact;
pub mod split;

/// A target by the name of its file.
pub struct Target {
    /// The name of its file, its binary, its stored inputs and its dictionary.
    pub name: &'static str,
    /// Runs one input.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "escape", run: escape::run },
    Target { name: "expression", run: expression::run },
    Target { name: "policy", run: policy::run },
    Target { name: "project", run: project::run },
    Target { name: "redact", run: redact::run },
    Target { name: "split", run: split::run },
];
