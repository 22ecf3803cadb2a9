//! Writes what a rule decides about records, for people and as JSON.

mod human;
mod json;

pub use human::write as write_human;
pub use json::{
    explanations_schema, schema as explain_schema, write as write_json,
    write_all as write_json_of_all,
};
