//! An external sorter: sorts rows and spills to a temporary file beyond a memory bound.

use std::io;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::merge::Merge;
use super::spill::{Run, RunReader, SpillError, SpillFile, write_row};

/// The size of a chunk of rows in bytes.
const CHUNK: usize = 1 << 20;

/// Runs that are merged at a time. If there are more, groups of this many runs are merged into one
/// run each, level by level: each level writes every row once.
pub(super) const FAN_IN: usize = 64;

/// The total size in bytes of the read buffers of a merge.
const READ: usize = 4 << 20;

/// Accepts rows in any order and returns them sorted.
#[derive(Debug)]
pub(in crate::engine) struct Sorter {
    chunks: Vec<Vec<u8>>,
    rows: Vec<Slot>,
    runs: Vec<Run>,
    /// Bytes in memory, and the bound on them.
    bytes: usize,
    budget: usize,
    spill: Arc<SpillFile>,
    /// The length of the end of a sort key in which the rows of a group differ.
    tail: usize,
    /// The error because of which rows could not be spilled and stayed in memory.
    pub(in crate::engine) failed: Option<SpillError>,
}

/// The position of a row in memory, and the length of its sort key in bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// The rank of its group, and the first bytes of the rest of its sort key; set by sorting.
    group: u32,
    prefix: u64,
    chunk: u32,
    start: u32,
    length: u32,
    sorts: u32,
}

impl Sorter {
    /// A sorter that retains about `budget` bytes in memory and spills the others to this file.
    pub(in crate::engine) fn new(budget: usize, spill: &Arc<SpillFile>) -> Self {
        Self::with_tail(budget, spill, usize::MAX)
    }

    /// The same for rows that share the beginning of their sort key with many others: all but its
    /// last `tail` bytes. No such beginning may be a prefix of another.
    pub(in crate::engine) fn of_groups(budget: usize, spill: &Arc<SpillFile>, tail: usize) -> Self {
        Self::with_tail(budget, spill, tail)
    }

    fn with_tail(budget: usize, spill: &Arc<SpillFile>, tail: usize) -> Self {
        let (chunks, rows, runs) = (Vec::new(), Vec::new(), Vec::new());
        let spill = Arc::clone(spill);
        Self { chunks, rows, runs, bytes: 0, budget, spill, tail, failed: None }
    }

    /// Adds a row; its first `sorts` bytes are its sort key.
    pub(in crate::engine) fn push(&mut self, row: &[u8], sorts: usize) {
        let full = |chunk: &Vec<u8>| chunk.len() + row.len() > chunk.capacity();
        if self.chunks.last().is_none_or(full) {
            // The first chunk grows with its rows, because most sorters contain few rows.
            let size =
                if self.chunks.is_empty() { row.len().max(4096) } else { row.len().max(CHUNK) };
            self.chunks.push(Vec::with_capacity(size));
        }
        let last = self.chunks.len() - 1;
        let chunk = &mut self.chunks[last];
        self.rows.push(Slot {
            chunk: last as u32,
            start: chunk.len() as u32,
            length: row.len() as u32,
            sorts: sorts as u32,
            ..Slot::default()
        });
        chunk.extend_from_slice(row);
        self.bytes += row.len() + size_of::<Slot>();
        if self.bytes > self.budget {
            self.spill();
        }
    }

    /// Adds the rows of another sorter.
    pub(in crate::engine) fn merge(&mut self, other: Self) {
        let before = self.chunks.len() as u32;
        self.chunks.extend(other.chunks);
        self.rows
            .extend(other.rows.into_iter().map(|slot| Slot { chunk: slot.chunk + before, ..slot }));
        self.bytes += other.bytes;
        // The budget of several threads is the sum of their budgets.
        self.budget = self.budget.saturating_add(other.budget);
        self.runs.extend(other.runs);
        self.failed = self.failed.take().or(other.failed);
    }

    /// Returns every row, sorted.
    pub(in crate::engine) fn finish(mut self) -> Merge {
        self.sort();
        let Self { chunks, rows, mut runs, spill, .. } = self;
        let mut from = spill;
        while runs.len() > FAN_IN {
            // The file of a level is deleted when its last run is dropped.
            let to = from.another();
            match runs.chunks(FAN_IN).map(|runs| merge_into(&to, runs)).collect() {
                Ok(merged) => (runs, from) = (merged, to),
                // If another level cannot be written, all runs are merged at once.
                Err::<Vec<Run>, io::Error>(_) => break,
            }
        }
        let row = move |at: usize, into: &mut Vec<u8>| {
            let slot = rows.get(at)?;
            let start = slot.start as usize;
            let bytes = chunks.get(slot.chunk as usize)?;
            into.extend_from_slice(bytes.get(start..start + slot.length as usize)?);
            Some(slot.sorts as usize)
        };
        merge_of(Box::new(row), &runs)
    }

