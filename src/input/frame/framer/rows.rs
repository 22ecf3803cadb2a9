//! One record a row.

use memchr::{memchr, memchr2};

use super::super::table_header::{MAX_PREFIX, Table, TableHeader, prefix};
use super::{Cut, Ending, Framer, FramerState};
use crate::input::csv::{RowError, RowExtent, RowScan, line_end, row};
use crate::record::SkipReason;
use crate::source::Position;

impl Framer {
    /// Reads the header of a table from the first `len` bytes, at the first line that is not blank.
    pub(super) fn table(&mut self, cut: &mut Cut<'_>, len: usize, whole: bool) {
        let window = &cut.rest()[..len];
        let mut blank = 0;
        while let Some((end, next)) = line_end(&window[blank..], whole)
            && next > 0
            && window[blank..blank + end].trim_ascii().is_empty()
        {
            blank += next;
            self.place.line += 1;
        }
        let head = match self.tables.head(&window[blank..], whole) {
            Ok(head) => head,
            Err(other) => {
                self.other = Some(other);
                self.state = FramerState::Over;
                return;
            }
        };
        self.place.offset += blank as u64;
        let TableHeader { columns, header, prefixed } = head;
        let line = header.map_or(&[][..], |fit| &window[blank..blank + fit.end]).to_vec();
        self.container = Some("rows");
        self.state = FramerState::Rows;
        cut.at += blank;
        cut.mark = cut.at;
        if let Some(fit) = header {
            self.pass(cut, fit.next, 1 + fit.breaks);
        }
        self.table = Some(Table::new(columns, line, prefixed));
    }

    pub(super) fn rows(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        let whole = ending == Ending::Eof;
        let rest = cut.rest();
        if rest.is_empty() {
            return false;
        }
        // Concatenated files may each have a byte order mark.
        if rest[0] == 0xef && rest.len() < 3 && !whole {
            return false;
        }
        if rest.starts_with(b"\xef\xbb\xbf") {
            self.pass(cut, 3, 0);
            return true;
        }
        let Some(table) = &self.table else { return false };
        // A row ends with a line break. Until one comes, the row is read again only once for each
        // MiB: a long row may come in many small reads.
        let searched = std::mem::take(&mut self.searched);
        let unseen = rest.get(searched.saturating_sub(1)..).unwrap_or_default();
        if ending == Ending::More
            && searched >> 20 == rest.len() >> 20
            && memchr2(b'\n', b'\r', unseen).is_none()
        {
            self.searched = rest.len();
            return false;
        }
        let mut shift = 0;
        if table.prefixed {
            let line = line_end(rest, whole).map(|(end, _)| end);
            if line.is_none() && rest.len() <= MAX_PREFIX {
                return false;
            }
            shift = prefix(&rest[..line.unwrap_or(rest.len())]).unwrap_or(0);
        }
        let text = &rest[shift..];
        let (columns, required) = (table.columns.len(), table.required);
        match row(text, whole, self.limit) {
            RowScan::Unfinished => {
                self.searched = rest.len();
                false
            }
            RowScan::Ends(RowExtent { cells: 1, end, next, .. })
                if rest[..shift + end].trim_ascii().is_empty() =>
            {
                self.pass(cut, next, 1);
                true
            }
            RowScan::Ends(fit) if fit.filled == 0 => {
                self.notes.insert("rows without any value are ignored");
                self.pass(cut, shift + fit.next, 1);
                true
            }
            RowScan::Ends(fit) if !table.header.is_empty() && text[..fit.end] == table.header => {
                self.notes.insert("the header line is repeated between rows");
                self.pass(cut, shift + fit.next, 1 + fit.breaks);
                true
            }
            RowScan::Ends(fit) if memchr(0, &text[..fit.end]).is_some() => {
                self.lose(SkipReason::Syntax, "it contains a NUL byte".to_owned())
            }
            RowScan::Ends(_) if table.prefixed && shift == 0 => {
                let detail = "it has no file name before it, unlike the first rows";
                self.lose(SkipReason::Syntax, detail.to_owned())
            }
            RowScan::Ends(fit) if fit.cells < required || fit.filled > columns => {
                let RowExtent { end, next, cells, breaks, .. } = fit;
                let cut_off = whole && cells < required && next == end && breaks == 0;
                let reason = if cut_off { SkipReason::Truncated } else { SkipReason::Syntax };
                let mut detail =
                    format!("it has {cells} cells, but the table has {columns} columns");
                if breaks > 0 {
                    detail.push_str("; a quote makes the row include the lines after it");
                }
                self.lose(reason, detail)
            }
            RowScan::Ends(fit) => {
                let Position { offset, line, .. } = self.place;
                let column = Position { column: 1, ..self.place }.after(&rest[..shift]).column;
                self.begun = Position { offset: offset + shift as u64, line, column };
                let start = cut.at;
                cut.at += shift;
                self.place_record(cut, fit.end, false);
                cut.at = start;
                self.pass(cut, shift + fit.next, 1 + fit.breaks);
                true
            }
            RowScan::Broken(wrong) => {
                let cut_off = wrong == RowError::Open
                    && line_end(rest, true).is_some_and(|(end, _)| end == rest.len());
                let reason = if cut_off { SkipReason::Truncated } else { wrong.reason() };
                self.lose(reason, wrong.to_string())
            }
        }
    }

    /// Skips the current row up to the end of its first line: if a quote is in the wrong place, the
    /// next row more likely begins there than at the end of the quotes.
    fn lose(&mut self, reason: SkipReason, detail: String) -> bool {
        self.begun = self.place;
        if let Some(table) = &mut self.table {
            table.lost = (reason, detail);
        }
        self.state = FramerState::LostRow;
        true
    }

    pub(super) fn lost_row(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        let rest = cut.rest();
        match line_end(rest, ending == Ending::Eof) {
            Some((_, next)) => {
                self.pass(cut, next, 1);
                let lost = self.table.as_mut().map(|table| std::mem::take(&mut table.lost.1));
                let reason = self.table.as_ref().map_or(SkipReason::Syntax, |table| table.lost.0);
                self.skip(cut, self.begun, reason, lost.unwrap_or_default());
                self.state = FramerState::Rows;
                true
            }
            None => {
                // A line feed may follow.
                let carriage_return = usize::from(rest.ends_with(b"\r"));
                self.pass(cut, rest.len() - carriage_return, 0);
                false
            }
        }
    }

    /// Moves past bytes with this many line breaks, which end with a line break if they have any.
    fn pass(&mut self, cut: &mut Cut<'_>, len: usize, lines: u64) {
        cut.at += len;
        cut.mark = cut.at;
        let Position { offset, line, .. } = self.place;
        self.place = Position { offset: offset + len as u64, line: line + lines, column: 1 };
    }
}

#[cfg(test)]
mod tests;
