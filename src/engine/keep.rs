//! What is kept of a match.

use super::account::{ErrorAt, ErrorCounts};
use super::details::{Detail, Place};
use super::matches::{Group, Partial, Row};
use super::options::RunOptions;
use super::seen::Seen;
use crate::expr::{Bindings, EvalError};
use crate::finding::{encode, show};
use crate::plan::{Condition, Plan};
use crate::record::{Origin, RawRecord};
use crate::rule::Rule;
use crate::value::Value;

/// Bytes of a record that a finding shows.
const SAMPLE_BYTES: usize = 4 * 1024;

/// The matches of one thread, and what failed on the way to them.
pub(super) struct Keeper<'p> {
    plan: &'p Plan<'p>,
    options: &'p RunOptions,
    pub(super) found: Partial,
    pub(super) errors: ErrorCounts,
    pub(super) matches: u64,
    /// Evaluations of the record at hand that failed, by rule.
    pub(super) failed: Vec<(u32, EvalError)>,
    subject: Vec<u8>,
    call: Vec<u8>,
    measured: Vec<u8>,
    covering: Vec<u32>,
}

/// The record at hand.
#[derive(Clone, Copy)]
pub(super) struct At<'r> {
    pub(super) file: u32,
    pub(super) raw: &'r RawRecord<'r>,
    /// What is known of the file that it stands in.
    pub(super) origin: &'r Origin,
    /// Which of its rows matches: the event or cred, or one of the keys.
    pub(super) row: u32,
}

impl<'p> Keeper<'p> {
    pub(super) fn new(plan: &'p Plan<'p>, options: &'p RunOptions) -> Self {
        Self {
            plan,
            options,
            found: Partial::default(),
            errors: ErrorCounts::default(),
            matches: 0,
            failed: Vec::new(),
            subject: Vec::new(),
            call: Vec::new(),
            measured: Vec::new(),
            covering: Vec::new(),
        }
    }

    /// Counts what failed on the record.
    pub(super) fn report_failures(&mut self, file: u32, raw: &RawRecord<'_>) {
        for (rule, EvalError { span, message }) in self.failed.drain(..) {
            let error = ErrorAt { file, offset: raw.offset, line: raw.line, span, message };
            self.errors.add(rule, error);
        }
    }

    /// Keeps a match of the condition with this number.
    pub(super) fn keep(&mut self, number: u32, at: At<'_>, bindings: &Bindings<'_>) {
        let At { file, raw, origin, row } = at;
        self.matches += 1;
        let plan = self.plan;
        let Condition { rule, step, .. } = plan.conditions[number as usize];
        let definition = &plan.rules[rule as usize];
        let by = definition.steps().nth(step.into()).map_or(&[][..], |step| step.by);
        let seen = Seen::of(bindings, origin.time);
        let Self { failed, subject, call, measured, covering, .. } = self;
        let mut or_missing = |result: Result<Value<'_>, EvalError>| {
            result.map(Value::into_owned).unwrap_or_else(|error| {
                failed.push((rule, error));
                Value::Missing
            })
        };

        subject.clear();
        subject.extend_from_slice(&rule.to_le_bytes());
        encode(&seen.provider, subject);
        let mut values = Vec::with_capacity(by.len());
        for (_, by) in by {
            let value = or_missing(by.eval(bindings));
            encode(&value, subject);
            values.push(value);
        }

        measured.clear();
        let mut measures = Vec::with_capacity(definition.measures.len());
        for measure in &definition.measures {
            let value = or_missing(measure.expr.eval(bindings));
            encode(&value, measured);
            measures.push(value);
        }

        let mut severity = definition.severity;
        for raise in definition.raise.iter().filter(|raise| raise.to > definition.severity) {
            match raise.when.test(bindings) {
                Ok(true) => severity = severity.max(raise.to),
                Ok(false) => {}
                Err(error) => failed.push((rule, error)),
            }
        }

        covering.clear();
        let clock = self.options.clock;
        if let Err(error) =
            plan.allowlist.covering(rule as usize, definition, bindings, clock, covering)
        {
            failed.push((rule, error));
        }

        let day = seen.time.and_then(|time| time.date(&self.options.zone));
        seen.encode_call(day.as_deref(), call);

        let order = seen.order(raw, row);
        let place = place(file, raw);
        let cover = self.found.cover(covering);
        let redactor = self.options.redactor;
        let group = self.found.group(subject, || {
            let shown = values
                .iter()
                .map(|value| {
                    show(value).map(|text| {
                        if seen.ak.as_deref() == Some(&text) {
                            redactor.key_id(&text).into_owned()
                        } else {
                            redactor.text(&text).into_owned()
                        }
                    })
                })
                .collect();
            Group::new(rule, show(&seen.provider).unwrap_or_default(), shown)
        });
        let call = group.call(call, || seen.call(day.clone()));
        let measured = group.measure(measured, &measures);
        let (ok, revision) = (seen.ok, seen.revision);
        let row = Row { order, call, cover, measured, step, severity, ok, revision };
        group.push(row, place, || Detail {
            call,
            place,
            message: message(definition, bindings, self.options, failed, rule),
            text: redactor.record(&seen.shown(raw, origin), SAMPLE_BYTES),
            id: seen.id.as_deref().map(str::to_owned),
            request_id: seen.request_id.as_deref().map(str::to_owned),
            name: seen.name(),
        });
    }
}

fn message(
    rule: &Rule,
    bindings: &Bindings<'_>,
    options: &RunOptions,
    failed: &mut Vec<(u32, EvalError)>,
    index: u32,
) -> String {
    match rule.message.render(bindings, options.redactor.show_keys) {
        Ok(text) => options.redactor.message(&text),
        Err(error) => {
            failed.push((index, error));
            rule.title.clone()
        }
    }
}

fn place(file: u32, raw: &RawRecord<'_>) -> Place {
    let units = |text: &str| text.chars().map(|c| c.len_utf16() as u64).sum::<u64>();
    // Rows that were joined need not follow one another: the place is that of the first.
    let text = match raw.text.split_once('\n') {
        Some((first, _)) if raw.rows > 1 => first,
        _ => raw.text,
    };
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
    let end_column = match text.rfind('\n') {
        Some(at) => 1 + units(&text[at + 1..]),
        None => raw.column + units(text),
    };
    Place {
        file,
        offset: raw.offset,
        ordinal: raw.ordinal,
        line: raw.line,
        column: raw.column,
        end_line: raw.line + breaks,
        end_column,
        length: text.len() as u64,
    }
}
