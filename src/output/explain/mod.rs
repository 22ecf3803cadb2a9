//! Writes what a rule decides about records, for people and as JSON.

mod human;
mod json;

pub use human::write as write_human;
pub use json::{schema as explain_schema, write as write_json};
