//! Rows in sorted order, written to temporary files beyond a bound.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use super::merge::{Merge, Run};
use crate::source::Temporary;

/// Makes a temporary file.
type Create = fn() -> io::Result<Temporary>;

/// Bytes that rows are kept in together.
const CHUNK: usize = 1 << 20;

/// Temporary files of one level; beyond them they become one of the next, so that a row is written
/// as often as there are levels. A process may have few files open.
const MOST_RUNS: usize = 16;

/// Rows that come in any order and are given back sorted.
#[derive(Debug)]
pub(in crate::engine) struct Sorter {
    chunks: Vec<Vec<u8>>,
    rows: Vec<Slot>,
    /// Files, each with how often its rows were merged.
    runs: Vec<(u32, Run)>,
    /// Bytes in memory, and how many there may be.
    bytes: usize,
    budget: usize,
    create: Create,
    /// Why rows could not be written away: they stay in memory.
    pub(in crate::engine) failed: Option<String>,
    /// Why rows that were written away are gone.
    pub(in crate::engine) lost: Option<String>,
}

/// Where a row stands, and how many of its bytes sort it.
#[derive(Debug, Clone, Copy)]
struct Slot {
    chunk: u32,
    start: u32,
    length: u32,
    sorts: u32,
}

impl Sorter {
    /// A sorter that keeps about `budget` bytes in memory.
    pub(in crate::engine) fn new(budget: usize, create: Create) -> Self {
        let (chunks, rows, runs) = (Vec::new(), Vec::new(), Vec::new());
        Self { chunks, rows, runs, bytes: 0, budget, create, failed: None, lost: None }
    }

    /// Adds a row, which its first `sorts` bytes sort.
    pub(in crate::engine) fn push(&mut self, row: &[u8], sorts: usize) {
        let full = |chunk: &Vec<u8>| chunk.len() + row.len() > chunk.capacity();
        if self.chunks.last().is_none_or(full) {
            // The first chunk grows with its rows; most sorters hold few.
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
        // What several threads may hold together is the sum of what each may.
        self.budget = self.budget.saturating_add(other.budget);
        self.runs.extend(other.runs);
        self.failed = self.failed.take().or(other.failed);
        self.lost = self.lost.take().or(other.lost);
        self.compact();
    }

    /// Every row, sorted.
    pub(in crate::engine) fn finish(mut self) -> Merge {
        self.sort();
        let Self { chunks, rows, runs, .. } = self;
        let row = move |at: usize, into: &mut Vec<u8>| {
            let slot = rows.get(at)?;
            let start = slot.start as usize;
            let bytes = chunks.get(slot.chunk as usize)?;
            into.extend_from_slice(bytes.get(start..start + slot.length as usize)?);
            Some(slot.sorts as usize)
        };
        Merge::new(Box::new(row), runs.into_iter().map(|(_, run)| run).collect())
    }

    fn sort(&mut self) {
        let chunks = &self.chunks;
        let key = |slot: &Slot| {
            let start = slot.start as usize;
            &chunks[slot.chunk as usize][start..start + slot.sorts as usize]
        };
        self.rows.sort_unstable_by(|a, b| key(a).cmp(key(b)));
    }

    /// Writes what is in memory to a file of its own.
    fn spill(&mut self) {
        self.sort();
        match self.write() {
            Ok(run) => {
                self.runs.push((0, run));
                self.rows.clear();
                self.chunks.truncate(1);
                self.chunks.iter_mut().for_each(Vec::clear);
                self.bytes = 0;
                self.compact();
            }
            Err(error) => self.give_up(&error),
        }
    }

    fn write(&self) -> io::Result<Run> {
        let mut out = BufWriter::with_capacity(CHUNK, (self.create)()?);
        for slot in &self.rows {
            let start = slot.start as usize;
            let row = &self.chunks[slot.chunk as usize][start..start + slot.length as usize];
            write_row(&mut out, row, slot.sorts as usize)?;
        }
        finish(out)
    }

    /// Makes one file of all files of a level that has too many, from the lowest on.
    fn compact(&mut self) {
        let mut level = 0;
        while self.failed.is_none() && self.runs.iter().any(|(of, _)| *of >= level) {
            if self.runs.iter().filter(|(of, _)| *of == level).count() > MOST_RUNS {
                self.merge_level(level);
            }
            level += 1;
        }
    }

    fn merge_level(&mut self, level: u32) {
        let all = std::mem::take(&mut self.runs).into_iter();
        let (of_level, others): (Vec<_>, Vec<_>) = all.partition(|(of, _)| *of == level);
        self.runs = others;
        let runs = of_level.into_iter().map(|(_, run)| run).collect();
        let mut merge = Merge::new(Box::new(|_, _| None), runs);
        let merged = self.write_all(&mut merge);
        match merged {
            Ok(run) => self.runs.push((level + 1, run)),
            // What cannot be put together stays as it was.
            Err(error) => {
                self.give_up(&error);
                match merge.rewind() {
                    Ok(runs) => self.runs.extend(runs.into_iter().map(|run| (level, run))),
                    Err(error) => self.lost = Some(error.to_string()),
                }
            }
        }
    }

    fn write_all(&self, merge: &mut Merge) -> io::Result<Run> {
        let mut out = BufWriter::with_capacity(CHUNK, (self.create)()?);
        while let Some((row, sorts)) = merge.next()? {
            write_row(&mut out, row, sorts)?;
        }
        finish(out)
    }

    fn give_up(&mut self, error: &io::Error) {
        self.failed.get_or_insert_with(|| error.to_string());
        self.budget = usize::MAX;
    }
}

fn write_row(out: &mut impl Write, row: &[u8], sorts: usize) -> io::Result<()> {
    out.write_all(&(row.len() as u32).to_le_bytes())?;
    out.write_all(&(sorts as u32).to_le_bytes())?;
    out.write_all(row)
}

fn finish(out: BufWriter<Temporary>) -> io::Result<Run> {
    let mut file = out.into_inner().map_err(|error| error.into_error())?;
    file.seek(SeekFrom::Start(0))?;
    Ok(Run::new(file))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

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
        /// Sorted by the bytes that sort, whatever fits into memory and whoever brought it.
        #[test]
        fn rows_come_back_sorted(
            rows in prop::collection::vec((prop::collection::vec(0u8..4, 0..6), 0u8..200), 0..300),
            budget in prop_oneof![Just(0usize), 1usize..4000, Just(usize::MAX)],
            cut in 0usize..300,
        ) {
            let frame = |(key, body): &(Vec<u8>, u8)| [&key[..], &[*body][..]].concat();
            let cut = cut.min(rows.len());
            let mut sorter = Sorter::new(budget, Temporary::create);
            rows[..cut].iter().for_each(|row| sorter.push(&frame(row), row.0.len()));
            let mut other = Sorter::new(budget / 2, Temporary::create);
            rows[cut..].iter().for_each(|row| other.push(&frame(row), row.0.len()));
            sorter.merge(other);
            prop_assert_eq!(&sorter.failed, &None);
            let sorted = all(sorter);
            let keys: Vec<&[u8]> = sorted.iter().map(|(row, sorts)| &row[..*sorts]).collect();
            prop_assert!(keys.is_sorted());
            let mut came: Vec<Vec<u8>> = sorted.into_iter().map(|(row, _)| row).collect();
            let mut went: Vec<Vec<u8>> = rows.iter().map(frame).collect();
            came.sort();
            went.sort();
            prop_assert_eq!(came, went);
        }
    }

