//! The first matches of every subject of a plain rule, bounded in memory.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use super::details::{Detail, Details};
use super::rows::{
    Frame, MatchRow, Merge, Order, RecordPosition, Sorter, SpillError, SpillFile, TAIL, put_text,
    texts,
};

/// Bytes that a subject takes in addition to its details.
const SUBJECT: usize = 256;

/// The first matches of each subject; spills beyond a memory bound.
#[derive(Debug)]
pub(super) struct DetailStore {
    subjects: HashMap<Box<[u8]>, BySide>,
    bytes: usize,
    budget: usize,
    spilled: Sorter,
    frame: Vec<u8>,
    rendered: Vec<u8>,
}

/// The first matches of a subject: those that no allowlist entry covers, and those that one covers.
#[derive(Debug, Default)]
pub(super) struct BySide {
    pub(super) counted: Details,
    pub(super) covered: Details,
}

impl BySide {
    fn side(&mut self, covered: bool) -> &mut Details {
        if covered { &mut self.covered } else { &mut self.counted }
    }
}

impl DetailStore {
    /// A store that retains about `budget` bytes in memory.
    pub(super) fn new(budget: usize, spill: &Arc<SpillFile>) -> Self {
        Self {
            subjects: HashMap::new(),
            bytes: 0,
            budget: budget / 2,
            spilled: Sorter::of_groups(budget / 2, spill, TAIL),
            frame: Vec::new(),
            rendered: Vec::new(),
        }
    }

    /// Adds the detail of a match if the match is among the first of its subject. The detail is
    /// built only in that case.
    pub(super) fn add(
        &mut self,
        row: &MatchRow<'_>,
        call: u64,
        place: RecordPosition,
        detail: impl FnOnce() -> Detail,
    ) {
        let sides = match self.subjects.get_mut(row.key) {
            Some(sides) => sides,
            None => {
                self.bytes += row.key.len() + SUBJECT;
                self.subjects.entry(row.key.into()).or_default()
            }
        };
        let side = sides.side(!row.cover.is_empty());
        if side.wants(row.order, call, (row.severity, row.weight), place) {
            self.bytes -= side.bytes();
            side.add(row.order, detail());
            self.bytes += side.bytes();
        }
        if self.bytes > self.budget {
            self.flush();
        }
    }

    /// Moves the details in memory to the sorter. Later matches of a subject start an empty set:
    /// the first matches of both parts together include the first matches of the whole.
    fn flush(&mut self) {
        self.bytes = 0;
        for (key, sides) in self.subjects.drain() {
            for (cover, details) in [(&[][..], &sides.counted), (&[0][..], &sides.covered)] {
                for (order, detail) in details.iter() {
                    self.rendered.clear();
                    let Detail { call, rank, place, message, text, request, id, request_id, name } =
                        detail;
                    let texts = [Some(message), Some(text), request.as_ref(), id.as_ref()];
                    for text in texts.into_iter().chain([request_id.as_ref(), Some(name)]) {
                        put_text(text.map(String::as_str), &mut self.rendered);
                    }
                    let row = MatchRow {
                        key: &key,
                        order: *order,
                        step: 0,
                        place: *place,
                        row: 0,
                        severity: rank.0,
                        weight: rank.1,
                        ok: None,
                        revision: false,
                        cover,
                        account: &[],
                        call: &call.to_le_bytes(),
                        measured: &[],
                        rendered: &self.rendered,
                        targets: &[],
                    };
                    self.frame.clear();
                    let sorts = row.write(&mut self.frame);
                    self.spilled.push(&self.frame, sorts);
                }
            }
        }
    }

    /// Adds the details of another thread.
    pub(super) fn merge(&mut self, mut other: Self) {
        other.flush();
        self.spilled.merge(other.spilled);
    }

    /// The error because of which details could not be spilled, if any.
    pub(super) fn failed(&self) -> Option<&SpillError> {
        self.spilled.failed.as_ref()
    }

    /// Merges the details into a reader, by subject in key order.
    pub(super) fn finish(mut self) -> DetailReader {
        self.flush();
        DetailReader { merge: self.spilled.finish(), next: Vec::new(), sorts: None, begun: false }
    }
}

