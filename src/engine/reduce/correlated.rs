//! The matches of one subject of a correlation rule, retained until all of them have been added.

use std::collections::{BTreeMap, HashMap, HashSet};

use rustc_hash::FxHashMap;

use super::assemble::Shown;
use super::evidence::{Chosen, Evidence, time, widen};
use super::silence::{SilenceEnd, same_event};
use crate::correlate::{self, Item, Observations, Outcome, Reach, Subject};
use crate::engine::match_view::day_of;
use crate::engine::options::{EmitMode, RunOptions};
use crate::engine::rows::{MatchRow, Observation, Order, RecordPosition};
use crate::expr::EvalError;
use crate::finding::{Display, Occurrence, Redactor, decode};
use crate::rule::{Construct, Measure, MeasureKind, Rule};
use crate::value::{Time, Value};

/// Approximate size of a match in bytes.
const BYTES: usize = 192;

/// Matches of one subject that are retained regardless of the memory bound.
const AT_LEAST: usize = 100_000;

/// Below this number of matches, pruning is not worth its cost.
const FEW: usize = 20_000;

/// The findings of one subject.
#[derive(Default)]
pub(super) struct SubjectFindings {
    pub(super) shown: Vec<Shown>,
    /// First and last time of every occurrence, including those that the allowlist hides; empty
    /// unless each occurrence is a finding of its own.
    pub(super) spans: Vec<(Time, Time)>,
    /// The matches of an `after_silence` rule that are part of the findings.
    pub(super) silence_ends: Vec<SilenceEnd>,
    /// Occurrences that are left out, because no match is in the period.
    pub(super) outside: u64,
}

impl SubjectFindings {
    /// One finding.
    pub(super) fn of(shown: Shown) -> Self {
        Self { shown: vec![shown], ..Self::default() }
    }
}

/// The matches of one subject.
pub(super) struct SubjectMatches {
    rows: Vec<SubjectMatch>,
    items: Vec<Item>,
    /// The bound on matches in memory, the number of matches added, and whether the bound was
    /// exceeded.
    most: usize,
    count: u64,
    over: bool,
    /// The number of matches at which to prune next, and the smallest number worth pruning.
    next_look: usize,
    few: usize,
    /// `now` in expressions over measures.
    now: Time,
    redactor: Redactor,
    /// Records of one call record that may be shown.
    samples: usize,
    texts: Interned,
    measured: Vec<Vec<Value<'static>>>,
    of_texts: HashMap<u32, u32>,
    accounts: Vec<u32>,
    of_accounts: HashMap<u32, u32>,
    observations: Observations,
    /// Record numbers of the last order, by position; records with an id share one number.
    order: Option<Order>,
    /// Whether the last row is a later version of an event.
    revision: bool,
    records: FxHashMap<RecordPosition, u32>,
    next_record: u32,
}

/// A row with its texts interned.
struct SubjectMatch {
    order: Order,
    place: RecordPosition,
    row: u32,
    step: u8,
    severity: u8,
    weight: u8,
    ok: Option<bool>,
    cover: u32,
    call: u32,
    /// The rendered message.
    rendered: u32,
}

/// Interned byte strings that many rows share.
#[derive(Default)]
struct Interned {
    all: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u32>,
}

impl Interned {
    fn add(&mut self, bytes: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(bytes) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(bytes.into());
        self.numbers.insert(bytes.into(), number);
        number
    }
}

impl SubjectMatches {
    /// Retains as many matches as fit in memory.
    pub(super) fn new(options: &RunOptions) -> Self {
        let memory = options.memory;
        let few = FEW.min(memory / BYTES);
        Self {
            rows: Vec::new(),
            items: Vec::new(),
            most: (memory / BYTES).max(AT_LEAST),
            count: 0,
            over: false,
            next_look: few,
            few,
            now: options.now.unwrap_or(options.clock),
            redactor: options.redactor,
            samples: options.samples,
            texts: Interned::default(),
            measured: Vec::new(),
            of_texts: HashMap::new(),
            accounts: Vec::new(),
            of_accounts: HashMap::new(),
            observations: Observations::default(),
            order: None,
            revision: false,
            records: FxHashMap::default(),
            next_record: 0,
        }
    }

