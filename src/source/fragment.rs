//! A text from a file, with the position of each of its characters in the file.

use super::{FileId, Span};

/// A decoded text (a YAML scalar) with the position of each of its parts in the file.
///
/// It maps positions in an expression to positions in the file, so that an error underlines the
/// right characters in block, folded and quoted scalars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The decoded text.
    pub text: String,
    /// The range of the whole scalar in the file, including its quotes.
    pub span: Span,
    places: Places,
}

/// Where the bytes of a text are in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Places {
    /// The text is one contiguous copy that starts at this byte, as nearly every scalar is.
    From(u32),
    /// The text consists of several parts.
    Parts(Vec<Segment>),
}

/// A part of a decoded text and the bytes of the file that it comes from.
///
/// If the part was copied, it maps byte by byte. Any other part, such as an escape, maps as a
/// whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First byte in the text.
    pub text: u32,
    /// First byte in the file.
    pub file: u32,
    /// Number of bytes of text; at least one.
    pub len: u32,
    /// Number of bytes in the file.
    pub file_len: u32,
    /// Whether the text and the file have the same bytes.
    pub copied: bool,
}

impl Segment {
    /// The range in the file of byte `at` of the text, which must lie inside this segment.
    fn locate(&self, at: u32) -> (u32, u32) {
        if self.copied {
            let start = self.file.saturating_add(at - self.text);
            (start, start.saturating_add(1))
        } else {
            (self.file, self.file.saturating_add(self.file_len))
        }
    }
}

impl Fragment {
    /// A fragment over `span`; `segments` must ascend and cover the text without gaps.
    pub fn new(text: String, span: Span, segments: Vec<Segment>) -> Self {
        Self { text, span, places: Places::Parts(segments) }
    }

    /// A fragment that is an exact copy of the file from byte `start` on.
    pub fn copied(text: String, span: Span, start: u32) -> Self {
        Self { text, span, places: Places::From(start) }
    }

    /// A fragment that is a whole file.
    pub fn whole(file: FileId, text: &str) -> Self {
        let span = Span::new(file, 0, text.len());
        Self::copied(text.to_owned(), span, 0)
    }

    /// The span in the file of `start..end` of the text.
    pub fn locate(&self, start: usize, end: usize) -> Span {
        let (first, after_first) = self.byte(start);
        let end = if end > start { self.byte(end - 1).1 } else { first };
        let end = if end < first { after_first } else { end };
        Span { file: self.span.file, start: first, end }
    }

    /// The range in the file of one byte of the text; past the end of the text, the position after
    /// it.
    fn byte(&self, at: usize) -> (u32, u32) {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let segments = match &self.places {
            Places::Parts(segments) => segments,
            Places::From(start) => {
                let length = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
                let place = start.saturating_add(at.min(length));
                return (place, place.saturating_add(u32::from(at < length)));
            }
        };
        let next = segments.partition_point(|segment| segment.text <= at);
        let Some(segment) = next.checked_sub(1).and_then(|i| segments.get(i)) else {
            return (self.span.start, self.span.start);
        };
        if at - segment.text < segment.len {
            segment.locate(at)
        } else {
            let after = segment.file.saturating_add(segment.file_len);
            (after, after)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_parts_map_byte_by_byte_and_escapes_as_a_whole() {
        let file = FileId(0);
        // File: `"ab\u00e9c"`, text: `abéc`.
        let segments = vec![
            Segment { text: 0, file: 1, len: 2, file_len: 2, copied: true },
            Segment { text: 2, file: 3, len: 2, file_len: 6, copied: false },
            Segment { text: 4, file: 9, len: 1, file_len: 1, copied: true },
        ];
        let fragment = Fragment::new("abéc".into(), Span::new(file, 0, 11), segments);
        let cases = [
            ((0, 2), (1, 3)),
            ((1, 2), (2, 3)),
            ((1, 4), (2, 9)),
            ((2, 4), (3, 9)),
            ((4, 5), (9, 10)),
            ((2, 2), (3, 3)),
            ((5, 5), (10, 10)),
            ((9, 12), (10, 10)),
        ];
        for ((start, end), (file_start, file_end)) in cases {
            let span = fragment.locate(start, end);
            assert_eq!((span.start, span.end), (file_start, file_end), "{start}..{end}");
        }
    }

    #[test]
    fn a_copied_fragment_has_one_segment() {
        let file = FileId(0);
        // File: `"abc"`, text: `abc`.
        let span = Span::new(file, 7, 12);
        let part = Segment { text: 0, file: 8, len: 3, file_len: 3, copied: true };
        let (copied, parts) = (
            Fragment::copied("abc".into(), span, 8),
            Fragment::new("abc".into(), span, vec![part]),
        );
        for start in 0..6 {
            for end in start..6 {
                assert_eq!(copied.locate(start, end), parts.locate(start, end), "{start}..{end}");
            }
        }
    }

    #[test]
    fn a_fragment_without_segments_maps_to_its_start() {
        let fragment = Fragment::new("x".into(), Span::new(FileId(0), 4, 9), Vec::new());
        assert_eq!(fragment.locate(0, 1), Span::new(FileId(0), 4, 4));
    }
}
