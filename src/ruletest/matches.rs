//! The matches of a rule with measures, and their fullest windows.

use std::collections::BTreeMap;

use super::text::shown_value;
use crate::correlate::{FullestWindow, Item, Observations, Subject, fullest_window};
use crate::expr::{Bindings, Expr};
use crate::record::field::event;
use crate::rule::{Construct, Rule, Step, ValueForm};
use crate::value::{Items, Time, Value};

/// The matches of a rule with measures, by subject. Matches of any other rule are not kept.
pub struct Matches<'r> {
    rule: &'r Rule,
    now: Time,
    by_subject: BTreeMap<Vec<String>, Vec<Match>>,
}

/// The time of a match, and the values of the match that the rule measures.
pub(crate) type Match = (Option<Time>, Vec<Value<'static>>);

impl<'r> Matches<'r> {
    /// No matches.
    pub fn new(rule: &'r Rule, now: Time) -> Self {
        Self { rule, now, by_subject: BTreeMap::new() }
    }

    /// Adds a record for which the condition of a step holds.
    pub fn add(&mut self, step: &Step, bindings: &Bindings<'_>) {
        if !matches!(self.rule.construct, Construct::Correlate(_)) {
            return;
        }
        let value = |expr: &Expr| expr.eval(bindings).unwrap_or_default().into_owned();
        let subject = step.by.iter().map(|(_, by)| shown_value(&value(by))).collect();
        let measured = Self::measured(self.rule, bindings);
        let time = bindings.event.and_then(|record| record.get(event::TIME).as_time());
        self.by_subject.entry(subject).or_default().push((time, measured));
    }

    /// The values that the rule measures of a record.
    pub(crate) fn measured(rule: &Rule, bindings: &Bindings<'_>) -> Vec<Value<'static>> {
        let retained = |(of, form): (&Expr, ValueForm)| match form {
            ValueForm::Items | ValueForm::Shown { each: true } => {
                Value::List(Items::Owned(of.items(bindings).unwrap_or_default()))
            }
            _ => of.eval(bindings).unwrap_or_default().into_owned(),
        };
        rule.measured_of(0).into_iter().map(retained).collect()
    }

    /// The fullest window of each subject.
    pub fn fullest(&self) -> Vec<(Vec<String>, FullestWindow)> {
        let subjects = self.by_subject.iter();
        subjects
            .filter_map(|(subject, matches)| Some((subject.clone(), self.window(matches)?)))
            .collect()
    }

    /// The number of matches of the subject that has the most, and its fullest window.
    pub(super) fn most(&self) -> Option<(usize, FullestWindow)> {
        let matches = self.by_subject.values().max_by_key(|matches| matches.len())?;
        Some((matches.len(), self.window(matches)?))
    }

    fn window(&self, matches: &[Match]) -> Option<FullestWindow> {
        Self::fullest_of(self.rule, self.now, matches)
    }

    /// The fullest window of the matches of one subject: their times, and the values that the rule
    /// measures.
    pub(crate) fn fullest_of(rule: &Rule, now: Time, matches: &[Match]) -> Option<FullestWindow> {
        let Construct::Correlate(correlate) = &rule.construct else { return None };
        let mut matches = matches.to_vec();
        matches.sort();
        let items = (0u32..).zip(&matches).map(|(number, (time, _))| Item {
            time: *time,
            record: number,
            step: 0,
            covered: false,
            measured: number,
            account: 0,
        });
        let items: Vec<Item> = items.collect();
        let measured: Vec<Vec<Value<'static>>> =
            matches.into_iter().map(|(_, measured)| measured).collect();
        let subject = Subject {
            rule,
            items: &items,
            measured: &measured,
            observations: &Observations::default(),
            reaches: &[],
            now,
        };
        fullest_window(&subject, correlate).ok().flatten()
    }
}
