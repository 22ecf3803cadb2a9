//! The matches of each subject that a correlating rule compares.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::explanation::{ExplainedNode, SubjectState, SubjectStep, SubjectValue};
use crate::correlate::FullestWindow;
use crate::expr::{Bindings, Expr};
use crate::finding::{Display, Redactor};
use crate::inspect::shown;
use crate::record::field::event;
use crate::rule::{Construct, Rule, Sequence, Step};
use crate::ruletest::{Matches, one_line, shown_value};
use crate::source::Sources;
use crate::value::{Duration, Time, Value};

/// Matches of a subject that are listed for values seen before and for silences.
const LISTED: usize = 10;

/// The matches of a rule, by subject. Matches of a plain rule are not retained.
pub(super) struct SubjectMatches<'r> {
    rule: &'r Rule,
    redactor: Redactor,
    now: Time,
    subjects: BTreeMap<Key, OfSubject>,
    /// The steps and events that were added: another copy of an event counts for nothing.
    events: BTreeSet<(usize, Key)>,
}

/// The values of a subject.
type Key = Vec<Value<'static>>;

#[derive(Default)]
struct OfSubject {
    /// The values of the subject as they are shown.
    shown: Vec<String>,
    /// Whether it has a finding that is explained.
    reported: bool,
    matches: Vec<Match>,
    /// The values that records showed, for `first_seen`.
    observed: Vec<(Option<Time>, Vec<Value<'static>>)>,
}

struct Match {
    step: usize,
    time: Option<Time>,
    place: String,
    /// What the rule measures, or the values that must be new.
    values: Vec<Value<'static>>,
    /// The values that must be new, as they are shown.
    shown: Vec<String>,
}

/// A record that is added, with its place.
#[derive(Clone, Copy)]
pub(super) struct Added<'a> {
    pub(super) bindings: &'a Bindings<'a>,
    pub(super) time: Option<Time>,
    pub(super) place: &'a dyn Fn() -> String,
    /// Whether the subject has a finding that is explained.
    pub(super) reported: bool,
}

impl<'r> SubjectMatches<'r> {
    pub(super) fn new(rule: &'r Rule, redactor: Redactor, now: Time) -> Self {
        Self { rule, redactor, now, subjects: BTreeMap::new(), events: BTreeSet::new() }
    }

    /// Adds a record for which the condition of a step holds.
    pub(super) fn add(&mut self, index: usize, step: &Step, record: Added<'_>) {
        if !self.rule.correlates() {
            return;
        }
        let bindings = record.bindings;
        if self.is_copy(index, bindings) {
            return;
        }
        let values = Matches::measured(self.rule, bindings);
        let of: &[(String, Expr)] = match &self.rule.construct {
            Construct::FirstSeen(first_seen) => &first_seen.of,
            _ => &[],
        };
        let of = of.iter().map(|(_, of)| self.shown(of, bindings)).collect::<Vec<_>>();
        for subject in self.subjects_of(step, bindings) {
            let subject = self.subject(subject);
            subject.reported |= record.reported;
            subject.matches.push(Match {
                step: index,
                time: record.time,
                place: (record.place)(),
                values: values.clone(),
                shown: of.clone(),
            });
        }
    }

    /// Whether the event was added before. Events without an id are never copies.
    fn is_copy(&mut self, step: usize, bindings: &Bindings<'_>) -> bool {
        let Some(record) = bindings.event.filter(|of| !of.get(event::ID).is_missing()) else {
            return false;
        };
        let name = [event::PROVIDER, event::ACCOUNT, event::ID];
        let name = name.iter().map(|field| record.get(*field).clone().into_owned()).collect();
        !self.events.insert((step, name))
    }

    /// Adds a record whose values are not new afterwards.
    pub(super) fn observe(&mut self, step: &Step, record: Added<'_>) {
        let values = Matches::measured(self.rule, record.bindings);
        for subject in self.subjects_of(step, record.bindings) {
            self.subject(subject).observed.push((record.time, values.clone()));
        }
    }

