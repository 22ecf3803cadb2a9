//! Chosen parts of a JSON text, borrowed from its bytes, without building a tree.

mod fold;
mod leaves;
mod members;
mod nest;
mod project;
mod shape;
mod text;

pub(super) use fold::{opened, unfold};
pub(super) use leaves::{once, texts};
pub(super) use members::{Members, items, members, values};
pub(super) use nest::nest;
pub(super) use project::{Fault, Fields};
pub(super) use shape::Shape;
pub(super) use text::{decode, list_of, push_string, untyped};
