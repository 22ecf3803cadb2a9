//! Files as bytes, lines and spans.
//!
//! Policy files (rules, lists, allowlists, tables, configuration) are opened only here, and
//! temporary files are created only here. This module must not know what a file means.

#[cfg(feature = "native")]
mod edit;
mod fragment;
#[cfg(feature = "native")]
mod glob;
#[cfg(feature = "native")]
mod state_file;
#[cfg(feature = "native")]
mod pattern;
#[cfg(feature = "native")]
mod lexical;
mod position;
#[cfg(feature = "native")]
mod snapshot;
mod sources;
mod temporary;
#[cfg(feature = "native")]
pub mod walk;

#[cfg(feature = "native")]
pub use edit::{Edit, applied};
pub use fragment::{Fragment, Segment};
#[cfg(feature = "native")]
pub use glob::{GlobEntry, GlobWalk, is_glob};
#[cfg(feature = "native")]
pub use pattern::{PathPattern, PathPatternError};
pub use position::{Position, count_bytes};
#[cfg(feature = "native")]
pub use snapshot::{Lacking, Refusal, Snapshot};
pub use sources::{
    FileId, LoadError, LoadErrorKind, MAX_POLICY_FILE, MAX_TABLE_FILE, SourceFile, Sources, Span,
};
#[cfg(feature = "native")]
pub use state_file::{StateFile, StateFileError, is_same_file};
pub use temporary::Temporary;
