//! Map and reduce: records to matches, matches to findings.
//!
//! `map` sees one record and no state; `reduce` sees the matches of one rule and subject. Both
//! give the same result whatever the order, the split or the number of threads. It must not know
//! where records come from or where findings go: no clock, no file, no format, no output.

mod account;
mod credentials;
mod detail_store;
mod details;
mod keep;
mod kept;
mod map;
mod matches;
mod options;
mod recall;
mod reduce;
mod rows;
mod run;
mod schedule;
mod seen;
mod subject;
mod trial;

pub use crate::plan::Applicability;
pub use account::{Accounting, FileReport, RuleError};
pub use credentials::{AMBIGUOUS, Credentials, Held, Joiner, LookUp};
pub use kept::{KeptRow, Rows};
pub use options::{MEMORY, RunOptions, Tell};
pub use recall::Recall;
pub use reduce::Coverage;
pub use run::{Mapped, RunResult, Unapplied, map, reduce, run};
pub use subject::{fingerprint_of, rule_of};
pub use trial::{Trial, Tried};
