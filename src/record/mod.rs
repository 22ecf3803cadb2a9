//! Records, the field table, and what an input offers to the engine.
//!
//! The field table in [`field`] is the only place where a canonical field is spelled. The traits
//! that inputs implement live here, so that the engine needs to know no input. It must not know any
//! format, expression or rule.

mod batch;
pub mod derive;
pub mod field;
mod format;
mod gap;
mod hint;
mod inputs;
mod origin;
mod provider;
#[allow(clippy::module_inception)]
mod record;
pub mod reference;
mod shown_path;

pub use batch::{Batch, Envelope, Placed, RawRecord, Skip, SkipReason, Span};
pub use field::{FIELDS, Field, FieldId, FieldSet};
pub use format::{Format, Mapper, Outcome, Rows, Scratch};
pub use gap::{Defect, FieldGap};
pub use hint::{Hint, Said, column_names};
#[cfg(feature = "native")]
pub use hint::{HintEntry, Hints};
pub use inputs::{Batches, FileAccount, FileStatus, Inputs, Phase, Step};
pub use origin::{Columns, DateOrder, Origin, same_name};
pub use provider::Provider;
pub use record::Record;
pub use shown_path::shown_path;
