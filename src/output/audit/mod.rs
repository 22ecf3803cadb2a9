//! The audit of an allowlist, for people and as JSON.

mod human;
mod json;

pub use human::write as write_human;
pub use json::{schema as audit_schema, write as write_json};