    /// Adds a match. Matches must be added in the total order.
    pub(super) fn add(&mut self, row: &MatchRow<'_>, rule: &Rule) {
        self.count += 1;
        // The bound may be exceeded by an eighth, so that pruning does not run for every further
        // match.
        if !self.over && self.items.len() >= self.next_look.min(self.most + self.most / 8) {
            self.forget(rule);
            self.next_look = (self.items.len() * 2).max(self.few);
            self.over = self.items.len() > self.most;
        }
        if self.over {
            return;
        }
        let record = self.record(row);
        let measured = self.texts.add(row.measured);
        let account = self.texts.add(row.account);
        self.items.push(Item {
            time: time(row.order),
            record,
            step: row.step,
            covered: !row.cover.is_empty(),
            measured: match self.of_texts.get(&measured) {
                Some(number) => *number,
                None => {
                    self.measured.push(decode(row.measured).collect());
                    self.of_texts.insert(measured, self.measured.len() as u32 - 1);
                    self.measured.len() as u32 - 1
                }
            },
            account: match self.of_accounts.get(&account) {
                Some(number) => *number,
                None => {
                    self.accounts.push(account);
                    self.of_accounts.insert(account, self.accounts.len() as u32 - 1);
                    self.accounts.len() as u32 - 1
                }
            },
        });
        self.rows.push(SubjectMatch {
            order: row.order,
            place: row.place,
            row: row.row,
            step: row.step,
            severity: row.severity,
            weight: row.weight,
            ok: row.ok,
            cover: self.texts.add(row.cover),
            call: self.texts.add(row.call),
            rendered: self.texts.add(row.rendered),
        });
    }

    /// Adds a match of an `after_silence` rule, in the total order. Only one of several versions of
    /// an event is retained: an update, or else the first by content.
    pub(super) fn add_silence_end(&mut self, row: &MatchRow<'_>, rule: &Rule) {
        if self.rows.last().is_some_and(|last| same_event(last.order, row.order)) {
            if self.revision || !row.revision {
                return;
            }
            self.rows.pop();
            self.items.pop();
        }
        self.revision = row.revision;
        self.add(row, rule);
    }

    /// Drops matches that no later match can need.
    fn forget(&mut self, rule: &Rule) {
        let subject = Subject {
            rule,
            items: &self.items,
            measured: &self.measured,
            observations: &self.observations,
            // The reach of the input can make a finding uncertain, but never creates one.
            reaches: &[],
            now: self.now,
        };
        let Some(needed) = correlate::needed(&subject) else { return };
        let mut flags = needed.iter();
        self.items.retain(|_| flags.next().copied().unwrap_or(true));
        let mut flags = needed.iter();
        self.rows.retain(|_| flags.next().copied().unwrap_or(true));
    }

    /// The number of the record. A record that matches several steps has one number.
    fn record(&mut self, row: &MatchRow<'_>) -> u32 {
        if self.order != Some(row.order) {
            self.order = Some(row.order);
            self.records.clear();
        }
        // Two records without an id may have identical text and still be different records.
        let place = if row.order.id != 0 { RecordPosition::default() } else { row.place };
        *self.records.entry(place).or_insert_with(|| {
            self.next_record += 1;
            self.next_record - 1
        })
    }

    /// Adds an observation of values of the subject.
    pub(super) fn observe(&mut self, rule: &Rule, observation: &Observation<'_>) {
        if let Some(history) = rule.construct.history() {
            let values: Vec<Value<'static>> = decode(observation.values).collect();
            let span = (Time(observation.first), Time(observation.last));
            self.observations.add(&values, span, history);
        }
    }

