//! Shows inputs as they are read: the format of each file, and its records in canonical form,
//! either all records or those that meet a query.
//!
//! This module uses the same traits as the engine, reads one record after another, and evaluates no
//! rule. Values leave it redacted and masked; a [`Viewer`] prints them.

mod masked_keys;
mod place;
mod view;
mod walk;
mod read;
mod column_value;
mod query_result;
mod selection;
mod report_join;
mod query_matcher;
mod select;

pub(crate) use column_value::shown;
pub use masked_keys::MaskedUse;
pub use place::RecordPlace;
pub use query_result::{EvalFailures, FileNote, OtherFile, QueryResult, SkipNote};
pub use read::{Options, ReadRecords, read};
pub(crate) use report_join::ReportJoin;
pub(crate) use select::WithStoredReports;
pub use select::select;
pub use selection::Selection;
pub use view::{FileView, RecordCounts, RecordView, Viewer};
pub(crate) use walk::{Clock, CurrentRecord, Visitor, walk};
