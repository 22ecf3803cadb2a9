//! Checks that a record contains the fields that its format promises.

use crate::input::json::{Fields, decode};
use crate::record::{Defect, FieldGap, FieldId};

/// Collects the promised fields that a record lacks.
pub(in crate::input) struct Promises<'p, 'a> {
    fields: &'p Fields<'a>,
    paths: &'static [&'static str],
    gaps: &'p mut Vec<FieldGap>,
}

impl<'p, 'a> Promises<'p, 'a> {
    /// Promises about a record; `paths` are those of its format.
    pub(in crate::input) fn new(
        fields: &'p Fields<'a>,
        paths: &'static [&'static str],
        gaps: &'p mut Vec<FieldGap>,
    ) -> Self {
        Self { fields, paths, gaps }
    }

    /// There is a text at one of these paths; the first is the one that the format defines.
    pub(in crate::input) fn text<const N: usize>(&mut self, field: FieldId, paths: [usize; N]) {
        let defects = paths.map(|path| (path, self.defect(path)));
        if defects.iter().any(|(_, defect)| defect.is_none()) {
            return;
        }
        let worse = defects.iter().find(|(_, defect)| *defect != Some(Defect::Missing));
        if let Some((path, Some(defect))) = worse.or(defects.first()) {
            self.broken(field, *path, *defect);
        }
    }

    /// The value at this path, if any, is a text.
    pub(in crate::input) fn text_if_any(&mut self, field: FieldId, path: usize) {
        if let Some(Defect::WrongType) = self.defect(path) {
            self.broken(field, path, Defect::WrongType);
        }
    }

    /// Records a gap: the format promises this field, and the record lacks it.
    pub(in crate::input) fn broken(&mut self, field: FieldId, path: usize, defect: Defect) {
        let source = self.paths.get(path).copied().unwrap_or_default();
        self.gaps.push(FieldGap { field, source, defect });
    }

    /// Records a gap: the value at this path cannot be read.
    pub(in crate::input) fn unreadable(&mut self, field: FieldId, path: usize) {
        let defect = self.defect(path).unwrap_or(Defect::Unreadable);
        self.broken(field, path, defect);
    }

    /// The problem of the text at this path; `None` for a text with content.
    fn defect(&self, path: usize) -> Option<Defect> {
        match self.fields.get(path) {
            None | Some("null") => Some(Defect::Missing),
            Some(json) => match json.strip_prefix('"') {
                None => Some(Defect::WrongType),
                Some(content) if is_blank(content, json) => Some(Defect::Empty),
                Some(_) => None,
            },
        }
    }
}

/// Whether a JSON string, given completely but without its first quote, has no visible character.
fn is_blank(content: &str, json: &str) -> bool {
    match content.trim_start().as_bytes().first() {
        None | Some(b'"') => true,
        // White space may be written as an escape.
        Some(b'\\') => decode(json).is_none_or(|text| text.trim().is_empty()),
        Some(_) => false,
    }
}
