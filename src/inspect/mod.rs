//! Inputs as they are read: what each file was taken for, and its records in canonical form; all of
//! them, or those that a query means.
//!
//! The same traits as the engine's, one record after the other, and no rule. Values leave this
//! module redacted and masked; a [`Viewer`] prints them.

mod view;
mod walk;
mod read;
mod column_value;
mod answer;
mod selection;
mod query_matcher;
mod select;

pub use answer::{Answer, EvalFailures, FileNote, OtherFile, SkipNote};
pub use read::{Options, read};
pub use select::select;
pub use selection::Selection;
pub use view::{Counts, FileView, RecordView, Viewer};
