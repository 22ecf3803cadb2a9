//! Writes the comparison of two versions of a policy.

mod human;
mod json;
mod markdown;
mod sarif;
mod sentences;

pub use human::write as write_human;
pub use json::{schema as diff_schema, write as write_json};
pub use markdown::write as write_markdown;
pub use sarif::write as write_sarif;
