//! Joins the rows of each user of a report, and collects what is unusual about the rows.
//!
//! The rows of a user can be anywhere in a report, so all rows are stored until its end. Rows with
//! the same data about the user become one record. A repeated row counts once. Rows that contradict
//! each other remain separate records, and a note names the user.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::column::{ReportColumn, Unreadable};
use super::report::{CredentialReport, KeyLayout};
use super::spreadsheet::Rewritten;
use super::vocabulary::{Writing, text};
use crate::diag::escaped;
use crate::input::csv::Cells;
use crate::record::field::key;
use crate::record::{Batch, BatchRecord, BatchStatus, DateOrder, Origin, Skip, SkipReason};
use crate::value::Time;

/// The maximum number of bytes of rows that are stored for one file, with [`ROW_COST`] for each
/// row.
pub(super) const MAX_STORED: usize = 768 << 20;

/// Bytes of bookkeeping for each stored row.
const ROW_COST: usize = 160;

/// The maximum number of rows with keys of one user.
const MAX_ROWS: u32 = 1000;

/// Bytes of rows in a batch of users.
const BATCH: usize = 1 << 20;

/// Users that a note names; further ones are counted.
const NAMED: usize = 5;

/// The rows of one report by user, and notes on them.
#[derive(Debug)]
pub(super) struct UserRows {
    writing: Writing,
    columns: Vec<(usize, &'static ReportColumn)>,
    /// Positions of the columns that identify the user; the name comes last.
    identity: Vec<usize>,
    /// Positions of the columns about the user; `None` if every column is about the user.
    about: Option<Vec<usize>>,
    /// Position of the id of a row's key.
    key: Option<usize>,
    limit: usize,
    stored: usize,
    blocks: Vec<Block>,
    rows: Vec<StoredRow>,
    users: Vec<User>,
    /// The next user to emit.
    next: usize,
    digests: Digests,
    dates: Dates,
    notes: Notes,
}

/// The bytes of one batch, until all of their rows are emitted.
#[derive(Debug)]
struct Block {
    bytes: Vec<u8>,
    rows: u32,
}

#[derive(Debug)]
struct StoredRow {
    placed: BatchRecord,
    block: u32,
    /// The next row of the same user.
    next: Option<u32>,
}

#[derive(Debug)]
struct User {
    first: u32,
    last: u32,
    stored: u32,
    /// With repeated rows.
    rows: u64,
}

/// Digests of the rows so far, to recognise rows of the same user.
#[derive(Debug, Default)]
struct Digests {
    /// Complete rows, with their users.
    rows: HashMap<u128, u32>,
    /// Users, by the cells of all columns about them.
    users: HashMap<u128, u32>,
    /// Users by name and keys by id, and whether a note already names them.
    names: HashMap<u128, bool>,
}

#[derive(Debug, Default)]
struct Notes {
    repeated: u64,
    users: Names,
    keys: Names,
    /// Invalid cells by column: their number, and the smallest of them.
    unreadable: BTreeMap<(usize, Unreadable), (u64, String)>,
}

/// The number of dates that a spreadsheet rewrote, by the order of day and month that they show.
#[derive(Debug, Default)]
struct Dates {
    day_first: u64,
    month_first: u64,
    either: u64,
    certain: u64,
}

/// The first few names, and the number of further ones.
#[derive(Debug, Default)]
struct Names {
    first: Vec<String>,
    more: u64,
}

impl UserRows {
    pub(super) fn new(report: &CredentialReport, origin: &Origin) -> Self {
        let user = report.present(origin, report.user);
        let (about, key) = match report.keys {
            KeyLayout::Slots(_) => (None, None),
            KeyLayout::Rows(columns) => {
                let id = columns.iter().find(|column| column.fields.contains(&key::ID));
                let id = id.and_then(|column| report.position(origin, column.name));
                (Some(user.iter().map(|(place, _)| *place).collect()), id)
            }
        };
        let identity = report.identity.iter().filter_map(|name| report.position(origin, name));
        Self {
            writing: report.writing(origin),
            identity: identity.collect(),
            columns: [user, report.key_columns(origin).concat()].concat(),
            about,
            key,
            limit: MAX_STORED,
            stored: 0,
            blocks: Vec::new(),
            rows: Vec::new(),
            users: Vec::new(),
            next: 0,
            digests: Digests::default(),
            dates: Dates::default(),
            notes: Notes::default(),
        }
    }

    /// Sets the maximum number of stored bytes.
    pub(super) fn limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Bytes that are stored.
    pub(super) fn stored(&self) -> usize {
        self.stored
    }

    /// The order of day and month in the dates that a spreadsheet wrote, if they agree.
    pub(super) fn date_order(&self) -> Option<DateOrder> {
        match (self.dates.day_first, self.dates.month_first) {
            (0, 0) => None,
            (_, 0) => Some(DateOrder::DayFirst),
            (0, _) => Some(DateOrder::MonthFirst),
            (_, _) => None,
        }
    }

