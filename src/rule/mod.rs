//! Rules: as written, validated, compiled. Lists, tables and definitions as written.
//!
//! The loader reads a file with [`crate::yaml::parse`], asks [`document_kind`] what it holds, and
//! gives the whole document to [`load`], [`load_list`], [`load_table`] or [`load_definitions`].
//! Lists, tables and definitions come first: rules are compiled against an [`Env`](crate::expr::Env) that has them.
//! Each of them checks its document against its shape ([`RULE_FILE`], [`LIST_FILE`],
//! [`DEFINITIONS_FILE`]), and collects every error. That an id names only one policy is the
//! loader's to check.
//!
//! It knows YAML, tables and expressions; it must not know allowlists, inputs or findings.

mod construct;
mod definition;
mod document;
mod list;
mod load;
mod monotone;
mod name;
mod param;
#[allow(clippy::module_inception)]
mod rule;
mod shape;
mod table;

pub use construct::{
    Construct, ConstructKind, Correlate, FirstSeen, Measure, MeasureKind, Sequence,
};
pub use definition::{DEFINITIONS_FILE, NamedDefinition, check_definition, load_definitions};
pub use document::{DocumentKind, document_kind};
pub use list::{LIST_FILE, change_list, load_list};
pub use load::{Overrides, load};
pub use param::{ParamType, Parameter};
pub use rule::{
    Category, Counts, Expectation, Judged, Raise, Rule, Severity, Status, Step, TestCase,
};
pub use shape::RULE_FILE;
pub use table::{DeclaredTable, TABLE_FILE, load_table};

#[cfg(test)]
mod tests;
