//! Every diagnostic code, by area. A code is never reused for something else.

pub mod allow;
pub mod config;
pub mod expr;
pub mod lint;
pub mod policy;
pub mod query;
pub mod rule;
pub mod run;
pub mod table;

use super::Code;
use super::diagnostic::codes;

/// Every code, sorted by id.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [
        policy::CODES,
        expr::CODES,
        rule::CODES,
        allow::CODES,
        config::CODES,
        run::CODES,
        lint::CODES,
        table::CODES,
        query::CODES,
    ]
    .into_iter()
    .flatten()
    .copied()
}
