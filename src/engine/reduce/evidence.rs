//! Aggregates matches: call records, days, counts, and which records to show.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use crate::engine::match_view::{call_record, split_day};
use crate::engine::rows::{MatchRow, Order, RecordPosition, entries, texts};
use crate::finding::{CallRecord, MAX_TARGETS, Occurrence, Target, TargetKind};
use crate::rule::Severity;
use crate::value::Time;

/// Samples that are shown of one call record, unless the user asks for more.
pub const SAMPLES_PER_CALL: usize = 3;

/// A match that may be shown in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chosen {
    pub(super) order: Order,
    pub(super) place: RecordPosition,
    /// The row of its record.
    pub(super) row: u32,
}

impl Chosen {
    pub(super) fn of(row: &MatchRow<'_>) -> Self {
        Self { order: row.order, place: row.place, row: row.row }
    }
}

/// Matches of one subject, in the total order. Matches that an allowlist entry covers are counted
/// separately.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) calls: Vec<CallRow>,
    index: HashMap<Box<[u8]>, usize>,
    pub(super) counted: Tally,
    pub(super) covered: Tally,
    /// The allowlist entries that cover a match.
    pub(super) entries: BTreeSet<u32>,
}

/// A call record with its matches.
#[derive(Debug)]
pub(super) struct CallRow {
    pub(super) call: CallRecord,
    pub(super) count: u64,
    pub(super) suppressed: u64,
    /// The highest severity and weight of a match.
    rank: (u8, u8),
    /// The last day with a match, and the number of days.
    pub(super) day: Option<Box<str>>,
    pub(super) days: u64,
    pub(super) first: Option<Time>,
    pub(super) last: Option<Time>,
    /// The smallest of the resources that the calls name.
    pub(super) targets: BTreeSet<Target>,
    /// The first matches that no entry covers, and the first that an entry covers.
    pub(super) counted: Vec<Chosen>,
    pub(super) covered: Vec<Chosen>,
}

/// Counts over matches.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) severity: Option<Severity>,
    pub(super) first: Option<Time>,
    pub(super) last: Option<Time>,
    pub(super) count: u64,
    pub(super) ok: u64,
    pub(super) failed: u64,
    days: Vec<Occurrence>,
    /// The index of each day in `days`.
    of_day: HashMap<Box<str>, usize>,
    /// The first match.
    pub(super) lead: Option<Chosen>,
}

impl Evidence {
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Whether a match is the first that counts, or the first that an entry covers.
    pub(super) fn leads(&self, row: &MatchRow<'_>) -> bool {
        let leads = |tally: &Tally| tally.lead == Some(Chosen::of(row));
        leads(&self.counted) || leads(&self.covered)
    }

    /// Adds a match; `samples` matches of its call record may be shown.
    pub(super) fn add(&mut self, row: &MatchRow<'_>, samples: usize) {
        let (day, record) = split_day(row.call);
        let at = match self.index.get(record) {
            Some(at) => *at,
            None => {
                self.calls.push(CallRow::new(call_record(record)));
                self.index.insert(record.into(), self.calls.len() - 1);
                self.calls.len() - 1
            }
        };
        let call = &mut self.calls[at];
        let covered = !row.cover.is_empty();
        self.entries.extend(entries(row.cover));
        call.count += 1;
        call.suppressed += u64::from(covered);
        call.rank = call.rank.max((row.severity, row.weight));
        call.on(day);
        widen(&mut call.first, &mut call.last, time(row.order));
        call.name(row.targets);
        let chosen = if covered { &mut call.covered } else { &mut call.counted };
        if chosen.len() < samples {
            chosen.push(Chosen::of(row));
        }
        let tally = if covered { &mut self.covered } else { &mut self.counted };
        tally.add(row, day);
    }
}

impl CallRow {
    fn new(call: CallRecord) -> Self {
        Self {
            call,
            count: 0,
            suppressed: 0,
            rank: (0, 0),
            day: None,
            days: 0,
            first: None,
            last: None,
            targets: BTreeSet::new(),
            counted: Vec::new(),
            covered: Vec::new(),
        }
    }

    /// Adds the resources that a call names.
    fn name(&mut self, encoded: &[u8]) {
        let mut parts = texts(encoded).flatten();
        while let (Some(kind), Some(name)) = (parts.next(), parts.next()) {
            let Some(kind) = TargetKind::parse(kind) else { continue };
            self.targets.insert(Target { kind, name: name.to_owned() });
            if self.targets.len() > MAX_TARGETS {
                self.targets.pop_last();
            }
        }
    }

    /// Counts a day. Matches arrive in the order of their times, so a day that is not later than the
    /// last one was counted before. It can be earlier if a zone sets its clocks back over midnight.
    fn on(&mut self, day: Option<&str>) {
        if day.is_some() && day > self.day.as_deref() {
            self.day = day.map(Into::into);
            self.days += 1;
        }
    }

    /// Sorts the weightiest row first.
    pub(super) fn weight(&self) -> impl Ord + '_ {
        let successes = if self.call.ok == Some(true) { self.count } else { 0 };
        (Reverse((self.rank, successes, self.count)), &self.call)
    }
}

impl Tally {
    /// The days of the matches in order.
    pub(super) fn days(&self) -> Vec<Occurrence> {
        let mut days = self.days.clone();
        days.sort_by(|a, b| a.day.cmp(&b.day));
        days
    }

    fn add(&mut self, row: &MatchRow<'_>, day: Option<&str>) {
        let time = time(row.order);
        self.severity = self.severity.max(Some(severity(row.severity)));
        widen(&mut self.first, &mut self.last, time);
        self.count += 1;
        self.ok += u64::from(row.ok == Some(true));
        self.failed += u64::from(row.ok == Some(false));
        // Matches are sorted by time, so the day is nearly always the last one. It is not if a zone
        // sets its clocks back over midnight.
        let is_last = self.days.last().is_some_and(|last| last.day.as_deref() == day);
        let at = match self.of_day.get(day.unwrap_or_default()) {
            _ if is_last => self.days.len() - 1,
            Some(at) => *at,
            None => {
                let at = self.days.len();
                self.of_day.insert(day.unwrap_or_default().into(), at);
                self.days.push(Occurrence { day: day.map(str::to_owned), ..Occurrence::default() });
                at
            }
        };
        self.days[at].count += 1;
        let of = &mut self.days[at];
        widen(&mut of.first, &mut of.last, time);
        let chosen = Chosen::of(row);
        if self.lead.is_none_or(|lead| chosen.order < lead.order) {
            self.lead = Some(chosen);
        }
    }
}

/// The severity with this number.
pub(super) fn severity(number: u8) -> Severity {
    Severity::ALL.get(usize::from(number)).copied().unwrap_or(Severity::Critical)
}

/// The time of a match; `None` if it has none.
pub(super) fn time(order: Order) -> Option<Time> {
    (order.time != i64::MIN).then_some(Time(order.time))
}

pub(super) fn widen(first: &mut Option<Time>, last: &mut Option<Time>, time: Option<Time>) {
    let Some(time) = time else { return };
    *first = Some(first.map_or(time, |t| t.min(time)));
    *last = Some(last.map_or(time, |t| t.max(time)));
}
