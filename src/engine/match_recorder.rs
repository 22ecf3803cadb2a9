//! Records each match of a thread as a row.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::Hasher;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHasher;
use smallvec::SmallVec;

use super::accounting::{ErrorAt, ErrorCounts};
use super::match_view::{MatchView, split_day};
use super::matches::PartialMatches;
use super::options::{EmitMode, RunOptions};
use super::pending_row::{LookedUp, PendingRow, pending_ids};
use super::rows::{MatchRow, Order, RecordPosition, SpillFile, put_entries, put_text};
use super::shown_record::{RecordAt, detail, message, place};
use crate::expr::{Bindings, EvalError, Expr};
use crate::finding::{Display, Target, encode, targets};
use crate::plan::{Condition, Plan, needs_reach};
use crate::record::field::event;
use crate::record::{RawRecord, Record};
use crate::rule::{Construct, Judged, Step, ValueForm};
use crate::value::{Day, Items, RecordKind, Value};

/// Subjects that one record can have by the items of a list.
const SUBJECTS: usize = 1_000;

/// The matches of one thread, and its failed evaluations.
pub(super) struct MatchRecorder<'p> {
    plan: &'p Plan<'p>,
    options: &'p RunOptions,
    pub(super) found: PartialMatches,
    pub(super) errors: ErrorCounts,
    pub(super) matches: u64,
    /// Matches that have no time although their rule requires one, by rule.
    pub(super) unplaced: BTreeMap<u32, u64>,
    /// Matches of plain rules outside of the period.
    pub(super) outside: u64,
    /// Whether the current file cannot be read again.
    pub(super) once: bool,
    /// Whether the details of matches of plain rules are retained, because their records are not read
    /// again.
    pub(super) retains: bool,
    /// Failed evaluations on the current record, by rule.
    pub(super) failed: Vec<(u32, EvalError)>,
    key: Vec<u8>,
    /// Where the values of the subject begin in `key`.
    values_at: Vec<usize>,
    /// How many of them are missing.
    lacking: usize,
    call: Vec<u8>,
    measured: Vec<u8>,
    covering: Vec<u32>,
    cover: Vec<u8>,
    account: String,
    rendered: Vec<u8>,
    /// The resources that the record names, encoded.
    targets: Vec<u8>,
    /// The day of the last match.
    day: Option<Day>,
}

/// The values of a row that all matches of it share. The encoded call record is in the recorder.
pub(super) struct MatchedRow<'r> {
    at: RecordAt<'r>,
    view: MatchView<'r>,
    order: Order,
    place: RecordPosition,
}

impl<'p> MatchRecorder<'p> {
    pub(super) fn new(plan: &'p Plan<'p>, options: &'p RunOptions, spill: &Arc<SpillFile>) -> Self {
        Self {
            plan,
            options,
            found: PartialMatches::new(options, spill),
            errors: ErrorCounts::default(),
            matches: 0,
            unplaced: BTreeMap::new(),
            outside: 0,
            once: false,
            retains: true,
            failed: Vec::new(),
            key: Vec::new(),
            values_at: Vec::new(),
            lacking: 0,
            call: Vec::new(),
            measured: Vec::new(),
            covering: Vec::new(),
            cover: Vec::new(),
            account: String::new(),
            rendered: Vec::new(),
            targets: Vec::new(),
            day: None,
        }
    }

    /// Whether rows of correlation rules contain no message.
    pub(super) fn renders_no_message(&self) -> bool {
        self.options.emit == EmitMode::Findings && !self.once
    }

    /// Counts the failed evaluations of the record.
    pub(super) fn report_failures(&mut self, file: u32, raw: &RawRecord<'_>) {
        for (rule, EvalError { span, message }) in self.failed.drain(..) {
            let error = ErrorAt { file, offset: raw.offset, line: raw.line, span, message };
            self.errors.add(rule, error);
        }
    }

    /// Widens the reach of an account by the time of the record.
    pub(super) fn reach(&mut self, record: &Record<'_>) {
        if let Value::Time(time) = record.get(event::TIME) {
            account_of(record, &mut self.account);
            self.found.reach(&self.account, *time);
        }
    }

