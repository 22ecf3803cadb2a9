//! Changes of the text of a file.

use std::ops::Range;

use super::Span;

/// A change of a file: the bytes to replace, and what replaces them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that are replaced.
    pub range: Range<usize>,
    /// The new text.
    pub text: String,
}

/// The text after the edits.
pub fn applied(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.range.start);
    let (mut out, mut at) = (String::new(), 0);
    for edit in edits {
        out.push_str(text.get(at..edit.range.start).unwrap_or_default());
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

impl Edit {
    /// Replaces a value, without the blank lines that may follow it.
    pub fn of_value(span: Span, text: &str, new: impl Into<String>) -> Self {
        let (start, end) = (span.start as usize, span.end as usize);
        let own = text.get(start..end).unwrap_or_default();
        Self { range: start..start + own.trim_end().len(), text: new.into() }
    }
}
