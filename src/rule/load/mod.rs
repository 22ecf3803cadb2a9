//! Loads rule files into rules.
//!
//! [`Loader`](loader::Loader) has the state that every part shares; each construct of a rule has a
//! file. The loader checks every part even if other parts have errors: a misspelt severity does not
//! hide a misspelt field. The rule is returned only if there is no error.

mod base;
mod construct;
mod each;
mod correlate;
mod after_silence;
mod first_seen;
mod loader;
mod rule;
mod sequence;
mod steps;
mod stray;

pub use loader::Overrides;
pub use rule::load;
