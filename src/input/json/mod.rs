//! Chosen parts of a JSON text, borrowed from its bytes, without building a tree.

mod embedded;
mod leaves;
mod members;
mod unflatten;
mod project;
mod scan;
mod shape;
mod text;

pub(super) use embedded::{embedded_object, opened, unfold};
pub(super) use leaves::{once, texts};
pub(super) use members::{items, members, values};
pub(super) use project::{Fault, Fields};
pub(super) use scan::{Scan, Stop, too_deep};
pub(super) use shape::Shape;
pub(super) use text::{decode, list_of, untyped};
pub(super) use unflatten::unflatten;

/// The deepest nesting of a record.
pub(super) const MAX_DEPTH: usize = 512;
