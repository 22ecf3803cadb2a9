//! Writes the diagnostics of a policy for programs.

mod github;
mod json;
mod place;
mod sarif;

pub use github::write as write_github;
pub use json::{schema as check_schema, write as write_json};
pub(in crate::output) use sarif::uri;
pub use sarif::write as write_sarif;
