//! When values were shown.

use std::collections::BTreeMap;

use crate::value::{Duration, Time, Value};

/// When each list of values was shown, as far as `history` can tell the difference.
///
/// Times closer to each other than `history` are one span: within it, an earlier record that showed
/// the values is never further away. So the state of a value that keeps showing is two times, and
/// neither the order in which times come nor how they are split changes what is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sightings {
    spans: BTreeMap<Vec<Value<'static>>, Spans>,
}

/// Spans of time, ascending, further than `history` apart: first and last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spans(Vec<(Time, Time)>);

impl Sightings {
    /// Notes that these values were shown from a first time on until a last, never longer than
    /// `history` not. Returns whether that is one span more to hold.
    pub fn add(
        &mut self,
        values: &[Value<'static>],
        span: (Time, Time),
        history: Duration,
    ) -> bool {
        match self.spans.get_mut(values) {
            Some(spans) => spans.add(span, history),
            None => {
                self.spans.insert(values.to_vec(), Spans(vec![span]));
                true
            }
        }
    }

    /// Whether a record less than `history`, or exactly that, before `time` showed the values.
    pub(super) fn before(&self, values: &[Value<'static>], time: Time, history: Duration) -> bool {
        self.spans.get(values).is_some_and(|spans| spans.before(time, history))
    }

    /// Every list of values with its spans.
    pub fn spans(&self) -> impl Iterator<Item = (&[Value<'static>], (Time, Time))> {
        self.spans
            .iter()
            .flat_map(|(values, spans)| spans.0.iter().map(move |span| (values.as_slice(), *span)))
    }
}

impl Spans {
    /// Returns whether there is one span more.
    fn add(&mut self, (mut first, mut last): (Time, Time), history: Duration) -> bool {
        let joins = |a: Time, b: Time| b.0.saturating_sub(a.0) <= history.0;
        // The spans that the new one meets: those that neither end well before nor begin well after.
        let from = self.0.partition_point(|span| !joins(span.1, first));
        let to = self.0.partition_point(|span| span.0 <= last || joins(last, span.0));
        for span in &self.0[from..to] {
            first = first.min(span.0);
            last = last.max(span.1);
        }
        self.0.splice(from..to, [(first, last)]);
        from == to
    }

    fn before(&self, time: Time, history: Duration) -> bool {
        let earlier = self.0.partition_point(|span| span.0 < time);
        let Some((_, last)) = earlier.checked_sub(1).and_then(|at| self.0.get(at)) else {
            return false;
        };
        last.0 >= time.0.saturating_sub(history.0)
    }
}
