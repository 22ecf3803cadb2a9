//! One record to its matches.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::Hasher;
use std::sync::Arc;

use rustc_hash::FxHasher;

use super::account::{ErrorAt, ErrorCounts};
use super::details::{Detail, Order, Place};
use super::matches::{Group, Partial, Row};
use super::options::RunOptions;
use crate::expr::{Bindings, EvalError};
use crate::finding::{CallRecord, digest128, encode, show};
use crate::plan::{Candidates, Condition, Plan};
use crate::record::field::{cred, event, key};
use crate::record::{
    FieldId, FieldSet, Format, Mapper, Origin, Outcome, RawRecord, Record, Rows, Scratch,
};
use crate::rule::Rule;
use crate::value::{Time, Value};

/// Bytes of a record that a finding shows.
const SAMPLE_BYTES: usize = 4 * 1024;

/// The readers of one format: for the fields of conditions, and for those of findings.
struct Reader {
    format: &'static dyn Format,
    conditions: Box<dyn Mapper>,
    evidence: Box<dyn Mapper>,
    /// Whether a record was read as this.
    used: bool,
}

/// Maps records to matches; one per thread.
pub(super) struct Map<'p> {
    plan: &'p Plan<'p>,
    options: &'p RunOptions,
    /// `now` in expressions over the records at hand.
    now: Time,
    /// What is known of them beside their text; the readers are prepared for it.
    origin: Arc<Origin>,
    readers: Vec<Reader>,
    buffers: Buffers,
    pub(super) found: Partial,
    pub(super) errors: ErrorCounts,
    pub(super) matches: u64,
    /// What records were read as, with the fields that this carries.
    pub(super) formats: BTreeMap<(&'static str, FieldSet), &'static dyn Format>,
    /// What the mapper had to say of the last record that was evaluated.
    pub(super) note: Option<&'static str>,
}

#[derive(Default)]
struct Buffers {
    scratch: Scratch,
    candidates: Candidates,
    /// Which row of the record meets which condition.
    hits: Vec<(u32, u32)>,
    failed: Vec<(u32, EvalError)>,
    subject: Vec<u8>,
    call: Vec<u8>,
    measured: Vec<u8>,
    covering: Vec<u32>,
}

/// What became of a record.
pub(super) enum Mapped {
    /// Every rule for its kind was tried; the name of its format.
    Evaluated(&'static str),
    /// None of the formats reads it.
    Not(Outcome),
}

impl<'p> Map<'p> {
    pub(super) fn new(plan: &'p Plan<'p>, options: &'p RunOptions) -> Self {
        Self {
            plan,
            options,
            now: options.clock,
            origin: Arc::default(),
            readers: Vec::new(),
            buffers: Buffers::default(),
            found: Partial::default(),
            errors: ErrorCounts::default(),
            matches: 0,
            formats: BTreeMap::new(),
            note: None,
        }
    }

    /// Prepares for records of this origin.
    pub(super) fn begin(&mut self, origin: &Arc<Origin>) {
        self.now = self.options.now.or(origin.time).unwrap_or(self.options.clock);
        if !Arc::ptr_eq(&self.origin, origin) {
            self.origin = Arc::clone(origin);
            self.readers.clear();
        }
    }