/// Reads the details of one subject after another.
pub(super) struct DetailReader {
    merge: Merge,
    /// The next frame, and the length of its sort key; `None` at the end.
    next: Vec<u8>,
    sorts: Option<usize>,
    begun: bool,
}

impl DetailReader {
    /// The details of a subject. Calls must pass keys in ascending order.
    pub(super) fn of(&mut self, key: &[u8]) -> io::Result<BySide> {
        if !self.begun {
            self.begun = true;
            self.advance()?;
        }
        let mut sides = BySide::default();
        while let Some(sorts) = self.sorts {
            let of = Frame::key(&self.next, sorts);
            if of > key {
                break;
            }
            if of == key
                && let Some(Frame::Match(row)) = Frame::read(&self.next, sorts)
                && let Some((order, detail)) = read(&row)
            {
                sides.side(!row.cover.is_empty()).add(order, detail);
            }
            self.advance()?;
        }
        Ok(sides)
    }

    fn advance(&mut self) -> io::Result<()> {
        self.next.clear();
        self.sorts = self.merge.next()?.map(|(frame, sorts)| {
            self.next.extend_from_slice(frame);
            sorts
        });
        Ok(())
    }
}

/// A detail that was spilled.
fn read(row: &MatchRow<'_>) -> Option<(Order, Detail)> {
    let mut texts = texts(row.rendered).map(|text| text.map(str::to_owned));
    let mut next = || texts.next().flatten();
    let detail = Detail {
        call: u64::from_le_bytes(row.call.try_into().ok()?),
        rank: (row.severity, row.weight),
        place: row.place,
        message: next()?,
        text: next()?,
        request: next(),
        id: next(),
        request_id: next(),
        name: next()?,
    };
    Some((row.order, detail))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::source::Temporary;

    fn add(store: &mut DetailStore, subject: u32, number: i64) {
        let key = subject.to_be_bytes();
        let order = Order { time: number, id: 0, content: 0 };
        let place = RecordPosition { offset: number as u64, ..RecordPosition::default() };
        let cover: &[u8] = if number % 2 == 0 { &[] } else { &[0] };
        let row = MatchRow {
            key: &key,
            order,
            step: 0,
            place,
            row: 0,
            severity: 0,
            weight: 0,
            ok: None,
            revision: false,
            cover,
            account: &[],
            call: &[],
            measured: &[],
            rendered: &[],
            targets: &[],
        };
        let text = |what: &str| format!("{what} {subject} {number}");
        store.add(&row, number as u64 / 8, place, || Detail {
            call: number as u64 / 8,
            rank: (0, 0),
            place,
            message: text("message"),
            text: text("text").repeat(20),
            request: (number % 3 == 0).then(|| text("request")),
            id: Some(text("id")),
            request_id: None,
            name: text("name"),
        });
    }

    #[test]
    fn spilled_details_are_read_back_unchanged() {
        let budget = 64 << 10;
        let spill = SpillFile::new(Temporary::create);
        let mut whole = DetailStore::new(usize::MAX, &spill);
        let mut small = DetailStore::new(budget, &spill);
        let mut other = DetailStore::new(budget, &spill);
        for number in 0..300 {
            for subject in 0..20 {
                add(&mut whole, subject, number);
                let of = if number % 5 == 0 { &mut other } else { &mut small };
                add(of, subject, number);
                assert!(of.bytes <= budget / 2, "{} bytes", of.bytes);
            }
        }
        small.merge(other);
        let (mut whole, mut small) = (whole.finish(), small.finish());
        for subject in 0..21u32 {
            let key = subject.to_be_bytes();
            let (expected, found) = (whole.of(&key).unwrap(), small.of(&key).unwrap());
            assert_eq!(expected.counted.iter().count(), if subject < 20 { 72 } else { 0 });
            assert!(expected.counted.iter().eq(found.counted.iter()), "{subject}");
            assert!(expected.covered.iter().eq(found.covered.iter()), "{subject}");
        }
    }
}
