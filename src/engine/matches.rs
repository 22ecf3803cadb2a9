//! The matches that map passes to reduce.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

use super::detail_store::DetailStore;
use super::options::RunOptions;
use super::owners::{Found, Owners};
use super::pending_row::PendingRow;
use super::rows::{
    Frame, MatchRow, Observation, Order, Sorter, SpillError, SpillFile, TAIL, version_frame,
};
use super::silence_ends::SilenceEnds;
use super::subject::rule_of;
use crate::correlate::{Observations, Reach};
use crate::finding::{ConfirmedUsers, encode};
use crate::incident::Lineage;
use crate::value::{Duration, Time, Value};

/// Observations that are retained in memory before they are written as rows.
const OBSERVATIONS: usize = 200_000;

/// The matches that one thread found; partials merge in any order.
#[derive(Debug)]
pub(super) struct PartialMatches {
    /// The rows of every match and observation.
    pub(super) rows: Sorter,
    /// The event versions that the rows belong to.
    pub(super) ids: Sorter,
    /// The first matches of each subject of plain rules, of files whose records are not read again.
    pub(super) details: DetailStore,
    /// The files with matches in `details`.
    pub(super) retaining: BTreeSet<u32>,
    /// Observations by subject for `first_seen` and `after_silence` rules.
    observations: HashMap<Box<[u8]>, Observations>,
    /// Matches of `after_silence` rules.
    silence_ends: SilenceEnds,
    /// The number of spans in `observations` and of rows in `silence_ends`.
    observed: usize,
    /// The reach of events, by provider and account.
    pub(super) reaches: BTreeMap<Box<str>, Reach>,
    /// Users whose names may be shown wherever they were typed.
    pub(super) confirmed_users: ConfirmedUsers,
    /// Who made whom, as the events show it.
    pub(super) lineage: Lineage,
    /// Who owns the keys, as the events say.
    pub(super) owners: Owners,
    /// Matches whose subject is the owner of a key that no report contains.
    /// `None` once they have their subjects.
    pending: Option<Sorter>,
    /// Pending matches that were settled.
    pub(super) settled: Settled,
    frame: Vec<u8>,
}

/// Counts of matches whose subject is the owner of a key that no report contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// Matches that have a subject only because an event names the owner.
    pub joined: u64,
    /// Matches whose key has several owners according to the events.
    pub ambiguous: u64,
    /// Matches whose key has no known owner, in a run with more keys than owners are retained for.
    pub left_out: u64,
}

impl PartialMatches {
    /// An empty partial. Matches beyond the memory share of one thread spill to this file.
    pub(super) fn new(options: &RunOptions, spill: &Arc<SpillFile>) -> Self {
        let of_thread = options.memory / options.jobs.get();
        Self {
            rows: Sorter::of_groups(of_thread / 2, spill, TAIL),
            ids: Sorter::new(of_thread / 8, spill),
            details: DetailStore::new(of_thread / 16 * 5, spill),
            pending: Some(Sorter::new(of_thread / 16, spill)),
            retaining: BTreeSet::new(),
            lineage: Lineage::default(),
            owners: Owners::default(),
            settled: Settled::default(),
            observations: HashMap::new(),
            silence_ends: SilenceEnds::default(),
            confirmed_users: ConfirmedUsers::default(),
            observed: 0,
            reaches: BTreeMap::new(),
            frame: Vec::new(),
        }
    }

    /// Adds a match of a rule.
    pub(super) fn push(&mut self, rule: u32, row: &MatchRow<'_>) {
        self.frame.clear();
        let sorts = row.write(&mut self.frame);
        self.rows.push(&self.frame, sorts);
        self.push_id(rule, row.order, row.revision);
    }

    /// Adds a match whose subject is not known before every event is read.
    pub(super) fn push_pending(&mut self, pending: &PendingRow<'_>, row: &MatchRow<'_>) {
        self.frame.clear();
        pending.write(row, &mut self.frame);
        if let Some(rows) = &mut self.pending {
            rows.push(&self.frame, self.frame.len());
        }
    }