    /// Tries one record on every candidate rule and keeps its matches.
    pub(super) fn record(
        &mut self,
        file: u32,
        formats: &[&'static dyn Format],
        raw: &RawRecord<'_>,
    ) -> Mapped {
        let mut outcome = Outcome::Foreign;
        for &format in formats {
            let reader = self.reader(format);
            outcome = self.decide(reader, raw);
            match outcome {
                Outcome::Foreign => continue,
                Outcome::Read => {
                    // Reading it again for evidence would say the same.
                    self.note = self.buffers.scratch.note;
                    self.report_failures(file, raw);
                    if !self.buffers.hits.is_empty() {
                        self.collect(reader, file, raw);
                    }
                    self.used(reader);
                    return Mapped::Evaluated(format.name());
                }
                Outcome::Skipped { .. } => break,
            }
        }
        Mapped::Not(outcome)
    }

    fn reader(&mut self, format: &'static dyn Format) -> usize {
        let known = self.readers.iter().position(|r| r.format.name() == format.name());
        known.unwrap_or_else(|| {
            let conditions = self.plan.condition_fields();
            let evidence = self.plan.evidence_fields().union(conditions);
            let mapper = |fields: FieldSet| {
                format.mapper(&fields.with_dependencies(), &self.origin, self.now)
            };
            let (conditions, evidence) = (mapper(conditions), mapper(evidence));
            self.readers.push(Reader { format, conditions, evidence, used: false });
            self.readers.len() - 1
        })
    }

    fn used(&mut self, reader: usize) {
        let reader = &mut self.readers[reader];
        if !reader.used {
            reader.used = true;
            let carries = reader.format.carries(&self.origin);
            self.formats.insert((reader.format.name(), carries), reader.format);
        }
    }

    /// Which rows of the record meet which conditions; into `hits`.
    fn decide(&mut self, reader: usize, raw: &RawRecord<'_>) -> Outcome {
        let Buffers { scratch, candidates, hits, failed, .. } = &mut self.buffers;
        let (plan, now) = (self.plan, self.now);
        hits.clear();
        failed.clear();
        self.readers[reader].conditions.map(raw, scratch, &mut |rows| {
            each(rows, now, &mut |row, record, bindings| {
                plan.candidates(record, candidates);
                for &number in candidates.conditions() {
                    let condition = &plan.conditions[number as usize];
                    match condition.when.test(bindings) {
                        Ok(false) => {}
                        Ok(true) => hits.push((row, number)),
                        Err(error) => failed.push((condition.rule, error)),
                    }
                }
            });
        })
    }

    /// Reads the record again, with all that findings show, and keeps its matches.
    fn collect(&mut self, reader: usize, file: u32, raw: &RawRecord<'_>) {
        let mut hits = std::mem::take(&mut self.buffers.hits);
        let mut scratch = std::mem::take(&mut self.buffers.scratch);
        let readers = std::mem::take(&mut self.readers);
        let now = self.now;
        readers[reader].evidence.map(raw, &mut scratch, &mut |rows| {
            each(rows, now, &mut |row, _, bindings| {
                for &hit in hits.iter().filter(|hit| hit.0 == row) {
                    self.keep(hit, file, raw, bindings);
                }
            });
        });
        self.readers = readers;
        self.buffers.scratch = scratch;
        hits.clear();
        self.buffers.hits = hits;
        self.report_failures(file, raw);
    }

    fn report_failures(&mut self, file: u32, raw: &RawRecord<'_>) {
        for (rule, EvalError { span, message }) in self.buffers.failed.drain(..) {
            let error = ErrorAt { file, offset: raw.offset, line: raw.line, span, message };
            self.errors.add(rule, error);
        }
    }

    /// Keeps a match: a row of the record meets the condition with this number.
    fn keep(
        &mut self,
        (row, number): (u32, u32),
        file: u32,
        raw: &RawRecord<'_>,
        bindings: &Bindings<'_>,
    ) {
        self.matches += 1;
        let plan = self.plan;
        let Condition { rule, step, .. } = plan.conditions[number as usize];
        let definition = &plan.rules[rule as usize];
        let by = definition.steps().nth(step.into()).map_or(&[][..], |step| step.by);
        let seen = Seen::of(bindings, self.origin.time);
        let Buffers { failed, subject, call, measured, covering, .. } = &mut self.buffers;
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
            text: redactor.record(seen.text(raw), SAMPLE_BYTES),
            id: seen.id.as_deref().map(str::to_owned),
            request_id: seen.request_id.as_deref().map(str::to_owned),
            account: seen.account.as_deref().map(str::to_owned),
            region: seen.region.as_deref().map(str::to_owned),
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
        Ok(text) => options.redactor.text(&text).into_owned(),
        Err(error) => {
            failed.push((index, error));
            rule.title.clone()
        }
    }
}

/// Hands on each row with its number and what an expression over it sees.
fn each(rows: Rows<'_>, now: Time, visit: &mut dyn FnMut(u32, &Record<'_>, &Bindings<'_>)) {
    let of_record = Bindings::of(rows.record, now);
    visit(0, rows.record, &of_record);
    for (row, key) in (1..).zip(rows.keys) {
        visit(row, key, &Bindings { key: Some(key), ..of_record });
    }
}

/// The values of a row that every finding shows, whatever its kind.
#[derive(Default)]
struct Seen<'r> {
    provider: Value<'r>,
    id: Option<Cow<'r, str>>,
    time: Option<Time>,
    account: Option<Cow<'r, str>>,
    region: Option<Cow<'r, str>>,
    ak: Option<Cow<'r, str>>,
    source: Option<Cow<'r, str>>,
    method: Option<Cow<'r, str>>,
    service: Option<Cow<'r, str>>,
    api: Option<Cow<'r, str>>,
    user: Option<Cow<'r, str>>,
    ok: Option<bool>,
    request_id: Option<Cow<'r, str>>,
    raw: Option<Cow<'r, str>>,
    revision: bool,
}

impl<'r> Seen<'r> {
    /// `time` is that of the report, which is the time of everything in it.
    fn of(bindings: &Bindings<'r>, time: Option<Time>) -> Self {
        match (bindings.event, bindings.cred) {
            (Some(event), _) => Self::of_event(event),
            (None, Some(cred)) => Self { time, ..Self::of_cred(cred, bindings.key) },
            (None, None) => Self::default(),
        }
    }

