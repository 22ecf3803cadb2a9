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

/// Declares the codes of one area and their registry slice.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $title:literal, $explanation:literal;)*) => {
        $($(#[$doc])*
        pub static $name: $crate::diag::Code =
            $crate::diag::Code { id: $id, title: $title, explanation: $explanation };)*
        /// Every code of this area.
        pub static CODES: &[&$crate::diag::Code] = &[$(&$name),*];
    };
}
use codes;
