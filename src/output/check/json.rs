//! Diagnostics as JSON, `keytrail/check/v1`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::place::Place;
use crate::diag::{Diagnostic, Label, Level};
use crate::output::inert::write_pretty;
use crate::output::schema::schema_of;
use crate::source::Sources;

/// The diagnostics of a policy.
#[derive(Debug, Serialize, JsonSchema)]
struct Document<'d> {
    /// Always `keytrail/check/v1`.
    schema: &'static str,
    /// The number of errors.
    errors: usize,
    /// The number of warnings.
    warnings: usize,
    /// The number of notes.
    notes: usize,
    /// Every diagnostic.
    diagnostics: Vec<Item<'d>>,
}

/// A diagnostic.
#[derive(Debug, Serialize, JsonSchema)]
struct Item<'d> {
    /// `error`, `warning` or `note`.
    level: &'static str,
    /// The code, such as `KT7034`.
    code: &'static str,
    /// The message, one sentence.
    message: &'d str,
    /// The places, the primary one first.
    places: Vec<Located<'d>>,
    /// What to do next.
    help: &'d [String],
}

/// A place.
#[derive(Debug, Serialize, JsonSchema)]
struct Located<'d> {
    /// The file.
    path: &'d str,
    /// The first line, from 1.
    line: usize,
    /// The first column, from 1, in characters.
    column: usize,
    /// The last line.
    end_line: usize,
    /// The column after the last character.
    end_column: usize,
    /// What is there; may be empty.
    text: &'d str,
}

/// Writes the diagnostics as JSON.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let count = |level| diagnostics.iter().filter(|of| of.level == level).count();
    let document = Document {
        schema: "keytrail/check/v1",
        errors: count(Level::Error),
        warnings: count(Level::Warning),
        notes: count(Level::Note),
        diagnostics: diagnostics.iter().map(|of| item(of, sources)).collect(),
    };
    write_pretty(&document, out)
}

fn item<'d>(of: &'d Diagnostic, sources: &'d Sources) -> Item<'d> {
    let located = |label: &'d Label| {
        let Place { path, line, column, end_line, end_column } = Place::of(label, sources);
        Located { path, line, column, end_line, end_column, text: &label.text }
    };
    Item {
        level: of.level.name(),
        code: of.code.id,
        message: &of.message,
        places: of.labels.iter().map(located).collect(),
        help: &of.help,
    }
}

/// The JSON schema of the diagnostics, identical to `schemas/check.json`.
pub fn schema() -> String {
    schema_of::<Document<'_>>()
}
