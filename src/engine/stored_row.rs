//! Rows that a caller stores between a map and a later reduction.

use std::io;

use super::matches::Partial;
use super::options::RunOptions;
use super::rows::{Frame, Order, SpillFile};
use super::subject::rule_of;
use crate::correlate::Reach;
use crate::finding::decode;
use crate::plan::Plan;
use crate::rule::Construct;
use crate::value::{Time, Value};

/// Rows of matches in no order, as [`map`](super::map()) gives and [`reduce`](super::reduce()) takes
/// them. Rows of any number of maps of one plan may be put together.
#[derive(Debug)]
pub struct Rows(pub(super) Partial);

/// One row: the match of a rule, or that records showed values.
///
/// Its bytes may be stored. They hold the number of a rule and of a file, so they mean something
/// only beside the same policy and the same files.
#[derive(Debug, Clone, Copy)]
pub struct StoredRow<'r> {
    bytes: &'r [u8],
    sorts: usize,
    rule: u32,
    order: Order,
    file: Option<u32>,
    /// Of what records showed: the last time, and the values.
    observation: Option<(i64, &'r [u8])>,
    step: u8,
}

impl<'r> StoredRow<'r> {
    /// Reads a row, of which so many bytes sort it; `None` when it is none, or of another version.
    pub fn read(bytes: &'r [u8], sorts: usize) -> Option<Self> {
        let rule = rule_of(Frame::key(bytes, sorts))? as u32;
        Some(match Frame::read(bytes, sorts)? {
            Frame::Match(row) => {
                let (order, file) = (row.order, Some(row.place.file));
                Self { bytes, sorts, rule, order, file, observation: None, step: row.step }
            }
            Frame::Observation(of) => {
                let order = Order { time: of.first, id: 0, content: 0 };
                let observation = Some((of.last, of.values));
                Self { bytes, sorts, rule, order, file: None, observation, step: 0 }
            }
        })
    }

    /// The row.
    pub fn bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// How many of its bytes sort it.
    pub fn sorts(&self) -> usize {
        self.sorts
    }

    /// Rule and subject.
    pub fn key(&self) -> &'r [u8] {
        Frame::key(self.bytes, self.sorts)
    }

    /// The rule, by its index.
    pub fn rule(&self) -> usize {
        self.rule as usize
    }

    /// The file that the record stands in, by its place among the inputs; values that were shown
    /// stand in none.
    pub fn file(&self) -> Option<u32> {
        self.file
    }

    /// When the match happened, or values were shown first.
    pub fn time(&self) -> Option<Time> {
        (self.order.time != i64::MIN).then_some(Time(self.order.time))
    }

    /// When values were shown last; `None` for a match.
    pub fn shown_last(&self) -> Option<Time> {
        self.observation.map(|(last, _)| Time(last))
    }

    /// Whether both are of one event, delivered twice; records without an id never are.
    pub fn repeats(&self, other: &StoredRow<'_>) -> bool {
        let same = |row: &StoredRow<'_>| (row.order, row.step, row.observation.is_none());
        self.order.id != 0 && same(self) == same(other) && self.key() == other.key()
    }
}

impl Rows {
    /// No rows.
    pub fn new(options: &RunOptions) -> Self {
        Self(Partial::new(options, &SpillFile::new(options.create)))
    }

    /// Adds a row that was taken out of others of this plan.
    pub fn push(&mut self, row: &StoredRow<'_>, plan: &Plan<'_>) {
        match row.observation {
            None => self.0.push_frame(row.rule, row.bytes, row.sorts),
            Some((last, values)) => {
                let Some(rule) = plan.rules.get(row.rule()) else { return };
                let Construct::FirstSeen(first_seen) = &rule.construct else { return };
                let values: Vec<Value<'static>> = decode(values).collect();
                let span = (Time(row.order.time), Time(last));
                self.0.observe_span(row.key(), &values, span, first_seen.history);
            }
        }
    }

    /// Hands on every row, by rule and subject and then in the order of time; an error is that some
    /// are lost. Gives why rows were held in memory beyond the bound, if they were.
    pub fn drain(mut self, visit: &mut dyn FnMut(&StoredRow<'_>)) -> io::Result<Option<String>> {
        self.0.put_observations();
        let spill = self.0.rows.failed.take();
        let mut rows = self.0.rows.finish();
        while let Some((bytes, sorts)) = rows.next()? {
            let row = StoredRow::read(bytes, sorts).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, "it is not what was written")
            })?;
            visit(&row);
        }
        Ok(spill)
    }

    /// How far the events of every account reach, by provider and account.
    pub fn reaches(&self) -> impl Iterator<Item = (&str, Reach)> {
        self.0.reaches.iter().map(|(account, reach)| (&**account, *reach))
    }

    /// Notes how far the events of an account reach.
    pub fn reach(&mut self, account: &str, reach: Reach) {
        self.0.reaches.entry(account.into()).or_default().widen(reach);
    }
}
