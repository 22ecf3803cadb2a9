//! Files as bytes, lines and spans.
//!
//! Policy files (rules, lists, allowlists, tables, configuration) are opened here and nowhere
//! else, and temporary files are created here. This module must not know what a file means.

mod fragment;
#[cfg(feature = "native")]
mod glob;
#[cfg(feature = "native")]
mod kept;
#[cfg(feature = "native")]
mod pattern;
mod sources;
mod temporary;
#[cfg(feature = "native")]
pub mod walk;

pub use fragment::{Fragment, Segment};
#[cfg(feature = "native")]
pub use glob::{Named, PathGlob, is_glob};
#[cfg(feature = "native")]
pub use kept::{KeptError, KeptFile, is_same_file};
#[cfg(feature = "native")]
pub use pattern::PathPattern;
pub use sources::{
    FileId, LoadError, MAX_POLICY_FILE, MAX_TABLE_FILE, SourceFile, Sources, Span, read_table,
};
pub use temporary::Temporary;
