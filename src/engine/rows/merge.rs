//! A k-way merge of sorted rows in memory and in temporary files.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::io;

use super::spill::RunReader;

/// Writes the in-memory row with this number to the buffer and returns the length of its sort key;
/// `None` after the last row.
pub(super) type InMemory = Box<dyn Fn(usize, &mut Vec<u8>) -> Option<usize>>;

/// A merge that yields every row of a sorter in order.
pub(in crate::engine) struct Merge {
    memory: InMemory,
    taken: usize,
    runs: Vec<RunReader>,
    heads: BinaryHeap<Reverse<Head>>,
    /// The row that was returned last; its buffer is reused.
    last: Option<Head>,
    begun: bool,
}

/// The next row of a source.
struct Head {
    row: Vec<u8>,
    sorts: usize,
    /// The index of the run; one past the last run means memory.
    source: usize,
}

impl Head {
    fn key(&self) -> (&[u8], usize) {
        (self.row.get(..self.sorts).unwrap_or(&self.row), self.source)
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Merge {
    pub(super) fn new(memory: InMemory, runs: Vec<RunReader>) -> Self {
        Self { memory, taken: 0, runs, heads: BinaryHeap::new(), last: None, begun: false }
    }

    /// The next row, and the length of its sort key in bytes.
    pub(in crate::engine) fn next(&mut self) -> io::Result<Option<(&[u8], usize)>> {
        if !self.begun {
            self.begun = true;
            for source in 0..=self.runs.len() {
                self.pull(source, Vec::new())?;
            }
        } else if let Some(Head { row, source, .. }) = self.last.take() {
            self.pull(source, row)?;
        }
        self.last = self.heads.pop().map(|Reverse(head)| head);
        Ok(self.last.as_ref().map(|head| (&*head.row, head.sorts)))
    }

    fn pull(&mut self, source: usize, mut row: Vec<u8>) -> io::Result<()> {
        row.clear();
        let sorts = match self.runs.get_mut(source) {
            Some(run) => run.next(&mut row)?,
            None => {
                let at = self.taken;
                self.taken += 1;
                (self.memory)(at, &mut row)
            }
        };
        if let Some(sorts) = sorts {
            self.heads.push(Reverse(Head { row, sorts, source }));
        }
        Ok(())
    }
}