    fn of_event(record: &'r Record<'_>) -> Self {
        Self {
            provider: record.get(event::PROVIDER).borrow(),
            id: text(record, event::ID),
            time: match record.get(event::TIME) {
                Value::Time(time) => Some(*time),
                _ => None,
            },
            account: text(record, event::ACCOUNT),
            region: text(record, event::REGION),
            ak: text(record, event::AK),
            source: text(record, event::SOURCE),
            method: text(record, event::METHOD),
            service: text(record, event::SERVICE),
            api: text(record, event::API),
            user: text(record, event::USER),
            ok: match record.get(event::OK) {
                Value::Bool(ok) => Some(*ok),
                _ => None,
            },
            request_id: text(record, event::REQUEST_ID),
            raw: match record.get(event::RAW).borrow() {
                Value::Json(json) => Some(json.text),
                _ => None,
            },
            revision: record.revision,
        }
    }

    fn of_cred(record: &'r Record<'_>, key: Option<&'r Record<'_>>) -> Self {
        Self {
            provider: record.get(cred::PROVIDER).borrow(),
            account: text(record, cred::ACCOUNT),
            ak: key.and_then(|key| text(key, key::ID)),
            user: text(record, cred::USER),
            ..Self::default()
        }
    }

    /// The record without the envelope it came in.
    fn text<'t>(&'t self, raw: &'t RawRecord<'_>) -> &'t str {
        self.raw.as_deref().unwrap_or(raw.text)
    }

    fn order(&self, raw: &RawRecord<'_>, row: u32) -> Order {
        let provider = self.provider.as_str().unwrap_or("");
        let account = self.account.as_deref().unwrap_or("");
        let id = self.id.as_deref().map_or(0, |id| {
            digest128(&[provider.as_bytes(), account.as_bytes(), id.as_bytes()]).max(1)
        });
        // It only orders versions of one event, so it need not resist anyone.
        let mut content = FxHasher::default();
        content.write(self.text(raw).as_bytes());
        // The keys of a cred share its text.
        content.write_u32(row);
        let content = content.finish();
        Order { time: self.time.map_or(i64::MIN, |time| time.0), id, content }
    }

    fn parts(&self) -> [Option<&str>; 6] {
        [&self.ak, &self.source, &self.method, &self.service, &self.api, &self.user]
            .map(|part| part.as_deref())
    }

    fn encode_call(&self, day: Option<&str>, out: &mut Vec<u8>) {
        out.clear();
        for part in self.parts().into_iter().chain([day]) {
            encode(&Value::maybe_str(part), out);
        }
        out.push(self.ok.map_or(2, u8::from));
    }

    fn call(&self, day: Option<String>) -> CallRecord {
        let [ak, source, method, service, api, user] = self.parts().map(|p| p.map(str::to_owned));
        CallRecord { ak, source, method, service, api, user, ok: self.ok, day }
    }
}

fn text<'r>(record: &'r Record<'_>, field: FieldId) -> Option<Cow<'r, str>> {
    match record.get(field).borrow() {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

fn place(file: u32, raw: &RawRecord<'_>) -> Place {
    let units = |text: &str| text.chars().map(|c| c.len_utf16() as u64).sum::<u64>();
    let breaks = memchr::memchr_iter(b'\n', raw.text.as_bytes()).count() as u64;
    let end_column = match raw.text.rfind('\n') {
        Some(at) => 1 + units(&raw.text[at + 1..]),
        None => raw.column + units(raw.text),
    };
    Place {
        file,
        offset: raw.offset,
        ordinal: raw.ordinal,
        line: raw.line,
        column: raw.column,
        end_line: raw.line + breaks,
        end_column,
        length: raw.text.len() as u64,
    }
}
