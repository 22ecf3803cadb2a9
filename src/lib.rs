//! Keytrail: policy as code for cloud credentials.
//!
//! Modules are in the order in which data flows through them. Those without a `native` gate are
//! the core: it evaluates records that its host supplies, and needs no operating system.

pub mod source;
pub mod diag;
pub mod value;
pub mod yaml;
pub mod record;
#[cfg(feature = "native")]
pub mod input;
pub mod table;
pub mod expr;
pub mod stdlib;
pub mod decide;
pub mod rule;
pub mod allow;
pub mod query;
pub mod triage;
#[cfg(feature = "native")]
pub mod config;
pub mod plan;
pub mod correlate;
pub mod finding;
pub mod incident;
pub mod engine;
#[cfg(feature = "native")]
pub mod inspect;
#[cfg(feature = "native")]
pub mod posture;
#[cfg(feature = "native")]
pub mod recommend;
#[cfg(feature = "native")]
pub mod report;
#[cfg(feature = "native")]
pub mod lint;
#[cfg(feature = "native")]
pub mod ruletest;
#[cfg(feature = "native")]
pub mod review;
#[cfg(feature = "native")]
pub mod watch;
#[cfg(feature = "native")]
pub mod output;
#[cfg(feature = "native")]
pub mod scaffold;
#[cfg(feature = "native")]
pub mod scan;
#[cfg(feature = "native")]
pub mod cases;

#[cfg(feature = "native")]
pub use scan::{ScanOptions, scan, scan_each};
