//! Audits the allowlist: what each entry covers in a corpus, what is wrong with it, and the tightest
//! entry that covers the same.

#[allow(clippy::module_inception)]
mod audit;
mod coverage;
mod decided;
mod options;
mod problem;
mod tighten;
mod visitor;

pub use audit::{Audit, AuditedEntry, Corpus, audit};
pub use coverage::EntryCoverage;
pub use options::AuditOptions;
pub use problem::{Problem, ProblemKind};
pub use tighten::Tightened;
