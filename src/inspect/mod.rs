//! Inputs as they are read: what each file was taken for, and its records in canonical form.
//!
//! The same traits as the engine's, all fields of a record instead of those that rules need, and
//! no policy. Values leave this module redacted and masked; a [`Viewer`] prints them.

mod walk;
mod read;
mod view;

pub use read::{Options, read};
pub use view::{Counts, FileView, RecordView, Viewer};