    /// Sorts the rows in memory. Few groups have many rows, so that most comparisons are of two pairs
    /// of numbers.
    fn sort(&mut self) {
        let (chunks, tail) = (&self.chunks, self.tail);
        let split = |slot: &Slot| {
            let start = slot.start as usize;
            let key = &chunks[slot.chunk as usize][start..start + slot.sorts as usize];
            key.split_at(key.len().saturating_sub(tail))
        };
        let mut groups: FxHashMap<&[u8], u32> = FxHashMap::default();
        for slot in &mut self.rows {
            let (group, rest) = split(slot);
            let number = groups.len() as u32;
            slot.group = *groups.entry(group).or_insert(number);
            slot.prefix = prefix(rest);
        }
        let mut sorted: Vec<(&[u8], u32)> = groups.into_iter().collect();
        sorted.sort_unstable();
        let mut ranks = vec![0; sorted.len()];
        (0..).zip(&sorted).for_each(|(rank, (_, number))| ranks[*number as usize] = rank);
        self.rows.iter_mut().for_each(|slot| slot.group = ranks[slot.group as usize]);
        self.rows.sort_unstable_by(|a, b| {
            (a.group, a.prefix).cmp(&(b.group, b.prefix)).then_with(|| split(a).1.cmp(split(b).1))
        });
    }

    /// Appends what is in memory to the spill file as one run.
    fn spill(&mut self) {
        self.sort();
        let (rows, chunks) = (&self.rows, &self.chunks);
        let run = self.spill.append(&mut |out| {
            for slot in rows {
                let start = slot.start as usize;
                let row = &chunks[slot.chunk as usize][start..start + slot.length as usize];
                write_row(out, row, slot.sorts as usize)?;
            }
            Ok(())
        });
        match run {
            Ok(run) => {
                self.runs.push(run);
                self.rows.clear();
                self.chunks.truncate(1);
                self.chunks.iter_mut().for_each(Vec::clear);
                self.bytes = 0;
            }
            // The next attempt is made at twice the size, so that failures stay cheap.
            Err(error) => {
                self.failed.get_or_insert_with(|| error.into());
                self.budget = self.bytes.saturating_mul(2);
            }
        }
    }
}

/// The first eight bytes as a number that sorts like them.
fn prefix(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(chunk) => u64::from_be_bytes(*chunk),
        None => bytes.iter().zip((0..8).rev()).map(|(&byte, at)| u64::from(byte) << (at * 8)).sum(),
    }
}

/// Merges runs into one run.
fn merge_into(file: &Arc<SpillFile>, runs: &[Run]) -> io::Result<Run> {
    let mut merge = merge_of(Box::new(|_, _| None), runs);
    file.append(&mut |out| {
        while let Some((row, sorts)) = merge.next()? {
            write_row(out, row, sorts)?;
        }
        Ok(())
    })
}

