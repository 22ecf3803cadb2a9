//! Data files: finding, opening and splitting them, and recognizing their format by content.
//!
//! A file goes through `discover` (arguments to files), `byte_stream` (decompression, limits), `frame`
//! (bytes to records) and a [`Format`] (a record to canonical fields). A new format is one module
//! and one line in [`FORMATS`]; it reads the parts of a record through `json`, or through `csv`
//! where records are rows of a table. It must not know why a record is read: no expression,
//! no rule, no finding.

mod actiontrail;
mod byte_stream;
mod cloudaudit;
mod cloudtrail;
mod credentials;
mod csv;
mod discover;
mod envelope;
mod exported;
mod follow;
mod frame;
#[doc(hidden)]
pub mod fuzzing;
mod json;
mod opening;
mod file_reader;
mod read_failure;
mod set;
mod trail;
mod unclaimed;

use crate::record::Format;

pub use actiontrail::ActionTrail;
pub use byte_stream::{FREE_BYTES, MAX_RATIO, Progress};
pub use cloudaudit::CloudAudit;
pub use cloudtrail::CloudTrail;
pub use credentials::{ALIBABA, AUDIT, AWS, CredentialReport, TENCENT};
pub use discover::STDIN;
pub use envelope::opened;
pub use exported::{ACTIONTRAIL_TABLE, CLOUDAUDIT_TABLE, CLOUDTRAIL_TABLE, Exported, IamEvents};
pub use follow::{Follow, FollowState, FollowedFile, Round};
pub use opening::Stdin;
pub use set::{InputNote, InputSet};

/// Every input format, in the order in which they are tried.
pub static FORMATS: &[&dyn Format] = &[
    &CloudTrail,
    &ActionTrail,
    &CloudAudit,
    &CLOUDTRAIL_TABLE,
    &ACTIONTRAIL_TABLE,
    &CLOUDAUDIT_TABLE,
    &IamEvents,
    &AWS,
    &ALIBABA,
    &TENCENT,
    &AUDIT,
];

#[cfg(test)]
mod tests;
