//! The JSON schemas of the output.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

/// The JSON schema of an output, identical to the file in `schemas/`.
pub(super) fn schema_of<T: JsonSchema>() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<T>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