    fn shown(&self, expr: &Expr, bindings: &Bindings<'_>) -> String {
        shown_value(&shown(expr, bindings, self.redactor))
    }

    /// The subjects of a record, each with its values as they are shown. There are several if the
    /// items of a list are subjects of their own.
    fn subjects_of(&self, step: &Step, bindings: &Bindings<'_>) -> Vec<(Key, Vec<String>)> {
        let value = |expr: &Expr| expr.eval(bindings).unwrap_or_default().into_owned();
        let key: Key = step.by.iter().map(|(_, by)| value(by)).collect();
        let shown: Vec<String> = step.by.iter().map(|(_, by)| self.shown(by, bindings)).collect();
        let Some((at, (_, by))) = step.each.and_then(|at| Some((at, step.by.get(at)?))) else {
            return vec![(key, shown)];
        };
        let of_item = |item: Value<'static>| {
            let (mut key, mut shown) = (key.clone(), shown.clone());
            let text = shown_value(&self.redacted(&item));
            if let (Some(key), Some(shown)) = (key.get_mut(at), shown.get_mut(at)) {
                (*key, *shown) = (item, text);
            }
            (key, shown)
        };
        by.items(bindings).unwrap_or_default().into_iter().map(of_item).collect()
    }

    fn subject(&mut self, (key, shown): (Key, Vec<String>)) -> &mut OfSubject {
        let subject = self.subjects.entry(key).or_default();
        subject.shown = shown;
        subject
    }

    fn redacted(&self, value: &Value<'static>) -> Value<'static> {
        match value {
            Value::Str(text) => Value::Str(self.redactor.text(text).into_owned().into()),
            other => other.clone(),
        }
    }

    /// The number of subjects, and the states of those with the most matches.
    pub(super) fn states(self, most: usize, sources: &Sources) -> (usize, Vec<SubjectState>) {
        let mut subjects: Vec<&OfSubject> = self.subjects.values().collect();
        subjects.retain(|subject| subject.reported && !subject.matches.is_empty());
        subjects.sort_by_key(|subject| Reverse(subject.matches.len()));
        let states = subjects.iter().take(most).map(|subject| self.state(subject, sources));
        (subjects.len(), states.collect())
    }

    fn state(&self, of: &OfSubject, sources: &Sources) -> SubjectState {
        let texts = self.rule.steps.first().map_or(&[][..], |step| &step.by);
        let mut state = SubjectState {
            subject: texts.iter().map(|(text, _)| text.clone()).zip(of.shown.clone()).collect(),
            matches: of.matches.len(),
            within: self.rule.construct.history(),
            fullest: None,
            measures: Vec::new(),
            having: None,
            steps: Vec::new(),
            reached: None,
            values: Vec::new(),
        };
        match &self.rule.construct {
            Construct::Plain => {}
            Construct::Correlate(correlate) => {
                state.within = correlate.within;
                let matches: Vec<_> =
                    of.matches.iter().map(|of| (of.time, of.values.clone())).collect();
                let window = Matches::fullest_of(self.rule, self.now, &matches);
                let Some(FullestWindow { matches, measures, holds }) = window else { return state };
                let display = Display::new(self.redactor, &correlate.measures);
                let shown = correlate.measures.iter().zip(&measures).map(|(measure, value)| {
                    let text = display.measure(measure, value);
                    let text = text.map_or("()".to_owned(), |text| one_line(&text, 120));
                    (measure.name.clone(), text)
                });
                state.fullest = Some(matches);
                state.measures = shown.collect();
                state.having = Some(ExplainedNode {
                    text: one_line(sources.text(correlate.having.span()), 120),
                    operator: None,
                    holds: Some(holds),
                    error: None,
                    parts: Vec::new(),
                    values: Vec::new(),
                });
            }
            Construct::Sequence(sequence) => {
                state.within = sequence.within;
                state.steps = self.steps(of);
                state.reached = Some(self.reached(of, sequence));
            }
            Construct::FirstSeen(first_seen) => {
                state.values = compared(of, last_with_values, first_seen.history);
                let texts = first_seen.of.iter().map(|(text, _)| text);
                for value in &mut state.values {
                    let named = texts.clone().zip(std::mem::take(&mut value.values));
                    value.values = named.map(|(text, (_, shown))| (text.clone(), shown)).collect();
                }
            }
            Construct::AfterSilence(silence) => {
                state.values = compared(of, last_match, silence.length);
            }
        }
        state
    }

    fn steps(&self, of: &OfSubject) -> Vec<SubjectStep> {
        let step = |(index, step): (usize, &Step)| {
            let own = of.matches.iter().filter(move |of| of.step == index);
            let times = own.clone().filter_map(|of| of.time);
            SubjectStep {
                id: step.id.clone(),
                absent: step.absent,
                required: if step.absent { 0 } else { step.count },
                records: own.count(),
                first: times.clone().min(),
                last: times.max(),
            }
        };
        self.rule.steps.iter().enumerate().map(step).collect()
    }

    /// The most present steps that records meet one after another, the first and the last of them
    /// no further apart than the rule allows.
    fn reached(&self, of: &OfSubject, sequence: &Sequence) -> usize {
        let steps = self.rule.steps.iter().enumerate().filter(|(_, step)| !step.absent);
        let times = |(index, step): (usize, &Step)| {
            let own = of.matches.iter().filter(|of| of.step == index);
            let mut times: Vec<Time> = own.filter_map(|of| of.time).collect();
            times.sort();
            (step.count, times)
        };
        let steps: Vec<(usize, Vec<Time>)> = steps.map(times).collect();
        let starts = steps.first().map_or(&[][..], |(_, times)| times);
        let from = |start: &Time| {
            let end = sequence.within.map(|within| Time(start.0.saturating_add(within.0)));
            let mut after = None;
            let met = |(count, times): &&(usize, Vec<Time>)| {
                let begin = match after {
                    None => times.partition_point(|time| time < start),
                    Some(after) => times.partition_point(|time| *time <= after),
                };
                let last = times.get(begin + count.saturating_sub(1)).copied();
                after = last;
                last.is_some_and(|last| end.is_none_or(|end| last <= end))
            };
            steps.iter().take_while(met).count()
        };
        starts.iter().map(from).max().unwrap_or(0)
    }
}

