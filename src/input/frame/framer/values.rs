//! JSON values one after the other, in an array, or in an object around an array.

use super::super::KEY_REACH;
use super::super::resync::{Begin, Next, first_key, next_record};
use super::super::sniff::{container, holds_rows};
use super::{Cut, Ending, Framer, FramerState};
use crate::input::json::MAX_DEPTH;
use crate::input::json::Stop;
use crate::record::SkipReason;

impl Framer {
    pub(super) fn top(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        cut.skip_blanks();
        let Some(&first) = cut.rest().first() else { return false };
        match first {
            b'{' | b'"' => {
                self.level = FramerState::Top;
                self.begin(cut);
            }
            b'[' => {
                self.container.get_or_insert("array");
                self.enter(cut, 0, false);
            }
            b',' => {
                self.notes.insert("commas separate values outside any array");
                cut.at += 1;
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' => {
                self.level = FramerState::Top;
                self.begun = self.place_of(cut, cut.at);
                self.state = FramerState::Word;
            }
            // Concatenated files may each have a byte order mark.
            0xef if cut.rest().len() < 3 && ending == Ending::More => return false,
            0xef if cut.rest().starts_with(b"\xef\xbb\xbf") => cut.at += 3,
            other => {
                self.begun = self.place_of(cut, cut.at);
                self.level = FramerState::Top;
                self.broken(cut, cut.at + 1, format!("unexpected {}", shown(other)));
            }
        }
        true
    }

    pub(super) fn items(&mut self, cut: &mut Cut<'_>, object: bool) -> bool {
        cut.skip_blanks();
        let Some(&first) = cut.rest().first() else { return false };
        self.level = self.state;
        match first {
            b',' => {
                self.comma(self.separated);
                self.separated = true;
                cut.at += 1;
            }
            b']' if self.nested > 0 => {
                self.nested -= 1;
                self.separated = false;
                cut.at += 1;
            }
            b']' => {
                cut.at += 1;
                self.state = if object {
                    self.scan.resume_object(self.around);
                    FramerState::Rest
                } else {
                    FramerState::Top
                };
            }
            b'{' => {
                self.comma(!self.separated);
                self.begin(cut);
            }
            b'[' if self.container.is_some_and(holds_rows) => {
                self.comma(!self.separated);
                self.begin(cut);
            }
            b'[' => {
                self.comma(!self.separated);
                self.nested += 1;
                self.separated = true;
                cut.at += 1;
            }
            b'"' if self.separated => self.begin(cut),
            other => {
                self.begun = self.place_of(cut, cut.at);
                if self.separated && other != b'}' {
                    self.state = FramerState::Word;
                } else {
                    let detail = format!("unexpected {} between records", shown(other));
                    self.broken(cut, cut.at + 1, detail);
                }
            }
        }
        self.separated &= matches!(self.state, FramerState::Items { .. });
        true
    }

    /// Enters the array whose bracket is at `at` of the rest.
    fn enter(&mut self, cut: &mut Cut<'_>, at: usize, object: bool) {
        cut.at += at + 1;
        self.around = self.scan.around();
        self.state = FramerState::Items { object };
        self.nested = 0;
        self.separated = true;
    }

    fn comma(&mut self, wrong: bool) {
        if wrong {
            self.notes.insert("commas between records are missing or too many");
        }
    }

    fn begin(&mut self, cut: &mut Cut<'_>) {
        self.begun = self.place_of(cut, cut.at);
        self.scan.restart();
        self.state = FramerState::Value;
    }

    pub(super) fn value(&mut self, cut: &mut Cut<'_>) -> bool {
        let top = self.level == FramerState::Top;
        match self.scan.run(cut.rest(), top) {
            Stop::Pause if self.scan.at > self.limit => {
                self.state = FramerState::Discard;
                true
            }
            Stop::Pause => false,
            Stop::End(len) => {
                if top {
                    self.container.get_or_insert("object");
                }
                self.state = self.level;
                self.place_record(cut, len, self.scan.deepest > MAX_DEPTH);
                true
            }
            Stop::Array(at) => {
                let around = self.scan.around();
                if let Some(name) = container(cut.rest(), self.scan.string, at, around) {
                    self.container.get_or_insert(name);
                    self.enter(cut, at, true);
                }
                true
            }
            Stop::Broken(at) => {
                self.broken_at(cut, at);
                true
            }
        }
    }