    /// Moves the rows out of a batch; rows that cannot be stored become skips of it.
    pub(super) fn take(&mut self, batch: &mut Batch) {
        let mut block = Block { bytes: std::mem::take(&mut batch.bytes), rows: 0 };
        for placed in batch.records.drain(..) {
            let bytes = block.bytes.get(placed.start..placed.end).unwrap_or_default();
            let stored = match std::str::from_utf8(bytes) {
                Ok(row) => self.row(row, placed),
                Err(_) => Err((SkipReason::Encoding, "it is not UTF-8".to_owned())),
            };
            match stored {
                Ok(stored) => block.rows += u32::from(stored),
                Err((reason, detail)) => {
                    let BatchRecord { offset, line, ordinal, .. } = placed;
                    batch.skipped.push(Skip { offset, line, ordinal, reason, detail });
                }
            }
        }
        if block.rows == 0 {
            block.bytes = Vec::new();
        }
        block.bytes.shrink_to_fit();
        self.blocks.push(block);
    }

    /// Adds one row; returns whether it must be stored.
    fn row(&mut self, row: &str, placed: BatchRecord) -> Result<bool, (SkipReason, String)> {
        let cost = row.len() + ROW_COST;
        if self.stored + cost > self.limit {
            let limit = MAX_STORED >> 20;
            return Err((
                SkipReason::TooLong,
                format!("the rows before it take {limit} MiB, which is the limit for one file"),
            ));
        }
        let cells = Cells::read(row).map_err(|fault| (fault.reason, fault.detail))?;
        let whole = digest(0, cells.iter());
        if let Some(&user) = self.digests.rows.get(&whole) {
            self.notes.repeated += 1;
            self.users[user as usize].rows += 1;
            return Ok(false);
        }
        self.inspect(&cells);
        let of = |places: &[usize], tag| {
            digest(tag, places.iter().map(|&place| cells.get(place).unwrap_or_default()))
        };
        let about = self.about.as_deref().map(|places| of(places, 1));
        let existing = about.and_then(|about| self.digests.users.get(&about).copied());
        let (index, number) = (self.users.len() as u32, self.rows.len() as u32);
        let user = match existing {
            Some(user) => {
                let owner = &mut self.users[user as usize];
                if owner.stored >= MAX_ROWS {
                    let detail = format!("its user has more than {MAX_ROWS} keys");
                    return Err((SkipReason::TooLong, detail));
                }
                self.rows[owner.last as usize].next = Some(number);
                owner.last = number;
                owner.stored += 1;
                owner.rows += 1;
                user
            }
            None => {
                self.digests.users.extend(about.map(|about| (about, index)));
                self.users.push(User { first: number, last: number, stored: 1, rows: 1 });
                self.digests.name(
                    of(&self.identity, 2),
                    &cells,
                    &self.identity,
                    &mut self.notes.users,
                );
                index
            }
        };
        if let Some(id) = self.key.and_then(|place| cells.get(place))
            && let Some(id) = text(&id)
        {
            let whose = self.identity.iter().map(|&place| cells.get(place).unwrap_or_default());
            let key = digest(3, whose.chain([id.into()]));
            self.digests.name(key, &cells, &self.identity, &mut self.notes.keys);
        }
        self.digests.rows.insert(whole, user);
        self.stored += cost;
        self.rows.push(StoredRow { placed, block: self.blocks.len() as u32, next: None });
        Ok(true)
    }

    /// Notes cells without a meaning, and dates that a spreadsheet rewrote.
    fn inspect(&mut self, cells: &Cells<'_>) {
        for (place, column) in &self.columns {
            let Some(cell) = cells.get(*place) else { continue };
            if column.holds_times() {
                self.dates.add(cell.trim(), &self.writing);
            }
            let Some(why) = column.unreadable(&cell, &self.writing) else { continue };
            let (count, example) = self.notes.unreadable.entry((*place, why)).or_default();
            *count += 1;
            if *count == 1 || *cell < **example {
                *example = cell.chars().take(200).collect();
            }
        }
    }

    /// Emits the next users.
    pub(super) fn emit(&mut self, batch: &mut Batch) -> BatchStatus {
        self.digests = Digests::default();
        while let Some(user) = self.users.get(self.next) {
            if batch.bytes.len() >= BATCH {
                return BatchStatus::More;
            }
            self.next += 1;
            let start = batch.bytes.len();
            let mut row = Some(user.first);
            while let Some(StoredRow { placed, block, next }) =
                row.and_then(|row| self.rows.get(row as usize))
            {
                if batch.bytes.len() > start {
                    batch.bytes.push(b'\n');
                }
                let block = &mut self.blocks[*block as usize];
                batch.bytes.extend_from_slice(&block.bytes[placed.start..placed.end]);
                block.rows -= 1;
                if block.rows == 0 {
                    block.bytes = Vec::new();
                }
                row = *next;
            }
            let Some(first) = self.rows.get(user.first as usize) else { continue };
            let end = batch.bytes.len();
            batch.records.push(BatchRecord { start, end, rows: user.rows, ..first.placed });
        }
        BatchStatus::Done
    }