/// The last time before a match at which its values were observed.
fn last_with_values(at: &Match, of: &OfSubject) -> Option<Time> {
    let same = of.observed.iter().filter(|(_, values)| *values == at.values);
    same.filter_map(|(time, _)| *time).filter(|time| Some(*time) < at.time).max()
}

/// The time of the last match before a match.
fn last_match(at: &Match, of: &OfSubject) -> Option<Time> {
    let times = of.matches.iter().filter_map(|of| of.time);
    times.filter(|time| Some(*time) < at.time).max()
}

/// The first matches of a subject, each with the earlier record that `before` finds.
fn compared(
    of: &OfSubject,
    before: impl Fn(&Match, &OfSubject) -> Option<Time>,
    counts: Duration,
) -> Vec<SubjectValue> {
    let mut matches: Vec<&Match> = of.matches.iter().collect();
    matches.sort_by_key(|of| of.time);
    let value = |at: &&Match| {
        let before = before(at, of);
        let age = at.time.zip(before).map(|(time, before)| time.0.saturating_sub(before.0));
        SubjectValue {
            place: at.place.clone(),
            time: at.time,
            values: at.shown.iter().map(|shown| (String::new(), shown.clone())).collect(),
            before,
            counts: age.is_some_and(|age| age <= counts.0),
        }
    };
    matches.iter().take(LISTED).map(value).collect()
}