    /// Notes who calls, if the run shows incidents. Returns whether the event may have made an
    /// identity, so that it is read again for the lineage.
    pub(super) fn note_caller(&mut self, record: &Record<'_>) -> bool {
        self.options.lineage && self.found.lineage.note(record)
    }

    /// Stores the owner of a key that the record names, if a rule requires owners.
    pub(super) fn note_owner(&mut self, record: &Record<'_>) {
        if !self.plan.owner_subjects.is_empty() && record.kind == RecordKind::Event {
            self.found.owners.add(record);
        }
    }

    /// Records an observation of the values that a `first_seen` rule tracks.
    pub(super) fn observe(&mut self, rule: u32, bindings: &Bindings<'_>) {
        let definition = &self.plan.rules[rule as usize];
        let Construct::FirstSeen(first_seen) = &definition.construct else { return };
        let Some(record) = bindings.event else { return };
        let Value::Time(time) = record.get(event::TIME) else { return };
        let of = first_seen.of.iter().map(|(_, of)| of);
        let values = self.values(rule, of, bindings);
        // A missing value is never new, so it is not observed.
        if values.iter().any(Value::is_missing) {
            return;
        }
        let step = &definition.steps[0];
        for item in self.items(rule, step, bindings) {
            self.subject(rule, step, record.get(event::PROVIDER), item.as_ref(), bindings);
            self.found.observe(&self.key, &values, *time, first_seen.history);
        }
    }

    /// Records an observation of the subject of an `after_silence` rule. Returns whether the record
    /// may end a silence.
    pub(super) fn may_end_silence(&mut self, rule: u32, bindings: &Bindings<'_>) -> bool {
        let definition = &self.plan.rules[rule as usize];
        let Construct::AfterSilence(silence) = &definition.construct else { return true };
        let Some(record) = bindings.event else { return true };
        // A match without a time is counted as such.
        let Value::Time(time) = record.get(event::TIME) else { return true };
        let (step, mut may) = (&definition.steps[0], false);
        for item in self.items(rule, step, bindings) {
            self.subject(rule, step, record.get(event::PROVIDER), item.as_ref(), bindings);
            may |= self.found.observe_subject(&self.key, *time, silence.length);
        }
        may
    }

    /// The items of the step's `each` list, each of which is a subject; one `None` if the step has
    /// no such list.
    fn items(
        &mut self,
        rule: u32,
        step: &Step,
        bindings: &Bindings<'_>,
    ) -> SmallVec<[Option<Value<'static>>; 1]> {
        let Some((_, each)) = step.each.and_then(|each| step.by.get(each)) else {
            return SmallVec::from_buf([None]);
        };
        let mut items = each.items(bindings).unwrap_or_else(|error| {
            self.failed.push((rule, error));
            vec![Value::Missing]
        });
        if items.len() > SUBJECTS {
            let message = format!(
                "the list has {} items, more than the {SUBJECTS} that can each be a subject",
                items.len()
            );
            self.failed.push((rule, EvalError { span: each.span(), message }));
            items.truncate(SUBJECTS);
        }
        items.into_iter().map(Some).collect()
    }

