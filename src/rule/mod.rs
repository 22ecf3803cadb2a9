//! Rules: as written, validated, compiled. Lists, tables and definitions as written.
//!
//! The loader parses a file with [`crate::yaml::parse`], gets its kind from [`document_kind`], and
//! passes the whole document to [`load`], [`load_list`], [`load_table`] or [`load_definitions`].
//! Lists, tables and definitions are loaded first, because rules are compiled against an
//! [`Env`](crate::expr::Env) that contains them. Each of these functions checks its document
//! against its shape ([`RULE_FILE`], [`LIST_FILE`], [`DEFINITIONS_FILE`]) and collects every error.
//! The loader checks that ids are unique.
//!
//! It uses YAML, tables and expressions. It must not know allowlists, inputs or findings.

mod construct;
mod definition;
mod document;
mod fail_on;
mod list;
mod load;
mod monotone;
mod name;
mod pack;
mod param;
mod policy_changes;
#[allow(clippy::module_inception)]
mod rule;
mod shape;
mod source_tag;
mod table;
mod technique;

pub use construct::{
    AfterSilence, Construct, ConstructKind, Correlate, FirstSeen, Measure, MeasureKind, Relation,
    Sequence, StepValue,
};
pub use definition::{
    ArgumentType, DEFINITIONS_FILE, NamedDefinition, check_definition, load_definitions,
};
pub use document::{DocumentKind, document_kind};
pub use fail_on::FailOn;
pub use list::{LIST_FILE, change_list, load_list};
pub use load::{Overrides, load};
pub use pack::{Confidence, Pack};
pub use param::{ParamType, Parameter, as_written};
pub use policy_changes::{ListDifference, OwnItem, PolicyChanges, RuleOff, TableRows, ValueChange};
pub use rule::{
    AcceptedSurvivor, Category, Expectation, ExpectedCounts, Judged, Raise, Rule, Severity, Status,
    Step, TestCase, ValueForm,
};
pub use shape::RULE_FILE;
pub use source_tag::{SOURCE_TAGS, SourceTag};
pub use table::{DeclaredTable, TABLE_FILE, load_table};
pub use technique::{TECHNIQUES, Tactic, Technique, technique_id};

#[cfg(test)]
mod tests;
