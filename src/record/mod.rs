//! Records, the field table, and the interface between inputs and the engine.
//!
//! Only the field table in [`field`] spells the names of canonical fields. This module defines the
//! traits that inputs implement, so the engine does not depend on any input. It must not know any
//! format, expression or rule.

mod batch;
mod caller;
pub mod derive;
mod target_user;
pub mod field;
mod format;
mod gap;
mod hint;
mod input_kind;
mod inputs;
mod origin;
mod provider;
#[allow(clippy::module_inception)]
mod record;
pub mod reference;
mod shown_path;
mod source;

pub use batch::{Batch, BatchRecord, ByteRange, Envelope, RawRecord, Skip, SkipReason};
pub use field::{FIELDS, Field, FieldId, FieldSet};
pub use format::{Format, MappedRecord, Mapper, Outcome, Scratch, Sought};
pub use gap::{Defect, FieldGap};
pub use hint::{ColumnNamesError, Hint, Setting, column_names};
#[cfg(feature = "native")]
pub use hint::{HintEntry, Hints};
pub use input_kind::{InputKind, InputKinds};
pub use inputs::{BatchStatus, Batches, FileAccount, FileStatus, Inputs, ReadOrder, RecordsAt};
pub use origin::{Columns, DateOrder, Origin, same_name};
pub use provider::Provider;
pub use record::Record;
pub use shown_path::shown_path;
pub use source::FieldSource;
