//! Fits tables to the width of a terminal.

use super::human::text::{columns, shorten, take};

/// The columns between two cells.
const GAP: usize = 2;

/// The width to which a column of texts may shrink.
const NARROW: usize = 8;

/// The width to which a column of times may shrink: a day and a mark.
const DAY: usize = 11;

/// How the cells of a column are shortened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shrink {
    /// Not at all.
    Whole,
    /// In the middle.
    Text,
    /// At the end, and only if shorter texts are not enough.
    Time,
}

impl Shrink {
    /// The cell, at most `width` columns wide.
    pub(super) fn cell(self, cell: &str, width: usize) -> String {
        match self {
            Shrink::Time if columns(cell) > width => {
                format!("{}…", take(cell.chars(), width.saturating_sub(1)))
            }
            _ => shorten(cell, width),
        }
    }
}

/// How tables for people look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableStyle {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// The width that lines must not exceed, in columns; `None` if there is no terminal to fit.
    pub width: Option<usize>,
}

impl TableStyle {
    /// Shrinks the widest columns until all of them fit after `before` columns, or none can shrink
    /// any further.
    pub(super) fn fit(self, widths: &mut [usize], columns: &[Shrink], before: usize) {
        let Some(available) = self.width else { return };
        let gaps = GAP * widths.len().saturating_sub(1);
        let available = available.saturating_sub(before + gaps);
        for (kind, least) in [(Shrink::Text, NARROW), (Shrink::Time, DAY)] {
            while widths.iter().sum::<usize>() > available {
                let of_kind = widths.iter_mut().zip(columns).filter(|(_, of)| **of == kind);
                let shrinkable = of_kind.map(|(width, _)| width).filter(|width| **width > least);
                match shrinkable.max() {
                    Some(widest) => *widest -= 1,
                    None => break,
                }
            }
        }
    }

    /// The line, cut with a mark if it is too wide even after its columns shrank.
    pub(super) fn cut(self, line: &str) -> String {
        match self.width {
            Some(width) if columns(line) > width => {
                format!("{}…", take(line.chars(), width.saturating_sub(1)))
            }
            _ => line.to_owned(),
        }
    }

    /// A text in this ANSI colour, if colours are used.
    pub(super) fn ink(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Shrink, TableStyle};

    #[test]
    fn texts_shrink_first_and_then_times() {
        let columns = [Shrink::Time, Shrink::Text, Shrink::Text, Shrink::Whole];
        for (width, expected) in [
            (None, [20, 30, 40, 4]),
            (Some(100), [20, 30, 40, 4]),
            (Some(90), [20, 30, 30, 4]),
            (Some(50), [20, 10, 10, 4]),
            (Some(40), [14, 8, 8, 4]),
            (Some(9), [11, 8, 8, 4]),
        ] {
            let mut widths = [20, 30, 40, 4];
            TableStyle { color: false, width }.fit(&mut widths, &columns, 0);
            assert_eq!(widths, expected, "{width:?}");
        }
        assert_eq!(Shrink::Time.cell("2026-03-01T10:00:01Z", 11), "2026-03-01…");
        assert_eq!(Shrink::Text.cell("CreateAccessKey", 8), "Cre…sKey");
        assert_eq!(Shrink::Whole.cell("true", 4), "true");
    }

    #[test]
    fn an_overlong_line_is_cut_with_a_mark() {
        let style = |width| TableStyle { color: false, width };
        assert_eq!(style(None).cut("0123456789"), "0123456789");
        assert_eq!(style(Some(10)).cut("0123456789"), "0123456789");
        assert_eq!(style(Some(9)).cut("0123456789"), "01234567…");
        assert_eq!(style(Some(4)).cut("日本語"), "日…");
    }
}
