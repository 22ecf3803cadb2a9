//! The expression language: its corpus, its diagnostics, and its agreement with Rhai's engine.

mod corpus;
mod coverage;
mod diagnostics;
mod differential;
mod generator;

mod hostile;
mod limits;
pub(crate) mod random;
mod reference;
mod reference_json;
mod templates;
pub(crate) mod world;
