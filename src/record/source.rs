//! Where a provider stores a field.

use std::fmt;

/// Where a provider stores a field: the paths in its records, and the words between them.
#[derive(Debug, Clone, Copy)]
pub struct FieldSource(pub(super) &'static [SourcePart]);

#[derive(Debug, Clone, Copy)]
pub(super) enum SourcePart {
    /// A path in a record of the provider, or a column of its report.
    Path(&'static str),
    /// Words before, between or after paths.
    Words(&'static str),
}

impl FieldSource {
    /// The paths that the field is read from.
    pub fn paths(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter_map(|part| match part {
            SourcePart::Path(path) => Some(*path),
            SourcePart::Words(_) => None,
        })
    }
}

impl fmt::Display for FieldSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            SourcePart::Path(text) | SourcePart::Words(text) => f.write_str(text),
        })
    }
}
