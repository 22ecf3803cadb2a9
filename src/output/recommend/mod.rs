//! Writes recommendations for people and for programs, and policies for clouds.

mod convert;
mod facts;
mod human;
mod notes;
mod policy;
mod privileges;
mod v1;

use std::io;

use super::inert::write_pretty;
use super::schema::schema_of;
use crate::recommend::{PolicyPatch, Recommendations};

pub use facts::RecommendFacts;
pub use human::write as write_human;
pub use policy::write_policy;
pub use privileges::{has_privileges, write_privileges};

/// Writes all recommendations as JSON, `keytrail/recommend/v1`.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_json(
    all: &Recommendations,
    facts: &RecommendFacts,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write_pretty(&convert::recommendations(all, facts), out)
}

/// Writes the changes to the attached policies of a credential as JSON.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_patches(patches: &[PolicyPatch], out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&patches.iter().map(convert::patch).collect::<Vec<_>>(), out)
}

/// The JSON schema of recommendations, identical to `schemas/recommend.json`.
pub fn recommend_schema() -> String {
    schema_of::<v1::Recommendations<'_>>()
}
