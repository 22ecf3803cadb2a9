//! Where a provider stores a field.

use std::fmt;

/// Where a provider stores a field: the paths in its records, and the words between them.
#[derive(Debug, Clone, Copy)]
pub struct Source(pub(super) &'static [Part]);

#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// A path in a record of the provider, or a column of its report.
    Path(&'static str),
    /// Words before, between or after paths.
    Words(&'static str),
}

impl Source {
    /// The paths that the field is read from.
    pub fn paths(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter_map(|part| match part {
            Part::Path(path) => Some(*path),
            Part::Words(_) => None,
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Path(text) | Part::Words(text) => f.write_str(text),
        })
    }
}
