//! Observations: the times at which values were seen.

use std::collections::BTreeMap;

use crate::value::{Duration, Time, Value};

/// The times at which each list of values was seen, at the resolution that `history` requires.
///
/// Times at most `history` apart are one span: within it, the previous record with the values is
/// never further away than `history`. So the state of a value that recurs steadily is two times,
/// and the result does not depend on the order or the split of the times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observations {
    spans: BTreeMap<Vec<Value<'static>>, Spans>,
}

/// Spans of time that are more than `history` apart: maps the first time of each to its last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spans(BTreeMap<Time, Time>);

impl Observations {
    /// Adds a span in which these values were seen, without a gap longer than `history`. Returns
    /// whether the number of spans grows by one.
    pub fn add(
        &mut self,
        values: &[Value<'static>],
        span: (Time, Time),
        history: Duration,
    ) -> bool {
        match self.spans.get_mut(values) {
            Some(spans) => spans.add(span, history),
            None => {
                self.spans.insert(values.to_vec(), Spans(BTreeMap::from([span])));
                true
            }
        }
    }

    /// Whether a record at most `history` before `time` contains the values.
    pub fn before(&self, values: &[Value<'static>], time: Time, history: Duration) -> bool {
        self.spans.get(values).is_some_and(|spans| spans.before(time, history))
    }

    /// The time of the last record before `time` that contains the values, unless that record is at
    /// most `history` before it.
    pub(super) fn last_before(&self, values: &[Value<'static>], time: Time) -> Option<Time> {
        self.spans.get(values)?.last_before(time)
    }

    /// Every list of values with its spans.
    pub fn spans(&self) -> impl Iterator<Item = (&[Value<'static>], (Time, Time))> {
        self.spans.iter().flat_map(|(values, spans)| {
            spans.0.iter().map(move |(first, last)| (values.as_slice(), (*first, *last)))
        })
    }
}

impl Spans {
    /// Returns whether the number of spans grows by one.
    fn add(&mut self, (mut first, mut last): (Time, Time), history: Duration) -> bool {
        let joins = |a: Time, b: Time| b.0.saturating_sub(a.0) <= history.0;
        // The common case: a record within the span or soon after it, and no span follows.
        if let Some(mut latest) = self.0.last_entry()
            && *latest.key() <= first
            && joins(*latest.get(), first)
        {
            let end = last.max(*latest.get());
            latest.insert(end);
            return false;
        }
        let mut joined = 0;
        // Merges the spans that the new one touches, from the latest that begins early enough back
        // to the first that ends too early.
        let begins_by = |last: Time| Time(last.0.saturating_add(history.0));
        while let Some((&from, &to)) = self.0.range(..=begins_by(last)).next_back() {
            if !joins(to, first) {
                break;
            }
            self.0.remove(&from);
            (first, last) = (first.min(from), last.max(to));
            joined += 1;
        }
        self.0.insert(first, last);
        joined == 0
    }

    fn before(&self, time: Time, history: Duration) -> bool {
        self.last_before(time).is_some_and(|last| last.0 >= time.0.saturating_sub(history.0))
    }

    /// The end of the last span that begins before `time`.
    fn last_before(&self, time: Time) -> Option<Time> {
        self.0.range(..time).next_back().map(|(_, last)| *last)
    }
}