    #[test]
    fn few_files_are_open_at_a_time() {
        let mut sorter = Sorter::new(0, Temporary::create);
        let rows: u16 = 600;
        for number in (0..rows).rev() {
            sorter.push(&number.to_be_bytes(), 2);
            // Three levels hold 16 * 16 * 16 files of the lowest.
            assert!(sorter.runs.len() <= 3 * MOST_RUNS);
        }
        let sorted = all(sorter).into_iter();
        let sorted: Vec<u16> =
            sorted.map(|(row, _)| u16::from_be_bytes([row[0], row[1]])).collect();
        assert_eq!(sorted, (0..rows).collect::<Vec<u16>>());
    }

    #[test]
    fn rows_that_cannot_be_written_stay_in_memory() {
        let mut sorter = Sorter::new(100, refused);
        for number in (0..50u8).rev() {
            sorter.push(&[number], 1);
        }
        assert_eq!(sorter.failed.as_deref(), Some("no space left"));
        let rows: Vec<u8> = all(sorter).iter().map(|(row, _)| row[0]).collect();
        assert_eq!(rows, (0..50).collect::<Vec<u8>>());
    }

    /// The first files can be written, and then the disk is full.
    #[test]
    fn files_that_cannot_be_put_together_stay_as_they_are() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static CREATED: AtomicUsize = AtomicUsize::new(0);
        fn create() -> io::Result<Temporary> {
            match CREATED.fetch_add(1, Ordering::Relaxed) {
                0..=16 => Temporary::create(),
                _ => refused(),
            }
        }
        let mut sorter = Sorter::new(0, create);
        (0..50u8).rev().for_each(|number| sorter.push(&[number], 1));
        assert_eq!(sorter.failed.as_deref(), Some("no space left"));
        assert_eq!((sorter.runs.len(), &sorter.lost), (17, &None));
        let rows: Vec<u8> = all(sorter).iter().map(|(row, _)| row[0]).collect();
        assert_eq!(rows, (0..50).collect::<Vec<u8>>());
    }

    #[test]
    fn a_file_that_was_cut_is_an_error_and_no_end() {
        let mut out = BufWriter::new(Temporary::create().unwrap());
        write_row(&mut out, b"whole", 5).unwrap();
        out.write_all(&[9, 0, 0, 0, 9, 0, 0, 0, b'c', b'u', b't']).unwrap();
        let mut merge = Merge::new(Box::new(|_, _| None), vec![finish(out).unwrap()]);
        assert_eq!(merge.next().unwrap().map(|(row, _)| row.to_vec()), Some(b"whole".to_vec()));
        assert!(merge.next().is_err());
    }
}
