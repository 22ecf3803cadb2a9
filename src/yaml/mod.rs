//! YAML with a span for every key and scalar, and shapes to check it against.
//!
//! It uses sources and diagnostics. It must not know what a policy is: the caller passes a
//! [`Shape`] that describes what a file may contain. The JSON schema is derived from the same
//! shape.

mod check;
mod form;
mod mistake;
mod node;
mod opening;
mod parse;
mod schema;
mod segments;
mod shape;
mod write;

pub use check::check;
pub use form::seconds;
pub use node::{MappingEntry, Node, NodeKind, Scalar, ScalarStyle};
pub use parse::{parse, parse_up_to};
pub use schema::json_schema;
pub use shape::{Shape, ShapeKey};
pub use write::written_scalar;
