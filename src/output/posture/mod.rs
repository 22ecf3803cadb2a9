//! Writes a posture, for people and for programs.

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

/// The options that a posture was requested with.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The version of the program.
    pub version: &'static str,
    /// The time that ages are relative to, if it was given.
    pub now: Option<Time>,
    /// The time that ages are relative to in reports that do not state when they were made.
    pub clock: Time,
    /// Whether access keys are shown whole.
    pub show_keys: bool,
}

/// Writes a posture as JSON, `keytrail/posture/v1`. Nothing is shortened.
pub fn write_json(posture: &Posture, asked: &Asked, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&convert::posture(posture, asked), out)
}

/// The JSON schema of a posture, identical to `schemas/posture.json`.
pub fn posture_schema() -> String {
    schema_of::<v1::Posture<'_>>()
}