    /// The values of expressions. If one fails, its value is missing and the failure is counted.
    fn values<'e>(
        &mut self,
        rule: u32,
        of: impl Iterator<Item = &'e Expr>,
        bindings: &Bindings<'_>,
    ) -> Vec<Value<'static>> {
        let failed = &mut self.failed;
        let value = |of: &'e Expr| match of.eval(bindings) {
            Ok(value) => value.into_owned(),
            Err(error) => {
                failed.push((rule, error));
                Value::Missing
            }
        };
        of.map(value).collect()
    }

    /// Writes the values of the record that the rule retains of a step to `measured`. If one fails,
    /// it is missing and the failure is counted.
    fn measure(&mut self, rule: u32, step: u8, bindings: &Bindings<'_>) {
        self.measured.clear();
        let definition = &self.plan.rules[rule as usize];
        for (of, form) in definition.measured_of(usize::from(step)) {
            let value = match form {
                ValueForm::Whole | ValueForm::Shown { each: false } => of.eval(bindings),
                ValueForm::Items | ValueForm::Shown { each: true } => {
                    of.items(bindings).map(|items| Value::List(Items::Owned(items)))
                }
                ValueForm::Text => self.text(of, bindings),
            };
            let shown = matches!(form, ValueForm::Shown { .. });
            match value {
                Ok(value) if shown => encode(&self.masked(value, bindings), &mut self.measured),
                Ok(value) => encode(&value, &mut self.measured),
                Err(error) => {
                    self.failed.push((rule, error));
                    encode(&Value::Missing, &mut self.measured);
                }
            }
        }
    }

    /// The text of a value as a message shows it; missing if the value is.
    fn text(&self, of: &Expr, bindings: &Bindings<'_>) -> Result<Value<'static>, EvalError> {
        if of.eval(bindings)?.is_missing() {
            return Ok(Value::Missing);
        }
        let text = of.render(bindings, &Display::new(self.options.redactor, &[]))?;
        Ok(Value::Str(self.options.redactor.message(&text).into()))
    }

    /// The value with the access key of the record masked. A finding shows the value without the
    /// record, and then nothing distinguishes the name of a caller from a key.
    fn masked<'v>(&self, value: Value<'v>, bindings: &Bindings<'_>) -> Value<'v> {
        let redactor = self.options.redactor;
        let key = bindings.event.and_then(|record| record.get(event::AK).as_str());
        let Some(key) = key.filter(|key| !key.is_empty() && !redactor.show_keys) else {
            return value;
        };
        match value {
            Value::Str(text) if text.contains(key) => {
                Value::Str(text.replace(key, &redactor.key_id(key)).into())
            }
            Value::List(items) => {
                let items = items.iter().cloned().map(|item| self.masked(item, bindings));
                Value::List(Items::Owned(items.collect()))
            }
            value => value,
        }
    }

    /// Writes the key of a rule and a subject to `key`. Returns whether a value of the subject is
    /// missing.
    fn subject(
        &mut self,
        rule: u32,
        step: &Step,
        provider: &Value<'_>,
        item: Option<&Value<'_>>,
        bindings: &Bindings<'_>,
    ) -> bool {
        self.key.clear();
        self.key.extend(rule.to_be_bytes());
        encode(provider, &mut self.key);
        self.values_at.clear();
        self.lacking = 0;
        for (index, (_, by)) in step.by.iter().enumerate() {
            self.values_at.push(self.key.len());
            let of_list = item.filter(|_| step.each == Some(index));
            match of_list.map_or_else(|| by.eval(bindings), |item| Ok(item.borrow())) {
                Ok(value) => {
                    self.lacking += usize::from(value.is_missing());
                    encode(&value, &mut self.key);
                }
                Err(error) => {
                    self.lacking += 1;
                    self.failed.push((rule, error));
                    encode(&Value::Missing, &mut self.key);
                }
            }
        }
        self.values_at.push(self.key.len());
        self.lacking > 0
    }

    /// The value of the subject that waits for the owner of a key, and the ids to look up; `None` if
    /// the subject in `key` is final.
    fn pending(
        &self,
        rule: u32,
        number: u8,
        step: &Step,
        bindings: &Bindings<'_>,
    ) -> Option<(Range<usize>, Vec<LookedUp>)> {
        let subject = self.plan.owner_subjects.get(&(rule, number))?;
        if step.each == Some(subject.by) {
            return None;
        }
        let ids = pending_ids(&step.by.get(subject.by)?.1, &subject.lookups, bindings);
        let place = *self.values_at.get(subject.by)?..*self.values_at.get(subject.by + 1)?;
        (!ids.is_empty()).then_some((place, ids))
    }

    /// Prepares for the matches of a row; `alone` if a rule that does not correlate matches it. Only
    /// findings of such rules show targets, because the others are recorded without parameters.
    pub(super) fn matched<'r>(
        &mut self,
        at: RecordAt<'r>,
        bindings: &Bindings<'r>,
        alone: bool,
    ) -> MatchedRow<'r> {
        self.targets.clear();
        if alone
            && self.options.lineage
            && let Some(event) = bindings.event
        {
            for Target { kind, name } in targets(event) {
                put_text(Some(kind.name()), &mut self.targets);
                put_text(Some(&name), &mut self.targets);
            }
        }
        let view = MatchView::of(bindings, at.origin.time);
        if let Some(time) = view.time
            && !self.day.as_ref().is_some_and(|day| day.contains(time))
        {
            self.day = Day::of(time, &self.options.zone);
        }
        let day = view.time.and(self.day.as_ref()).map(|day| &*day.text);
        view.encode_call(day, &mut self.call);
        let (order, place) = (view.order(at.raw, at.row), place(at.file, at.raw));
        MatchedRow { at, view, order, place }
    }

    /// Records a match of the condition with this index, once for each of its subjects. Calls
    /// `recorded` with the key of each, which encodes rule and subject. `row` is the row that was
    /// prepared last.
    pub(super) fn record_match(
        &mut self,
        number: u32,
        row: &MatchedRow<'_>,
        bindings: &Bindings<'_>,
        recorded: &mut dyn FnMut(&[u8]),
    ) {
        let plan = self.plan;
        let Condition { rule, step, .. } = plan.conditions[number as usize];
        let definition = &plan.rules[rule as usize];
        let Some(step) = definition.steps.get(usize::from(step)) else { return };
        let mut failures = None;
        for item in self.items(rule, step, bindings) {
            if self.record_one(number, row, bindings, item.as_ref()).is_some() {
                recorded(&self.key);
            }
            // What fails for one subject of a record fails for all.
            let first = *failures.get_or_insert(self.failed.len());
            self.failed.truncate(first);
        }
    }

    /// Records a match of one subject. `None` if the record is not a match after all.
    fn record_one(
        &mut self,
        number: u32,
        matched: &MatchedRow<'_>,
        bindings: &Bindings<'_>,
        item: Option<&Value<'_>>,
    ) -> Option<()> {
        let MatchedRow { at, view, order, place } = matched;
        let RecordAt { file, row, weight, .. } = *at;
        let plan = self.plan;
        let Condition { rule, step, .. } = plan.conditions[number as usize];
        let definition = &plan.rules[rule as usize];
        let of_step = definition.steps.get(usize::from(step))?;
        let silence = match &definition.construct {
            Construct::AfterSilence(silence) => Some(silence.length),
            _ => None,
        };
        let failures = self.failed.len();
        let lacks = self.subject(rule, of_step, &view.provider, item, bindings);
        let pending = self.pending(rule, step, of_step, bindings);
        if lacks && matches!(definition.construct, Construct::Sequence(_)) {
            let missing = |place: &Range<usize>| {
                let mut missing = Vec::new();
                encode(&Value::Missing, &mut missing);
                self.key[place.clone()] == *missing
            };
            // Only the pending value may be missing, because an event may still name the owner.
            if self.lacking > 1 || !pending.as_ref().is_some_and(|(place, _)| missing(place)) {
                return None;
            }
        }
        if silence.is_some() {
            // These failures were counted when the subject was observed.
            self.failed.truncate(failures);
        } else if !lacks || pending.is_none() {
            self.matches += 1;
        }
        if view.time.is_none() && definition.construct.is_timed() {
            *self.unplaced.entry(rule).or_default() += 1;
            return None;
        }

        let plain = matches!(definition.construct, Construct::Plain);
        if plain
            && definition.on == RecordKind::Event
            && view.time.is_some_and(|time| !self.options.period.contains(time))
        {
            self.outside += 1;
            return None;
        }

        self.measure(rule, step, bindings);

        let mut severity = definition.severity;
        let rendered = usize::from(step) == definition.reported_step();
        let judged = |raise: &&crate::rule::Raise| rendered && raise.judged == Judged::Match;
        for raise in definition.raise.iter().filter(judged) {
            match raise.when.test(bindings) {
                Ok(true) => severity = severity.max(raise.to),
                Ok(false) => {}
                Err(error) => self.failed.push((rule, error)),
            }
        }

        self.covering.clear();
        // A match of an absent step counts against a finding, so no allowlist entry removes it.
        if !of_step.absent {
            let (clock, covering) = (self.options.clock, &mut self.covering);
            let covered =
                plan.allowlist.covering(rule as usize, definition, bindings, clock, covering);
            self.failed.extend(covered.err().map(|error| (rule, error)));
        }
        self.cover.clear();
        put_entries(&self.covering, &mut self.cover);

        self.account.clear();
        if needs_reach(definition) {
            bindings.event.inspect(|record| account_of(record, &mut self.account));
        }
        self.rendered.clear();
        if self.options.emit == EmitMode::Occurrences {
            self.render_names(view);
            self.render_message(rule, bindings);
        } else if self.once && definition.correlates() {
            // The reduction decides which match leads the finding, and by then the record can no
            // longer be read.
            self.render_message(rule, bindings);
        }
        if silence.is_some() {
            // Which records may end a silence depends on the order of the input. So the reduction
            // counts the matches that do, and their failures.
            let failed = self.failed.drain(failures..).next().map(|(_, error)| error.message);
            encode(
                &failed.map_or(Value::Missing, |text| Value::Str(text.into())),
                &mut self.measured,
            );
        }
        let row = MatchRow {
            key: &self.key,
            order: *order,
            step,
            place: *place,
            row,
            severity: severity as u8,
            weight,
            ok: view.ok,
            revision: view.revision,
            cover: &self.cover,
            account: self.account.as_bytes(),
            call: &self.call,
            measured: &self.measured,
            rendered: &self.rendered,
            targets: if definition.correlates() { &[] } else { &self.targets },
        };
        if let Some((place, ids)) = pending {
            let text = |field| {
                bindings.event.and_then(|record| record.get(field).as_str()).unwrap_or_default()
            };
            let ids = ids.iter().map(|(kind, id)| (*kind, id.as_str())).collect();
            let (provider, account) = (text(event::PROVIDER), text(event::ACCOUNT));
            self.found.push_pending(&PendingRow { place, ids, provider, account }, &row);
            return None;
        }
        match silence {
            Some(silence) => self.found.push_silence_end(&row, silence),
            None => self.found.push(rule, &row),
        }
        if !definition.correlates() && self.rendered.is_empty() && self.retains {
            self.found.retaining.insert(file);
            let (options, failed) = (self.options, &mut self.failed);
            let mut call = FxHasher::default();
            call.write(split_day(&self.call).1);
            let call = (call.finish(), (row.severity, weight));
            self.found.details.add(&row, call.0, row.place, || {
                let message = message(definition, bindings, options, failed, rule);
                detail(view, *at, call, message, options, options.records)
            });
        }
        Some(())
    }

    /// Appends the texts that name the record of an occurrence to `rendered`: id, request id, name.
    fn render_names(&mut self, view: &MatchView<'_>) {
        let redactor = self.options.redactor;
        let plain = |text: &Option<Cow<'_, str>>| {
            text.as_deref().map(|text| redactor.text(text).into_owned())
        };
        put_text(plain(&view.id).as_deref(), &mut self.rendered);
        put_text(plain(&view.request_id).as_deref(), &mut self.rendered);
        put_text(Some(&redactor.text(&view.name())), &mut self.rendered);
    }

    /// Appends to `rendered` the parts of the message that do not depend on other matches.
    fn render_message(&mut self, rule: u32, bindings: &Bindings<'_>) {
        let definition = &self.plan.rules[rule as usize];
        let redactor = self.options.redactor;
        let display = Display::new(redactor, definition.measures());
        match definition.message.render_record(bindings, &display) {
            Ok(texts) => {
                for text in texts {
                    put_text(
                        text.map(|text| redactor.message(&text)).as_deref(),
                        &mut self.rendered,
                    );
                }
            }
            Err(error) => {
                self.failed.push((rule, error));
                put_text(Some(&definition.title), &mut self.rendered);
            }
        }
    }
}

/// Writes provider and account, the key under which the reach of events is stored.
fn account_of(record: &Record<'_>, out: &mut String) {
    out.clear();
    out.push_str(record.get(event::PROVIDER).as_str().unwrap_or_default());
    out.push(' ');
    out.push_str(record.get(event::ACCOUNT).as_str().unwrap_or_default());
}
