//! A posture, for people and for programs.

mod convert;
mod grid;
mod human;
mod sections;
mod steps;
mod v1;

use std::io;

use super::inert::write_pretty;
use super::schema_of;
use crate::posture::Posture;
use crate::value::Time;

pub use human::write as write_human;

/// What a posture was asked for with.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The version of the program.
    pub version: &'static str,
    /// What days are counted to, where that was said.
    pub now: Option<Time>,
    /// What they are counted to over reports that do not say when they were made.
    pub clock: Time,
    /// Whether access keys are shown whole.
    pub show_keys: bool,
}

/// Writes a posture as JSON, `keytrail/posture/v1`: everything, nothing cut.
pub fn write_json(posture: &Posture, asked: &Asked, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&convert::posture(posture, asked), out)
}

/// The JSON schema of a posture, as it stands in `schemas/posture.json`.
pub fn posture_schema() -> String {
    schema_of::<v1::Posture<'_>>()
}
