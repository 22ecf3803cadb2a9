//! `correlate`: measures in a window that slides over the matches.

use super::measure::Counters;
use super::{Item, Occurrence, Subject};
use crate::expr::{Bindings, EvalError, Expr};
use crate::rule::{Correlate, Judged, Rule, Severity};
use crate::value::{Time, Value};

/// Returns the maximal bursts.
///
/// A window ends at the time of a match and contains every match that is at most `within` older,
/// both ends included. Windows that satisfy `having` and share a match are one burst.
pub(super) fn occurrences(
    subject: &Subject<'_>,
    correlate: &Correlate,
    covered: bool,
) -> Result<Vec<Occurrence>, EvalError> {
    let timed = correlate.within.is_some();
    let counts = |item: &Item| (covered || !item.covered) && !(timed && item.time.is_none());
    let numbered = (0u32..).zip(subject.items);
    let items: Vec<u32> = numbered.filter(|(_, item)| counts(item)).map(|(n, _)| n).collect();
    let item = |at: usize| &subject.items[items[at] as usize];

    let mut bursts: Vec<(usize, usize)> = Vec::new();
    let mut counters = Counters::new(&correlate.measures);
    let (mut first, mut end) = (0, 0);
    while end < items.len() {
        let last = item(end).time;
        while end < items.len() && (!timed || item(end).time == last) {
            counters.add(subject.values(item(end)));
            end += 1;
        }
        if let (Some(within), Some(Time(last))) = (correlate.within, last) {
            let begins = Some(Time(last.saturating_sub(within.0)));
            while first < end && item(first).time < begins {
                counters.remove(subject.values(item(first)));
                first += 1;
            }
        }
        if holds(&correlate.having, &counters.values()?, subject.now)? {
            match bursts.last_mut().filter(|burst| first < burst.1) {
                Some(burst) => burst.1 = end,
                None => bursts.push((first, end)),
            }
        }
    }
    let burst = |(first, end): (usize, usize)| {
        let mut counters = Counters::new(&correlate.measures);
        (first..end).for_each(|at| counters.add(subject.values(item(at))));
        let measures = counters.values()?;
        Ok(Occurrence {
            members: items[first..end].to_vec(),
            reported: items[first],
            raised: raised(subject.rule, &measures, subject.now)?,
            measures: measures.into_iter().map(Value::into_owned).collect(),
            uncertain: false,
        })
    };
    bursts.into_iter().map(burst).collect()
}

/// The highest severity that measures raise the severity of the rule to.
pub(super) fn raised(
    rule: &Rule,
    measures: &[Value<'_>],
    now: Time,
) -> Result<Option<Severity>, EvalError> {
    let mut raised = None;
    let judged = |judged| matches!(judged, Judged::Occurrence { .. });
    for raise in rule.raise.iter().filter(|raise| judged(raise.judged)) {
        if holds(&raise.when, measures, now)? {
            raised = raised.max(Some(raise.to));
        }
    }
    Ok(raised)
}

/// Whether fewer matches could make a `raise` over measures true.
pub(super) fn raises_with_fewer(rule: &Rule) -> bool {
    rule.raise.iter().any(|raise| raise.judged == Judged::Occurrence { grows: false })
}

fn holds(condition: &Expr, measures: &[Value<'_>], now: Time) -> Result<bool, EvalError> {
    condition.test(&Bindings { measures, ..Bindings::none(now) })
}
