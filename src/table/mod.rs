//! Reference data: lists (constant sets) and, later, tables joined by key.
//!
//! It knows values, sources and YAML, and no expression, rule or record.

mod list;

pub use list::{List, ListValue};