    /// Evaluates the matches: one finding, or one for each occurrence if occurrences are reported
    /// one by one.
    pub(super) fn finish(
        mut self,
        rule: &Rule,
        reaches: &BTreeMap<Box<str>, Reach>,
        options: &RunOptions,
    ) -> Result<SubjectFindings, EvalError> {
        if self.items.len() > self.most {
            self.forget(rule);
        }
        if self.over || self.items.len() > self.most {
            return Err(EvalError {
                span: rule.id_span,
                message: format!(
                    "one subject has {} matches, more than {} of which belong together and do not \
                     fit into memory (increase `--memory`)",
                    self.count, self.most
                ),
            });
        }
        let reach = |account: &u32| {
            let name = std::str::from_utf8(&self.texts.all[*account as usize]).unwrap_or_default();
            reaches.get(name).copied().unwrap_or_default()
        };
        let reaches: Vec<Reach> = self.accounts.iter().map(reach).collect();
        let subject = Subject {
            rule,
            items: &self.items,
            measured: &self.measured,
            observations: &self.observations,
            reaches: &reaches,
            now: self.now,
        };
        if options.emit == EmitMode::Occurrences {
            return self.each(&subject);
        }
        let mut outcome = correlate::outcome(&subject)?;
        let outside = self.leave_out(&mut outcome, options);
        Ok(SubjectFindings {
            outside,
            shown: self.shown(rule, &outcome).into_iter().collect(),
            silence_ends: self.silence_ends(&subject, &outcome),
            ..SubjectFindings::default()
        })
    }

    /// Leaves out occurrences without a match in the period; returns how many.
    fn leave_out(&self, outcome: &mut Outcome, options: &RunOptions) -> u64 {
        if !options.period.is_bounded() {
            return 0;
        }
        let time = |member: &u32| self.items[*member as usize].time;
        let inside = |member: &u32| time(member).is_none_or(|time| options.period.contains(time));
        let all = outcome.occurrences.len();
        outcome.occurrences.retain(|of| of.members.iter().any(inside));
        let outside = all - outcome.occurrences.len();
        if outside > 0 {
            let kept: HashSet<u32> =
                outcome.occurrences.iter().flat_map(|of| of.members.iter().copied()).collect();
            outcome.covered.retain(|member| inside(member) || kept.contains(member));
        }
        outside as u64
    }

    fn silence_ends(&self, subject: &Subject<'_>, outcome: &Outcome) -> Vec<SilenceEnd> {
        let Construct::AfterSilence(_) = &subject.rule.construct else { return Vec::new() };
        let measured = |member| {
            let measured = self.items[member as usize].measured;
            self.measured[measured as usize].as_slice()
        };
        SilenceEnd::all(outcome, |member| self.row(member), measured)
    }

    /// Makes one finding for each occurrence.
    fn each(&self, subject: &Subject<'_>) -> Result<SubjectFindings, EvalError> {
        let mut comes = SubjectFindings::default();
        if let Construct::FirstSeen(_) = &subject.rule.construct {
            let day = |at: &usize| day_of(&self.texts.all[self.rows[*at].call as usize]);
            let all: Vec<usize> = (0..self.rows.len()).collect();
            for of_day in all.chunk_by(|a, b| day(a) == day(b)) {
                let begins = of_day[0];
                let items = &self.items[begins..begins + of_day.len()];
                let outcome = correlate::outcome(&Subject { items, ..*subject })?;
                comes.shown.extend(self.shown(subject.rule, &outcome.behind(begins as u32)));
            }
            return Ok(comes);
        }
        let outcome = correlate::outcome(subject)?;
        comes.silence_ends = self.silence_ends(subject, &outcome);
        for of in &outcome.occurrences {
            let (first, last) = (of.members.first(), of.members.last());
            let from = outcome.covered.partition_point(|member| Some(member) < first);
            let to = outcome.covered.partition_point(|member| Some(member) <= last);
            let one = Outcome {
                occurrences: vec![of.clone()],
                suppressed: outcome.suppressed,
                covered: outcome.covered.get(from..to).unwrap_or_default().to_vec(),
            };
            comes.shown.extend(self.shown(subject.rule, &one));
        }
        // An occurrence that an allowlist entry hides may still grow into one that it does not
        // hide.
        let all = if self.items.iter().any(|item| item.covered) {
            let bare = |item: &Item| Item { covered: false, ..*item };
            let items: Vec<Item> = self.items.iter().map(bare).collect();
            correlate::outcome(&Subject { items: &items, ..*subject })?
        } else {
            outcome
        };
        let time = |member: Option<&u32>| member.and_then(|at| self.items[*at as usize].time);
        comes.spans = all
            .occurrences
            .iter()
            .filter_map(|of| time(of.members.first()).zip(time(of.members.last())))
            .collect();
        Ok(comes)
    }