/// Merges rows in memory with runs; the runs share the read buffer size.
fn merge_of(memory: super::merge::InMemory, runs: &[Run]) -> Merge {
    let size = (READ / runs.len().max(1)).max(4096);
    Merge::new(memory, runs.iter().map(|run| RunReader::new(run.clone(), size)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::engine::rows::spill::Create;
    use crate::source::Temporary;

    use std::sync::atomic::{AtomicUsize, Ordering};

    fn sorter(budget: usize, create: Create) -> Sorter {
        Sorter::new(budget, &SpillFile::new(create))
    }

    fn all(sorter: Sorter) -> Vec<(Vec<u8>, usize)> {
        let mut merge = sorter.finish();
        let mut rows = Vec::new();
        while let Some((row, sorts)) = merge.next().unwrap() {
            rows.push((row.to_vec(), sorts));
        }
        rows
    }

    fn refused() -> io::Result<Temporary> {
        Err(io::Error::other("no space left"))
    }

    proptest! {
        /// Rows are sorted by their sort key, regardless of the memory bound and of the sorter they
        /// were pushed to.
        #[test]
        fn rows_are_returned_sorted(
            rows in prop::collection::vec((prop::collection::vec(0u8..4, 0..6), 0u8..200), 0..300),
            budget in prop_oneof![Just(0usize), 1usize..4000, Just(usize::MAX)],
            cut in 0usize..300,
            tail in prop_oneof![Just(usize::MAX), Just(0), Just(2)],
        ) {
            // The beginning of a key must not be a prefix of another.
            let rows: Vec<(Vec<u8>, u8)> = match tail {
                usize::MAX => rows,
                _ => rows.into_iter().map(|(mut key, body)| {
                    key.resize(4, 9);
                    ([&key[..], &[body % 3; 2][..]].concat(), body)
                }).collect(),
            };
            let frame = |(key, body): &(Vec<u8>, u8)| [&key[..], &[*body][..]].concat();
            let cut = cut.min(rows.len());
            let spill = SpillFile::new(Temporary::create);
            let mut sorter = Sorter::of_groups(budget, &spill, tail);
            rows[..cut].iter().for_each(|row| sorter.push(&frame(row), row.0.len()));
            let mut other = Sorter::of_groups(budget / 2, &spill, tail);
            rows[cut..].iter().for_each(|row| other.push(&frame(row), row.0.len()));
            sorter.merge(other);
            prop_assert!(sorter.failed.is_none());
            let sorted = all(sorter);
            let keys: Vec<&[u8]> = sorted.iter().map(|(row, sorts)| &row[..*sorts]).collect();
            prop_assert!(keys.is_sorted());
            let mut merged: Vec<Vec<u8>> = sorted.into_iter().map(|(row, _)| row).collect();
            let mut expected: Vec<Vec<u8>> = rows.iter().map(frame).collect();
            merged.sort();
            expected.sort();
            prop_assert_eq!(merged, expected);
        }
    }

    /// All threads share one file; each level of merging adds one.
    #[test]
    fn file_descriptors_do_not_grow_with_threads_or_runs() {
        static CREATED: AtomicUsize = AtomicUsize::new(0);
        fn create() -> io::Result<Temporary> {
            CREATED.fetch_add(1, Ordering::Relaxed);
            Temporary::create()
        }
        let spill = SpillFile::new(create);
        let rows: u16 = 10_000;
        let mut whole = Sorter::new(0, &spill);
        std::thread::scope(|scope| {
            let thread = |number: u16| {
                let spill = &spill;
                scope.spawn(move || {
                    let mut sorter = Sorter::new(0, spill);
                    let of_thread = (0..rows).rev().filter(|row| row % 64 == number);
                    of_thread.for_each(|row| sorter.push(&row.to_be_bytes(), 2));
                    sorter
                })
            };
            let threads: Vec<_> = (0..64).map(thread).collect();
            threads.into_iter().for_each(|thread| whole.merge(thread.join().unwrap()));
        });
        assert_eq!((whole.runs.len(), CREATED.load(Ordering::Relaxed)), (rows.into(), 1));
        drop(spill);
        let sorted = all(whole).into_iter();
        let sorted: Vec<u16> =
            sorted.map(|(row, _)| u16::from_be_bytes([row[0], row[1]])).collect();
        assert_eq!(sorted, (0..rows).collect::<Vec<u16>>());
        // 10,000 runs are merged into 157, and these into 3.
        assert_eq!(CREATED.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn memory_stays_within_the_budget() {
        let mut sorter = sorter(64 << 10, Temporary::create);
        for row in 0..20_000u32 {
            sorter.push(&row.to_be_bytes(), 4);
            assert!(sorter.bytes <= 64 << 10);
        }
        assert_eq!(all(sorter).len(), 20_000);
    }

    #[test]
    fn rows_that_cannot_be_written_stay_in_memory() {
        let mut sorter = sorter(100, refused);
        for number in (0..50u8).rev() {
            sorter.push(&[number], 1);
        }
        assert_eq!(sorter.failed.as_ref().unwrap().to_string(), "no space left");
        let rows: Vec<u8> = all(sorter).iter().map(|(row, _)| row[0]).collect();
        assert_eq!(rows, (0..50).collect::<Vec<u8>>());
    }

    /// Creating a file fails at the limit of descriptors, and works again after a file is closed
    /// elsewhere.
    #[test]
    fn spilling_goes_on_after_a_failure() {
        static CREATED: AtomicUsize = AtomicUsize::new(0);
        fn create() -> io::Result<Temporary> {
            match CREATED.fetch_add(1, Ordering::Relaxed) {
                0 => refused(),
                _ => Temporary::create(),
            }
        }
        let mut sorter = sorter(100, create);
        (0..50u8).rev().for_each(|number| sorter.push(&[number], 1));
        assert_eq!(sorter.failed.as_ref().unwrap().to_string(), "no space left");
        assert!(!sorter.runs.is_empty() && sorter.bytes <= 250, "{} bytes", sorter.bytes);
        let rows: Vec<u8> = all(sorter).iter().map(|(row, _)| row[0]).collect();
        assert_eq!(rows, (0..50).collect::<Vec<u8>>());
    }

    #[test]
    fn runs_that_cannot_be_merged_by_levels_are_merged_at_once() {
        static CREATED: AtomicUsize = AtomicUsize::new(0);
        fn create() -> io::Result<Temporary> {
            match CREATED.fetch_add(1, Ordering::Relaxed) {
                0 => Temporary::create(),
                _ => refused(),
            }
        }
        let mut sorter = sorter(0, create);
        (0..200u8).rev().for_each(|number| sorter.push(&[number], 1));
        assert_eq!((sorter.runs.len(), sorter.failed.is_none()), (200, true));
        let rows: Vec<u8> = all(sorter).iter().map(|(row, _)| row[0]).collect();
        assert_eq!((rows, CREATED.load(Ordering::Relaxed)), ((0..200).collect::<Vec<u8>>(), 2));
    }

    #[test]
    fn a_truncated_run_is_an_error_and_not_the_end() {
        let spill = SpillFile::new(Temporary::create);
        let run = spill.append(&mut |out| {
            write_row(out, b"whole", 5)?;
            out.write_all(&[9, 0, 0, 0, 9, 0, 0, 0, b'c', b'u', b't'])
        });
        let mut merge = merge_of(Box::new(|_, _| None), &[run.unwrap()]);
        assert_eq!(merge.next().unwrap().map(|(row, _)| row.to_vec()), Some(b"whole".to_vec()));
        assert!(merge.next().is_err());
    }
}
