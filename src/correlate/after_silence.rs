//! `after_silence`: matches that follow a time without matches of the subject.

use super::window::raised;
use super::{Item, Occurrence, Subject};
use crate::expr::EvalError;
use crate::rule::AfterSilence;
use crate::value::{Time, Value};

/// Returns one occurrence for each instant that ends a silence.
///
/// The silence begins at the last earlier match of the subject or at `last_seen`, whichever is
/// later. A subject without either is unknown, not silent. A record is earlier only if its time is
/// earlier, and covered records end a silence like any others.
pub(super) fn occurrences(
    subject: &Subject<'_>,
    silence: &AfterSilence,
    covered: bool,
) -> Result<Vec<Occurrence>, EvalError> {
    let since = |item: &Item, time: Time| {
        if subject.observations.before(&[], time, silence.length) {
            return None;
        }
        let observed = subject.observations.last_before(&[], time);
        // A source that is as new as the match gives no information about the time before it.
        let reported =
            silence.last_seen.as_ref().and_then(|_| subject.values(item).first()?.as_time());
        let since = observed.max(reported.filter(|reported| *reported < time))?;
        (time.0.saturating_sub(since.0) > silence.length.0).then_some(since)
    };
    let numbered: Vec<(u32, &Item)> = (0u32..).zip(subject.items).collect();
    let mut occurrences = Vec::new();
    for of_instant in numbered.chunk_by(|(_, a), (_, b)| a.time == b.time) {
        let Some(time) = of_instant.first().and_then(|(_, item)| item.time) else { continue };
        let counts = |item: &Item| covered || !item.covered;
        let ends = of_instant.iter().filter(|(_, item)| counts(item));
        let ends = ends.filter_map(|(number, item)| Some((*number, since(item, time)?)));
        let (members, begins): (Vec<u32>, Vec<Time>) = ends.unzip();
        let (Some(reported), Some(since)) = (members.first().copied(), begins.into_iter().max())
        else {
            continue;
        };
        let measures = vec![Value::Time(since)];
        let raised = raised(subject.rule, &measures, subject.now)?;
        occurrences.push(Occurrence { members, reported, measures, raised, uncertain: false });
    }
    Ok(occurrences)
}