    fn shown(&self, rule: &Rule, outcome: &Outcome) -> Option<Shown> {
        let first = outcome.occurrences.first()?;
        let reported = &self.rows[first.reported as usize];
        let rendered = self.texts.all[reported.rendered as usize].clone();
        let reported = Chosen { order: reported.order, place: reported.place, row: reported.row };

        let mut evidence = Evidence::default();
        let mut members: Vec<u32> =
            outcome.occurrences.iter().flat_map(|of| of.members.iter().copied()).collect();
        members.extend(&outcome.covered);
        members.sort_unstable();
        members.dedup();
        // A record that matches several steps is one call.
        members.dedup_by_key(|member| self.items[*member as usize].record);
        members.iter().for_each(|member| evidence.add(&self.row(*member), self.samples));

        let occurrences = match &rule.construct {
            // Occurrences are the days with new values, as for a plain rule.
            Construct::FirstSeen(_) => None,
            _ => Some(
                outcome
                    .occurrences
                    .iter()
                    .map(|of| self.occurrence(rule, of, outcome.suppressed))
                    .collect(),
            ),
        };
        Some(Shown {
            evidence,
            suppressed: outcome.suppressed,
            occurrences,
            raised: outcome.occurrences.iter().filter_map(|of| of.raised).max(),
            uncertain: outcome.occurrences.iter().all(|of| of.uncertain),
            reported: Some(reported),
            rendered: Some(rendered).filter(|rendered| !rendered.is_empty()),
            measures: self.displayed(rule, &first.measures),
        })
    }

    /// The measures as the message shows them: values that are listed become one text.
    fn displayed(&self, rule: &Rule, measures: &[Value<'static>]) -> Vec<Value<'static>> {
        let display = Display::new(self.redactor, rule.measures());
        let shown = |(measure, value): (&Measure, &Value<'static>)| match measure.kind {
            MeasureKind::Values => display
                .measure(measure, value)
                .map_or(Value::Missing, |text| Value::Str(text.into())),
            _ => value.clone(),
        };
        rule.measures().iter().zip(measures).map(shown).collect()
    }

    fn occurrence(&self, rule: &Rule, of: &correlate::Occurrence, suppressed: bool) -> Occurrence {
        let mut shown = Occurrence { uncertain: of.uncertain, ..Occurrence::default() };
        let mut record = None;
        for member in &of.members {
            let row = &self.rows[*member as usize];
            widen(&mut shown.first, &mut shown.last, time(row.order));
            let item = &self.items[*member as usize];
            if record.replace(item.record) != Some(item.record) {
                shown.count += u64::from(suppressed || !item.covered);
            }
        }
        let first = of.members.first().map(|member| &self.rows[*member as usize]);
        let day =
            |row: &SubjectMatch| day_of(&self.texts.all[row.call as usize]).map(str::to_owned);
        shown.day = first.and_then(day);
        let display = Display::new(self.redactor, rule.measures());
        shown.measures = rule
            .measures()
            .iter()
            .zip(&of.measures)
            .map(|(measure, value)| (measure.name.clone(), display.measure(measure, value)))
            .collect();
        shown
    }

    fn row(&self, member: u32) -> MatchRow<'_> {
        let SubjectMatch { order, place, row, step, severity, weight, ok, cover, call, .. } =
            self.rows[member as usize];
        MatchRow {
            key: &[],
            order,
            step,
            place,
            row,
            severity,
            weight,
            ok,
            revision: false,
            cover: &self.texts.all[cover as usize],
            account: &[],
            call: &self.texts.all[call as usize],
            measured: &[],
            rendered: &[],
            targets: &[],
        }
    }
}
