//! Puts the rows of one user together, and says what is odd about the rows of a file.
//!
//! The rows of a user may stand anywhere in a file, so all of them are held until it ends. Rows
//! that agree in everything said of the user are one record; a row that stands there twice counts
//! once; rows that contradict each other stay apart, and the user is named.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::column::Column;
use super::report::{CredentialReport, Keys};
use super::said::text;
use crate::diag::escaped;
use crate::input::csv::Cells;
use crate::record::field::key;
use crate::record::{Batch, Origin, Placed, Skip, SkipReason, Step};
use crate::value::Zone;

/// Bytes of rows, with what is remembered of each, that are held of one file.
const MAX_HELD: usize = 768 << 20;

/// What is remembered of a row costs about as much as this many bytes.
const ROW_COST: usize = 160;

/// The most rows that one user's keys may take.
const MAX_ROWS: u32 = 1000;

/// Bytes of a batch that is handed on.
const BATCH: usize = 1 << 20;

/// Users that a note names; the rest is counted.
const NAMED: usize = 5;

/// The rows of one file, and what is to be said of them.
#[derive(Debug)]
pub(super) struct Gather {
    zone: Zone,
    columns: Vec<(usize, &'static Column)>,
    /// Where it is said whose row it is; the name comes last.
    identity: Vec<usize>,
    /// Where something is said of the user; `None` where all of a row is.
    about: Option<Vec<usize>>,
    /// Where the id of a row's key stands.
    key: Option<usize>,
    limit: usize,
    held: usize,
    blocks: Vec<Block>,
    rows: Vec<Held>,
    users: Vec<User>,
    /// The next user to hand on.
    next: usize,
    known: Known,
    notes: Notes,
}

/// The bytes of one batch, until all of their rows were handed on.
#[derive(Debug)]
struct Block {
    bytes: Vec<u8>,
    rows: u32,
}

#[derive(Debug)]
struct Held {
    placed: Placed,
    block: u32,
    /// The next row of the same user.
    next: Option<u32>,
}

#[derive(Debug)]
struct User {
    first: u32,
    last: u32,
    held: u32,
    /// With repetitions.
    rows: u64,
}

/// Digests of what was seen.
#[derive(Debug, Default)]
struct Known {
    /// Whole rows, with their users.
    rows: HashMap<u128, u32>,
    /// Users, by all that is said of them.
    users: HashMap<u128, u32>,
    /// Users by name and keys by id, and whether a note names them.
    names: HashMap<u128, bool>,
}

#[derive(Debug, Default)]
struct Notes {
    repeated: u64,
    users: Names,
    keys: Names,
    /// How often, and the first value in order.
    odd: BTreeMap<(usize, &'static str), (u64, String)>,
}

/// The first few names, and how many more there are.
#[derive(Debug, Default)]
struct Names {
    first: Vec<String>,
    more: u64,
}

impl Gather {
    pub(super) fn new(report: &CredentialReport, origin: &Origin) -> Self {
        let user = report.present(origin, report.user);
        let (about, key) = match report.keys {
            Keys::Slots(_) => (None, None),
            Keys::Rows(columns) => {
                let id = columns.iter().find(|column| column.fields.contains(&key::ID));
                let id = id.and_then(|column| report.position(origin, column.name));
                (Some(user.iter().map(|(place, _)| *place).collect()), id)
            }
        };
        let identity = report.identity.iter().filter_map(|name| report.position(origin, name));
        Self {
            zone: report.zone(origin),
            identity: identity.collect(),
            columns: [user, report.key_columns(origin).concat()].concat(),
            about,
            key,
            limit: MAX_HELD,
            held: 0,
            blocks: Vec::new(),
            rows: Vec::new(),
            users: Vec::new(),
            next: 0,
            known: Known::default(),
            notes: Notes::default(),
        }
    }