    pub(super) fn discard(&mut self, cut: &mut Cut<'_>) -> bool {
        match self.scan.run(cut.rest(), false) {
            Stop::Pause | Stop::Array(_) => {
                cut.at += self.scan.at;
                self.scan.forget(self.scan.at);
                false
            }
            Stop::End(len) => {
                if self.level == FramerState::Top {
                    self.container.get_or_insert("object");
                }
                cut.at += len;
                self.state = self.level;
                self.too_long(cut);
                true
            }
            Stop::Broken(at) => {
                self.broken_at(cut, at);
                true
            }
        }
    }

    pub(super) fn word(&mut self, cut: &mut Cut<'_>, ending: Ending<'_>) -> bool {
        let ends = |b: &u8| b.is_ascii_whitespace() || b",[]{}\"".contains(b);
        let searched = std::mem::take(&mut self.searched);
        let unseen = cut.rest().get(searched..).unwrap_or_default();
        let len = match unseen.iter().position(ends).map(|len| searched + len) {
            Some(len) => len,
            None if ending == Ending::Eof => cut.rest().len(),
            None if cut.rest().len() > self.limit => self.limit + 1,
            None => {
                self.searched = cut.rest().len();
                return false;
            }
        };
        if len > self.limit {
            self.broken(cut, cut.at + self.limit, "not JSON".to_owned());
            return true;
        }
        if self.level == FramerState::Top {
            self.container.get_or_insert("object");
        }
        self.state = self.level;
        self.place_record(cut, len, false);
        true
    }

    pub(super) fn rest(&mut self, cut: &mut Cut<'_>) -> bool {
        match self.scan.run(cut.rest(), true) {
            Stop::Pause => {
                // A key that may name a container is buffered until its value is seen.
                let done = self.near_string(self.scan.at).unwrap_or(self.scan.at);
                cut.at += done;
                self.scan.forget(done);
                false
            }
            Stop::End(len) => {
                cut.at += len;
                self.state = FramerState::Top;
                true
            }
            Stop::Array(at) => {
                let around = self.scan.around();
                if container(cut.rest(), self.scan.string, at, around).is_some() {
                    self.enter(cut, at, true);
                }
                true
            }
            Stop::Broken(at) => {
                self.level = FramerState::Top;
                // This was only a look-ahead. The search for the next record may begin before it.
                self.begun = self.place.after(&cut.bytes[cut.mark..cut.at + at]);
                self.broken_at(cut, at);
                true
            }
        }
    }

    /// Where the last string begins, if it is near.
    fn near_string(&self, at: usize) -> Option<usize> {
        self.scan.string.filter(|string| at - string < KEY_REACH)
    }

    /// Skips the current record because of its byte at `at`.
    fn broken_at(&mut self, cut: &mut Cut<'_>, at: usize) {
        let rest = cut.rest();
        let found = rest.get(at).copied().unwrap_or_default();
        let detail = format!(
            "unexpected {}: a bracket, a comma or a quote is missing before it",
            shown(found)
        );
        // The last string may have swallowed the beginning of the next record. In a record that is
        // too long, the position of that string is no longer known.
        let (own, back) = match self.state {
            FramerState::Value if at <= self.limit => {
                (first_key(&rest[..at]), self.scan.string.unwrap_or_default().min(at).max(1))
            }
            FramerState::Rest => (None, self.near_string(at).unwrap_or(at)),
            _ => (None, at),
        };
        self.sought = own.map(<[u8]>::to_vec).into_iter().collect();
        self.give_up(cut, cut.at + back, detail);
    }

    fn broken(&mut self, cut: &mut Cut<'_>, from: usize, detail: String) {
        self.sought.clear();
        self.give_up(cut, from, detail);
    }

    fn give_up(&mut self, cut: &mut Cut<'_>, from: usize, detail: String) {
        if !self.key.is_empty() {
            self.sought.push(self.key.clone());
        }
        self.skip(cut, self.begun, SkipReason::Syntax, detail);
        cut.at = from;
        self.state = FramerState::Lost;
    }

    pub(super) fn lost(&mut self, cut: &mut Cut<'_>) -> bool {
        let rows = self.container.is_some_and(holds_rows);
        let begin = if rows { Begin::Array } else { Begin::Object };
        match next_record(cut.bytes, cut.at, &self.sought, begin) {
            Next::Found(at) => {
                cut.at = at;
                self.begin(cut);
                true
            }
            Next::None(at) => {
                cut.at = at;
                false
            }
        }
    }
}

fn shown(byte: u8) -> String {
    match byte {
        b'\n' => "line break in a string".to_owned(),
        0x20..0x7f => format!("`{}`", char::from(byte)),
        _ => format!("byte 0x{byte:02x}"),
    }
}
