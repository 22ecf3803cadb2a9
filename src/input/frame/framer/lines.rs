//! One record a line.

use memchr::memchr;

use super::super::line_prefix::line_prefix;
use super::{Cut, Ending, Framer, FramerState};
use crate::input::json::too_deep;
use crate::source::Position;

impl Framer {
    pub(super) fn lines(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        let searched = std::mem::take(&mut self.searched);
        let unseen = cut.rest().get(searched..).unwrap_or_default();
        let (len, next) = match memchr(b'\n', unseen).map(|len| searched + len) {
            Some(len) => (len, cut.at + len + 1),
            None if ending == Ending::Eof && !cut.rest().is_empty() => {
                (cut.rest().len(), cut.bytes.len())
            }
            None if cut.rest().len() > self.limit => {
                self.begun = self.place_of(cut, cut.at);
                self.state = FramerState::LongLine;
                return true;
            }
            None => {
                self.searched = cut.rest().len();
                return false;
            }
        };
        let line = &cut.rest()[..len];
        let text = line.trim_ascii_start();
        let text = &text[line_prefix(text).unwrap_or(0)..];
        let indent = len - text.len();
        let text = text.trim_ascii_end();
        let (start, size) = (cut.at, text.len());
        let deep = len <= self.limit && too_deep(text);
        // Counting line by line needs no second pass over the bytes.
        let place =
            Position { offset: self.place.offset + (start - cut.mark) as u64, ..self.place };
        if len > self.limit {
            // Blanks count, because the end of the line may not have been known yet.
            self.begun = place;
            self.too_long(cut);
        } else if size > 0 {
            let shift = indent as u64;
            self.begun =
                Position { offset: place.offset + shift, column: 1 + shift, line: place.line };
            cut.at = start + indent;
            self.place_record(cut, size, deep);
        }
        self.place = Position {
            offset: place.offset + (next - start) as u64,
            line: place.line + 1,
            column: 1,
        };
        cut.at = next;
        cut.mark = next;
        true
    }

    pub(super) fn long_line(&mut self, cut: &mut Cut<'_>) -> bool {
        match memchr(b'\n', cut.rest()) {
            Some(len) => {
                cut.at += len + 1;
                self.state = FramerState::Lines;
                self.place_of(cut, cut.at);
                self.too_long(cut);
                true
            }
            None => {
                cut.at = cut.bytes.len();
                false
            }
        }
    }
}