    /// Holds so many bytes and no more.
    #[cfg(test)]
    pub(super) fn limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Takes the rows out of a batch; those that cannot be held become skips of it.
    pub(super) fn take(&mut self, batch: &mut Batch) {
        let mut block = Block { bytes: std::mem::take(&mut batch.bytes), rows: 0 };
        for placed in batch.records.drain(..) {
            let bytes = block.bytes.get(placed.start..placed.end).unwrap_or_default();
            let held = match std::str::from_utf8(bytes) {
                Ok(row) => self.row(row, placed),
                Err(_) => Err((SkipReason::Encoding, "it is not UTF-8".to_owned())),
            };
            match held {
                Ok(held) => block.rows += u32::from(held),
                Err((reason, detail)) => {
                    let Placed { offset, line, ordinal, .. } = placed;
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

    /// Takes one row; whether it has to be held.
    fn row(&mut self, row: &str, placed: Placed) -> Result<bool, (SkipReason, String)> {
        let cost = row.len() + ROW_COST;
        if self.held + cost > self.limit {
            let limit = self.limit >> 20;
            return Err((
                SkipReason::TooLong,
                format!("the rows before it take {limit} MiB, and no more are held of a report"),
            ));
        }
        let cells = Cells::read(row).map_err(|fault| (fault.reason, fault.detail))?;
        let whole = digest(0, cells.iter());
        if let Some(&user) = self.known.rows.get(&whole) {
            self.notes.repeated += 1;
            self.users[user as usize].rows += 1;
            return Ok(false);
        }
        self.look(&cells);
        let of = |places: &[usize], tag| {
            digest(tag, places.iter().map(|&place| cells.get(place).unwrap_or_default()))
        };
        let about = self.about.as_deref().map(|places| of(places, 1));
        let known = about.and_then(|about| self.known.users.get(&about).copied());
        let (index, number) = (self.users.len() as u32, self.rows.len() as u32);
        let user = match known {
            Some(user) => {
                let owner = &mut self.users[user as usize];
                if owner.held >= MAX_ROWS {
                    let detail = format!("its user has more than {MAX_ROWS} keys");
                    return Err((SkipReason::TooLong, detail));
                }
                self.rows[owner.last as usize].next = Some(number);
                owner.last = number;
                owner.held += 1;
                owner.rows += 1;
                user
            }
            None => {
                self.known.users.extend(about.map(|about| (about, index)));
                self.users.push(User { first: number, last: number, held: 1, rows: 1 });
                self.known.name(
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
            self.known.name(key, &cells, &self.identity, &mut self.notes.keys);
        }
        self.known.rows.insert(whole, user);
        self.held += cost;
        self.rows.push(Held { placed, block: self.blocks.len() as u32, next: None });
        Ok(true)
    }

    /// Notes values that are nothing that their column should hold.
    fn look(&mut self, cells: &Cells<'_>) {
        for (place, column) in &self.columns {
            let Some(cell) = cells.get(*place) else { continue };
            let Some(what) = column.odd(&cell, &self.zone) else { continue };
            let (count, example) = self.notes.odd.entry((*place, what)).or_default();
            *count += 1;
            if *count == 1 || *cell < **example {
                *example = cell.chars().take(200).collect();
            }
        }
    }

    /// Hands on the next users.
    pub(super) fn give(&mut self, batch: &mut Batch) -> Step {
        self.known = Known::default();
        while let Some(user) = self.users.get(self.next) {
            if batch.bytes.len() >= BATCH {
                return Step::More;
            }
            self.next += 1;
            let start = batch.bytes.len();
            let mut row = Some(user.first);
            while let Some(Held { placed, block, next }) =
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
            batch.records.push(Placed { start, end, rows: user.rows, ..first.placed });
        }
        Step::Done
    }

    /// What there is to say of the rows.
    pub(super) fn notes(&self) -> Vec<String> {
        let Notes { repeated, users, keys, odd } = &self.notes;
        let mut notes = Vec::new();
        if let Some(names) = users.list() {
            notes.push(format!(
                "users whose rows say different things of them, each kept as a cred of its own: \
                 {names}"
            ));
        }
        if let Some(names) = keys.list() {
            notes.push(format!(
                "users with several rows for one key that say different things of it, each kept \
                 as a key of its own: {names}"
            ));
        }
        if *repeated > 0 {
            notes.push(format!("rows that repeat another one and count once: {repeated}"));
        }
        for ((place, what), (count, example)) in odd {
            let column = self.columns.iter().find(|(of, _)| of == place);
            let column = column.map_or("", |(_, column)| column.name);
            let example = escaped(example, 40);
            notes.push(format!(
                "values of `{column}` that are not {what} and so missing: {count}, \
                 such as `{example}`"
            ));
        }
        notes
    }
}

impl Known {
    /// Notes the user's name when it is known already.
    fn name(&mut self, digest: u128, cells: &Cells<'_>, identity: &[usize], names: &mut Names) {
        match self.names.get_mut(&digest) {
            None => {
                self.names.insert(digest, false);
            }
            Some(true) => {}
            Some(noted) => {
                *noted = true;
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

/// A digest of cells; no two lists of them that anybody can find have the same.
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
