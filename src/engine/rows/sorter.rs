//! Rows in sorted order, written to temporary files beyond a bound.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use super::merge::{Merge, Run};
use crate::source::Temporary;

/// Makes a temporary file.
type Create = fn() -> io::Result<Temporary>;

/// Bytes that rows are kept in together.
const CHUNK: usize = 1 << 20;

/// Temporary files of one sorter; beyond them they become one. A process may have few files open.
const MOST_RUNS: usize = 8;

/// Rows that come in any order and are given back sorted.
#[derive(Debug)]
pub(in crate::engine) struct Sorter {
    chunks: Vec<Vec<u8>>,
    rows: Vec<Slot>,
    runs: Vec<Run>,
    /// Bytes in memory, and how many there may be.
    bytes: usize,
    budget: usize,
    create: Create,
    /// Why rows could not be written away: they stay in memory.
    pub(in crate::engine) failed: Option<String>,
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
        Self { chunks, rows, runs, bytes: 0, budget, create, failed: None }
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
        if self.runs.len() > MOST_RUNS {
            self.compact();
        }
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
        Merge::new(Box::new(row), runs)
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
                self.runs.push(run);
                self.rows.clear();
                self.chunks.truncate(1);
                self.chunks.iter_mut().for_each(Vec::clear);
                self.bytes = 0;
                if self.runs.len() > MOST_RUNS {
                    self.compact();
                }
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

    /// Makes one file of all files.
    fn compact(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        let merged = || -> io::Result<Run> {
            let mut out = BufWriter::with_capacity(CHUNK, (self.create)()?);
            let mut merge = Merge::new(Box::new(|_, _| None), runs);
            while let Some((row, sorts)) = merge.next()? {
                write_row(&mut out, row, sorts)?;
            }
            finish(out)
        };
        match merged() {
            Ok(run) => self.runs.push(run),
            Err(error) => self.give_up(&error),
        }
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