    /// Sets the subject of every pending match: the owner that events name, or else the value from
    /// the record itself. A match without either is dropped.
    ///
    /// # Errors
    ///
    /// Spilled matches cannot be read back.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        let Some(rows) = self.pending.take() else { return Ok(()) };
        let mut rows = rows.finish();
        let owners = std::mem::take(&mut self.owners);
        while let Some((bytes, _)) = rows.next()? {
            let changed = || io::Error::new(io::ErrorKind::InvalidData, "its content was changed");
            let (pending, row) = PendingRow::read(bytes).ok_or_else(changed)?;
            let lacks = pending.is_missing(row.key);
            let key = match pending.owner(&owners) {
                Found::User(user) => {
                    self.settled.joined += u64::from(lacks);
                    pending.key_of(user, row.key).ok_or_else(changed)?
                }
                Found::Ambiguous => {
                    self.settled.ambiguous += 1;
                    row.key.to_vec()
                }
                Found::Nothing => {
                    self.settled.left_out += u64::from(owners.full);
                    row.key.to_vec()
                }
            };
            if pending.is_missing(&key) {
                continue;
            }
            let rule = rule_of(&key).ok_or_else(changed)?;
            self.push(rule as u32, &MatchRow { key: &key, ..row });
        }
        Ok(())
    }

    /// Adds a match of an `after_silence` rule. It is dropped once an earlier record of the subject
    /// is known to be at most `silence` before it.
    pub(super) fn push_silence_end(&mut self, row: &MatchRow<'_>, silence: Duration) {
        self.frame.clear();
        let sorts = row.write(&mut self.frame);
        let at = Time(row.order.time);
        let change = self.silence_ends.add(row.key, at, silence, &self.frame, sorts);
        self.observed = self.observed.saturating_add_signed(change);
        self.bound_observations();
    }

    /// Adds a match that is already encoded.
    pub(super) fn push_frame(&mut self, rule: u32, frame: &[u8], sorts: usize) {
        if let Some(Frame::Match(row)) = Frame::read(frame, sorts) {
            self.rows.push(frame, sorts);
            self.push_id(rule, row.order, row.revision);
        }
    }

    fn push_id(&mut self, rule: u32, order: Order, revision: bool) {
        if order.id != 0 {
            let frame = version_frame(rule, order, revision);
            self.ids.push(&frame, frame.len());
        }
    }

    /// Adds an observation of values at one time.
    pub(super) fn observe(
        &mut self,
        key: &[u8],
        values: &[Value<'static>],
        at: Time,
        history: Duration,
    ) {
        self.observe_span(key, values, (at, at), history);
    }

    /// Adds observations of values from a first to a last time.
    pub(super) fn observe_span(
        &mut self,
        key: &[u8],
        values: &[Value<'static>],
        span: (Time, Time),
        history: Duration,
    ) {
        let of = match self.observations.get_mut(key) {
            Some(of) => of,
            None => self.observations.entry(key.into()).or_default(),
        };
        self.observed += usize::from(of.add(values, span, history));
        self.bound_observations();
    }

    /// Adds an observation of a subject. Returns whether it may end a silence: whether no earlier
    /// record of the subject is known that is at most `silence` before it.
    pub(super) fn observe_subject(&mut self, key: &[u8], at: Time, silence: Duration) -> bool {
        let recent = self.observations.get(key).is_some_and(|of| of.before(&[], at, silence));
        self.observe(key, &[], at, silence);
        !recent
    }

    fn bound_observations(&mut self) {
        if self.observed > OBSERVATIONS {
            self.put_observations();
        }
    }

    /// Writes the observations, and the matches that depend on them, as rows.
    pub(super) fn put_observations(&mut self) {
        self.observed = 0;
        let rows = &mut self.rows;
        self.silence_ends.drain(|frame, sorts| rows.push(frame, sorts));
        let mut encoded = Vec::new();
        for (key, observations) in self.observations.drain() {
            for (values, (first, last)) in observations.spans() {
                encoded.clear();
                values.iter().for_each(|value| encode(value, &mut encoded));
                let row = Observation { key: &key, first: first.0, last: last.0, values: &encoded };
                self.frame.clear();
                let sorts = row.write(&mut self.frame);
                self.rows.push(&self.frame, sorts);
            }
        }
    }

    /// Widens the reach of an account to this time.
    pub(super) fn reach(&mut self, account: &str, time: Time) {
        let reach = match self.reaches.get_mut(account) {
            Some(reach) => reach,
            None => self.reaches.entry(account.into()).or_default(),
        };
        reach.widen(Reach { first: Some(time), last: Some(time) });
    }

    /// The error because of which matches could not be spilled, if any.
    pub(super) fn not_spilled(&self) -> Option<SpillError> {
        let failed = self.rows.failed.as_ref().or(self.ids.failed.as_ref());
        let pending = self.pending.as_ref().and_then(|rows| rows.failed.as_ref());
        failed.or(pending).or(self.details.failed()).cloned()
    }

    pub(super) fn merge(&mut self, mut other: PartialMatches) {
        other.put_observations();
        self.rows.merge(other.rows);
        self.ids.merge(other.ids);
        self.details.merge(other.details);
        self.retaining.extend(other.retaining);
        self.confirmed_users.merge(other.confirmed_users);
        self.lineage.merge(other.lineage);
        self.owners.merge(other.owners);
        if let (Some(rows), Some(more)) = (&mut self.pending, other.pending) {
            rows.merge(more);
        }
        for (account, reach) in other.reaches {
            self.reaches.entry(account).or_default().widen(reach);
        }
    }
}
