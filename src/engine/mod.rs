//! Map and reduce: records to matches, matches to findings.
//!
//! `map` processes one record at a time without state; `reduce` processes the matches of one rule
//! and subject. The results of both are independent of the order of records, the split of the input
//! and the number of threads. The engine must not depend on where records come from or where
//! findings go: no clock, no file, no format, no output.

mod accounting;
mod credentials;
mod detail_store;
mod details;
mod event_id;
mod match_recorder;
mod stored_row;
mod map;
mod judge;
mod matches;
mod options;
mod owners;
mod pending_row;
mod projection;
mod sample_reload;
mod reduce;
mod rows;
mod run;
mod schedule;
mod shown_record;
mod silence_ends;
mod match_view;
mod subject;
mod rule_harness;
mod fold;

pub use crate::plan::Applicability;
pub use accounting::{Accounting, FileReport, RuleError};
pub use credentials::{AMBIGUOUS, Credentials, Joiner, LookUp, StoredReports};
pub use fold::{FoldOptions, Folded, FoldedRecord, RecordState, fold_records};
pub use map::NOT_PARSED;
pub use matches::Settled;
pub use options::{EmitMode, MEMORY, PolicyRun, RunOptions};
pub use reduce::{Coverage, LEADS_PER_RUN, SAMPLES_PER_RULE, SAMPLES_PER_RUN};
pub use rows::SpillError;
pub use rule_harness::{HarnessResult, RuleHarness};
pub use run::{Mapped, RunResult, Unapplied, map, map_part, reduce, reduce_keys, run, run_each};
pub use sample_reload::MissingSamples;
pub use stored_row::{EventKey, EventVersion, StoredRow, StoredRows};
pub use subject::{fingerprint_of, rule_of};