    /// Notes on rows that are repeated or contradict each other, and on rewritten dates.
    pub(super) fn notes(&self) -> Vec<String> {
        let Notes { repeated, users, keys, .. } = &self.notes;
        let mut notes = Vec::new();
        if let Some(names) = users.list() {
            notes.push(format!("users with contradictory rows, each a separate cred: {names}"));
        }
        if let Some(names) = keys.list() {
            notes.push(format!(
                "users with contradictory rows for one key, each a separate key: {names}"
            ));
        }
        if *repeated > 0 {
            notes.push(format!("repeated rows, each counted once: {repeated}"));
        }
        notes.extend(self.dates.note(self.date_order(), &self.writing));
        notes
    }

    /// Notes on invalid cells, whose fields are missing.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for ((place, why), (count, example)) in &self.notes.unreadable {
            let column = self.columns.iter().find(|(of, _)| of == place);
            let column = column.map_or("", |(_, column)| column.name);
            let example = escaped(example, 40);
            match why {
                Unreadable::EitherDate if self.date_order().is_some() => {}
                Unreadable::EitherDate => faults.push(format!(
                    "ambiguous dates of `{column}`, treated as missing: \
                     {count}, such as `{example}`; use the report as downloaded from the cloud, not as a \
                     spreadsheet saved it"
                )),
                Unreadable::Replaced => faults.push(format!(
                    "values of `{column}` that a spreadsheet replaced: {count}, such as \
                     `{example}`; use the report as downloaded from the cloud"
                )),
                Unreadable::NotA(expected) => faults.push(format!(
                    "values of `{column}` that are not {expected}, treated as missing: {count}, \
                     such as `{example}`"
                )),
            }
        }
        faults
    }
}

impl Dates {
    /// Counts a cell of a column of times.
    fn add(&mut self, cell: &str, writing: &Writing) {
        // Most cells are times as the vendor writes them.
        if Time::parse_in(cell, &writing.zone).is_some() {
            return;
        }
        match Rewritten::read(cell) {
            None => {}
            Some(Rewritten::Ambiguous { .. }) => self.either += 1,
            Some(Rewritten::Certain(_, None)) => self.certain += 1,
            Some(Rewritten::Certain(_, Some(DateOrder::DayFirst))) => self.day_first += 1,
            Some(Rewritten::Certain(_, Some(DateOrder::MonthFirst))) => self.month_first += 1,
        }
    }

    fn note(&self, order: Option<DateOrder>, writing: &Writing) -> Option<String> {
        let either = if order.is_some() { self.either } else { 0 };
        let read = self.certain + self.day_first + self.month_first + either;
        let first = match order {
            Some(DateOrder::DayFirst) => ", with the day before the month",
            Some(DateOrder::MonthFirst) => ", with the month before the day",
            None => "",
        };
        let zone = writing.zone.name();
        (read > 0).then(|| {
            format!("dates that a spreadsheet rewrote, read in zone {zone}{first}: {read}")
        })
    }
}

impl Digests {
    /// Adds the user's name to a note if the user is already known.
    fn name(&mut self, digest: u128, cells: &Cells<'_>, identity: &[usize], names: &mut Names) {
        match self.names.get_mut(&digest) {
            None => {
                self.names.insert(digest, false);
            }
            Some(true) => {}
            Some(is_named) => {
                *is_named = true;
                let name = identity.last().and_then(|&place| cells.get(place)).unwrap_or_default();
                names.add(name.trim());
            }
        }
    }
}

impl Names {
    fn add(&mut self, name: &str) {
        if self.first.len() < NAMED {
            self.first.push(format!("`{}`", escaped(name, 60)));
        } else {
            self.more += 1;
        }
    }

    fn list(&self) -> Option<String> {
        let names = self.first.join(", ");
        match (self.first.is_empty(), self.more) {
            (true, _) => None,
            (false, 0) => Some(names),
            (false, more) => Some(format!("{names} and {more} more")),
        }
    }
}

/// A digest of cells. It is collision-resistant, so different lists of cells have different
/// digests.
fn digest<'c>(tag: u8, cells: impl Iterator<Item = Cow<'c, str>>) -> u128 {
    let mut hash = Sha256::new();
    hash.update([tag]);
    for cell in cells {
        let cell = cell.trim();
        hash.update((cell.len() as u64).to_le_bytes());
        hash.update(cell);
    }
    let mut half = [0; 16];
    half.copy_from_slice(&hash.finalize()[..16]);
    u128::from_le_bytes(half)
}
