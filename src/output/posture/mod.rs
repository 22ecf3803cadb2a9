//! A posture, for people and for programs.

mod convert;
mod grid;
mod human;
mod sections;
mod steps;
mod v1;

use std::io;

use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use super::inert::Inert;
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
    let formatter = Inert(PrettyFormatter::new());
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
    convert::posture(posture, asked).serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// The JSON schema of a posture, as it stands in `schemas/posture.json`.
pub fn posture_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<v1::Posture<'_>>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
