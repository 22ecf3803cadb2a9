//! YAML with a span for every key and scalar, and shapes to check it against.
//!
//! It knows sources and diagnostics, and must not know what a policy is: what a file may contain is a [`Shape`] that
//! the caller gives, from which the JSON schema is made too.

mod check;
mod form;
mod mistake;
mod node;
mod parse;
mod schema;
mod segments;
mod shape;

pub use check::check;
pub use form::seconds;
pub use node::{Entry, Node, NodeKind, Scalar, ScalarStyle};
pub use parse::parse;
pub use schema::json_schema;
pub use shape::{Key, Shape};
