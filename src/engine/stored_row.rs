//! Rows that a caller stores between map and reduce.

use std::io;

use super::matches::PartialMatches;
use super::options::RunOptions;
use super::rows::{Frame, Order, SpillError, SpillFile, version_frame};
use super::subject::rule_of;
use crate::correlate::Reach;
use crate::finding::decode;
use crate::incident::Lineage;
use crate::plan::Plan;
use crate::rule::Construct;
use crate::value::{Time, Value};

/// Unordered rows of matches, which [`map`](super::map()) returns and [`reduce`](super::reduce())
/// accepts. Rows of several maps with the same plan may be combined.
#[derive(Debug)]
pub struct StoredRows(pub(super) PartialMatches);

/// One row: a match of a rule, or an observation of values.
///
/// Its bytes may be stored. They contain the indices of a rule and a file, so they are valid only
/// with the same policy and the same files.
#[derive(Debug, Clone, Copy)]
pub struct StoredRow<'r> {
    bytes: &'r [u8],
    sorts: usize,
    rule: u32,
    order: Order,
    file: Option<u32>,
    /// For an observation, the last time and the values.
    observation: Option<(i64, &'r [u8])>,
    step: u8,
    revision: bool,
}

/// The identity of an event for one rule: equal for all rows of its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey([u8; 20]);

/// A version of an event. The smallest version of an event is the one that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventVersion([u8; 17]);

impl<'r> StoredRow<'r> {
    /// Decodes a row whose first `sorts` bytes are its sort key. Returns `None` if it is malformed
    /// or of another version.
    pub fn read(bytes: &'r [u8], sorts: usize) -> Option<Self> {
        let rule = rule_of(Frame::key(bytes, sorts))? as u32;
        Some(match Frame::read(bytes, sorts)? {
            Frame::Match(row) => {
                let (order, file) = (row.order, Some(row.place.file));
                let (step, revision) = (row.step, row.revision);
                Self { bytes, sorts, rule, order, file, observation: None, step, revision }
            }
            Frame::Observation(of) => {
                let order = Order { time: of.first, id: 0, content: 0 };
                let observation = Some((of.last, of.values));
                let (file, step, revision) = (None, 0, false);
                Self { bytes, sorts, rule, order, file, observation, step, revision }
            }
        })
    }

    /// The encoded row.
    pub fn bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// The length of its sort key in bytes.
    pub fn sorts(&self) -> usize {
        self.sorts
    }

    /// The key, which encodes rule and subject.
    pub fn key(&self) -> &'r [u8] {
        Frame::key(self.bytes, self.sorts)
    }

    /// The index of the rule.
    pub fn rule(&self) -> usize {
        self.rule as usize
    }

    /// The index of the record's file among the inputs; `None` for an observation.
    pub fn file(&self) -> Option<u32> {
        self.file
    }

    /// The time of the match, or the first time of an observation.
    pub fn time(&self) -> Option<Time> {
        (self.order.time != i64::MIN).then_some(Time(self.order.time))
    }

    /// The last time of an observation; `None` for a match.
    pub fn shown_last(&self) -> Option<Time> {
        self.observation.map(|(last, _)| Time(last))
    }

    /// The event of a match and its version; `None` for an observation and for a record without an
    /// id, which always count.
    ///
    /// Rows of one event may have different keys. A caller that reduces each key by itself first
    /// removes all rows of an event except those of its smallest version.
    pub fn event(&self) -> Option<(EventKey, EventVersion)> {
        if self.order.id == 0 || self.observation.is_some() {
            return None;
        }
        let frame = version_frame(self.rule, self.order, self.revision);
        let (event, version) = frame.split_first_chunk()?;
        Some((EventKey(*event), EventVersion(version.try_into().ok()?)))
    }

    /// Whether both rows are deliveries of one event; never true for records without an id.
    pub fn repeats(&self, other: &StoredRow<'_>) -> bool {
        let same = |row: &StoredRow<'_>| (row.order, row.step, row.observation.is_none());
        self.order.id != 0 && same(self) == same(other) && self.key() == other.key()
    }
}

impl StoredRows {
    /// No rows.
    pub fn new(options: &RunOptions) -> Self {
        Self(PartialMatches::new(options, &SpillFile::new(options.create)))
    }

    /// Adds a row that was drained from other rows of the same plan.
    pub fn push(&mut self, row: &StoredRow<'_>, plan: &Plan<'_>) {
        match row.observation {
            None => match plan.rules.get(row.rule()).map(|rule| &rule.construct) {
                Some(Construct::AfterSilence(silence)) => {
                    if let Some(Frame::Match(of)) = Frame::read(row.bytes, row.sorts) {
                        self.0.push_silence_end(&of, silence.length);
                    }
                }
                _ => self.0.push_frame(row.rule, row.bytes, row.sorts),
            },
            Some((last, values)) => {
                let Some(rule) = plan.rules.get(row.rule()) else { return };
                let Some(history) = rule.construct.history() else { return };
                let values: Vec<Value<'static>> = decode(values).collect();
                let span = (Time(row.order.time), Time(last));
                self.0.observe_span(row.key(), &values, span, history);
            }
        }
    }

    /// Passes every row to `visit`, sorted by rule and subject and then by time. A subject that is
    /// the owner of a key is resolved through the events that were mapped with it. Returns the error
    /// because of which rows could not be spilled, if any.
    ///
    /// # Errors
    ///
    /// Spilled rows cannot be read back, so rows are lost.
    pub fn drain(
        mut self,
        visit: &mut dyn FnMut(&StoredRow<'_>),
    ) -> io::Result<Option<SpillError>> {
        self.0.put_observations();
        self.0.settle()?;
        let spill = self.0.rows.failed.take();
        let mut rows = self.0.rows.finish();
        while let Some((bytes, sorts)) = rows.next()? {
            let row = StoredRow::read(bytes, sorts).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, "its content was changed")
            })?;
            visit(&row);
        }
        Ok(spill)
    }

    /// The reach of every account's events, by provider and account.
    pub fn reaches(&self) -> impl Iterator<Item = (&str, Reach)> {
        self.0.reaches.iter().map(|(account, reach)| (&**account, *reach))
    }

    /// Takes the lineage of the events that were mapped.
    pub fn take_lineage(&mut self) -> Lineage {
        std::mem::take(&mut self.0.lineage)
    }

    /// Widens the reach of an account.
    pub fn reach(&mut self, account: &str, reach: Reach) {
        self.0.reaches.entry(account.into()).or_default().widen(reach);
    }
}
