//! Writes a posture, for people at a terminal or a browser, and for programs.

mod convert;
mod facts;
mod html;
mod human;
mod labels;
mod sections;
mod steps;
mod v1;

use std::io;

use super::inert::write_pretty;
use super::schema::schema_of;
use crate::posture::Posture;

pub use facts::PostureFacts;
#[cfg(test)]
pub(super) use html::SCRIPT;
pub use html::write as write_html;
pub use human::write as write_human;

/// Writes the complete posture as JSON, `keytrail/posture/v1`.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_json(
    posture: &Posture,
    facts: &PostureFacts,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write_pretty(&convert::posture(posture, facts), out)
}

/// The JSON schema of a posture, identical to `schemas/posture.json`.
pub fn posture_schema() -> String {
    schema_of::<v1::Posture<'_>>()
}
