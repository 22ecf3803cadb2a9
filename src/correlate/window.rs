//! `correlate`: measures in a window that slides over the matches.

use std::ops::Range;

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
    let items = counted(subject, correlate, covered);
    let item = |at: usize| &subject.items[items[at] as usize];
    let mut bursts: Vec<(usize, usize)> = Vec::new();
    slide(subject, correlate, &items, &mut |window, measures| {
        if holds(&correlate.having, measures, subject.now)? {
            match bursts.last_mut().filter(|burst| window.start < burst.1) {
                Some(burst) => burst.1 = window.end,
                None => bursts.push((window.start, window.end)),
            }
        }
        Ok(())
    })?;
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

/// The indices of the matches that count.
fn counted(subject: &Subject<'_>, correlate: &Correlate, covered: bool) -> Vec<u32> {
    let timed = correlate.within.is_some();
    let counts = |item: &Item| (covered || !item.covered) && !(timed && item.time.is_none());
    let numbered = (0u32..).zip(subject.items);
    numbered.filter(|(_, item)| counts(item)).map(|(number, _)| number).collect()
}

/// Receives the range and the measures of a window.
type Visit<'v, 's> = dyn FnMut(Range<usize>, &[Value<'s>]) -> Result<(), EvalError> + 'v;

/// Calls `visit` for every window, with its range of `items` and its measures.
fn slide<'s>(
    subject: &Subject<'s>,
    correlate: &'s Correlate,
    items: &[u32],
    visit: &mut Visit<'_, 's>,
) -> Result<(), EvalError> {
    let timed = correlate.within.is_some();
    let item = |at: usize| &subject.items[items[at] as usize];
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
        visit(first..end, &counters.values()?)?;
    }
    Ok(())
}

/// The window of a subject that contains the most matches; the earliest of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullestWindow {
    /// The number of its matches.
    pub matches: usize,
    /// The measures over them, in slot order.
    pub measures: Vec<Value<'static>>,
    /// Whether `having` holds in it.
    pub holds: bool,
}

/// The fullest window of a subject; `None` if it has no matches. The explanation of a test that
/// fails shows it.
///
/// # Errors
///
/// A sum overflows, or `having` cannot be evaluated.
pub fn fullest_window(
    subject: &Subject<'_>,
    correlate: &Correlate,
) -> Result<Option<FullestWindow>, EvalError> {
    let items = counted(subject, correlate, true);
    let mut fullest: Option<FullestWindow> = None;
    slide(subject, correlate, &items, &mut |window, measures| {
        if fullest.as_ref().is_none_or(|fullest| fullest.matches < window.len()) {
            fullest = Some(FullestWindow {
                matches: window.len(),
                measures: measures.iter().cloned().map(Value::into_owned).collect(),
                holds: holds(&correlate.having, measures, subject.now)?,
            });
        }
        Ok(())
    })?;
    Ok(fullest)
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
