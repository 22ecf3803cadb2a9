//! Assembles a finding from the outcome of its matches.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::evidence::{CallRow, Chosen, Evidence, time};
use super::sample_request::{SampleRequest, SampleTarget, location, sample};
use crate::engine::accounting::FileReport;
use crate::engine::detail_store::BySide;
use crate::engine::details::{Detail, Details};
use crate::engine::options::RunOptions;
use crate::engine::rows::Order;
use crate::engine::subject::{fingerprint_of, values_of};
use crate::finding::{
    CallRecord, Calls, Display, Enrichment, Finding, LeftOut, MAX_OTHER_OPERATIONS, Occurrence,
    Sample, Suppression, Target, TargetKind, VerdictRole, decode, show,
};
use crate::plan::Plan;
use crate::rule::{Rule, Severity};
use crate::value::Value;

/// Rows of evidence in a finding; the other call records are summed.
const CALLS: usize = 200;
/// The maximum number of samples of a finding.
const SAMPLES: usize = 60;
/// The maximum number of samples of all findings of a rule, besides the record that leads each
/// finding.
pub const SAMPLES_PER_RULE: usize = 1_000;

/// The parts of a finding before it is assembled.
pub(super) struct Shown {
    pub(super) evidence: Evidence,
    /// Whether the allowlist suppresses the finding.
    pub(super) suppressed: bool,
    /// The occurrences; if `None`, the days of the evidence.
    pub(super) occurrences: Option<Vec<Occurrence>>,
    /// The severity that measures raise the finding to.
    pub(super) raised: Option<Severity>,
    pub(super) uncertain: bool,
    /// The match that the message describes; if `None`, the first match.
    pub(super) reported: Option<Chosen>,
    /// The rendered message of that match, if its row contains one.
    pub(super) rendered: Option<Box<[u8]>>,
    /// Values of the rule's measures in the first occurrence.
    pub(super) measures: Vec<Value<'static>>,
}

impl Shown {
    /// For a plain rule: every match counts.
    pub(super) fn plain(evidence: Evidence) -> Self {
        Self {
            suppressed: evidence.counted.count == 0,
            evidence,
            occurrences: None,
            raised: None,
            uncertain: false,
            reported: None,
            rendered: None,
            measures: Vec::new(),
        }
    }

    /// The match that the message describes.
    pub(super) fn lead(&self) -> Option<Chosen> {
        let tally = if self.suppressed { &self.evidence.covered } else { &self.evidence.counted };
        self.reported.or(tally.lead)
    }
}

/// The data that the map phase retained for the matches of a finding.
#[derive(Default)]
pub(super) struct Retained {
    /// The records, unless they are read again.
    pub(super) sides: Option<BySide>,
    /// The message of the match that leads the finding, if its record cannot be read again.
    pub(super) message: Option<String>,
}

/// Assembles findings.
pub(super) struct Assembler<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) files: &'a [FileReport],
    pub(super) options: &'a RunOptions,
    /// The files of which map retained the records that plain rules show. Those of other files are
    /// read again.
    pub(super) retaining: BTreeSet<u32>,
}

impl Assembler<'_> {
    /// Assembles the finding with this number. `samples` is the number of samples that findings of
    /// its rule may still show. Returns the finding with requests for the records that it shows and
    /// that were not retained.
    pub(super) fn finding(
        &self,
        number: usize,
        key: &[u8],
        rule: u32,
        shown: Shown,
        retained: Retained,
        samples: &mut usize,
    ) -> (Finding, Vec<SampleRequest>) {
        let definition = &self.plan.rules[rule as usize];
        let Shown {
            evidence, suppressed, occurrences, raised, uncertain, reported, measures, ..
        } = shown;
        let Evidence { calls, counted, covered, entries, .. } = evidence;
        // A suppressed finding describes the covered matches; any other finding describes the
        // counted ones.
        let tally = if suppressed { &covered } else { &counted };
        let Retained { sides, message } = retained;
        let sides = sides.as_ref();
        let details = sides.map(|sides| if suppressed { &sides.covered } else { &sides.counted });
        let first = reported.or(tally.lead);
        let (provider, subject) = self.subject(definition, key, &calls);

        // If so many versions of one event differ that the first match was not retained, the first
        // retained match determines the position.
        let lead = details.and_then(|details| {
            let retained =
                first.and_then(|first| Some((first.order, self.retained(details, first)?)));
            let reloaded = first.is_some_and(|first| self.is_reloaded(first));
            let other = || details.first().map(|(order, detail)| (*order, detail));
            retained.or_else(|| other().filter(|_| !reloaded))
        });
        let sample = match (lead, first) {
            (Some((order, detail)), _) => self.sample(order, detail, &provider),
            (None, Some(first)) => self.bare(first),
            (None, None) => Sample::default(),
        };
        let mut wanted = Vec::new();
        let mut want = |slot, chosen: Chosen, measures: &[Value<'static>]| {
            let Chosen { order, place, row } = chosen;
            let measures = measures.to_vec();
            wanted.push(SampleRequest {
                finding: number,
                slot,
                message_only: false,
                rule,
                order,
                place,
                row,
                measures,
            });
        };
        if let (None, Some(first)) = (lead, first) {
            want(SampleTarget::Lead, first, &measures);
        }
        let (calls, others) =
            self.calls(calls, suppressed, details, &provider, samples, &mut |slot, chosen| {
                want(slot, chosen, &[]);
            });
        let Enrichment { identities, accounts, sources, keys } =
            self.options.enricher.calls(&calls);
        let shows = |count| if suppressed { 0 } else { count };
        let finding = Finding {
            rule: rule as usize,
            severity: definition
                .severity
                .max(tally.severity.unwrap_or(definition.severity))
                .max(raised.unwrap_or(definition.severity)),
            provider,
            subject,
            message: lead
                .map(|(_, detail)| detail.message.clone())
                .or(message)
                .unwrap_or_else(|| definition.title.clone()),
            fingerprint: fingerprint_of(definition, key),
            count: shows(tally.count),
            ok: shows(tally.ok),
            failed: shows(tally.failed),
            suppressed: covered.count,
            first: tally.first,
            last: tally.last,
            occurrences: occurrences.unwrap_or_else(|| tally.days()),
            calls,
            others,
            identities,
            accounts,
            sources,
            keys,
            sample,
            uncertain,
            suppression: suppressed.then(|| self.suppression(&entries)),
            role: if suppressed { VerdictRole::Suppressed } else { VerdictRole::Gates },
            incident: String::new(),
            baseline: None,
            brief: false,
        };
        (finding, wanted)
    }

    /// Provider and subject in the form that a report shows; access keys of the evidence are
    /// masked.
    fn subject(
        &self,
        rule: &Rule,
        key: &[u8],
        calls: &[CallRow],
    ) -> (String, Vec<(String, Option<String>)>) {
        let mut values = decode(values_of(key));
        let provider = values.next().as_ref().and_then(show).unwrap_or_default();
        let by = rule.steps.iter().find(|step| !step.absent).map_or(&[][..], |step| &step.by);
        let redactor = self.options.redactor;
        let display = Display::new(redactor, &[]);
        let is_key = |text: &str| calls.iter().any(|row| row.call.ak.as_deref() == Some(text));
        let shown = by.iter().map(|(text, expr)| {
            let value = values.next().and_then(|value| match value {
                Value::Str(text) if is_key(&text) => Some(redactor.key_id(&text).into_owned()),
                value => show(&display.value(expr, &value)),
            });
            (text.clone(), value)
        });
        let shown = shown.collect();
        (provider, shown)
    }

    fn suppression(&self, entries: &BTreeSet<u32>) -> Suppression {
        let entries: BTreeMap<&str, &str> = entries
            .iter()
            .filter_map(|index| self.plan.allowlist.entries.get(*index as usize))
            .map(|entry| (entry.id.as_str(), entry.reason.as_str()))
            .collect();
        let (entry, reason) = entries.first_key_value().unwrap_or((&"", &""));
        Suppression {
            entry: (*entry).to_owned(),
            reason: (*reason).to_owned(),
            entries: entries.keys().map(|id| (*id).to_owned()).collect(),
        }
    }

    /// The weightiest call records with their counts, and the evidence that is left out.
    fn calls(
        &self,
        mut rows: Vec<CallRow>,
        suppressed: bool,
        details: Option<&Details>,
        provider: &str,
        samples: &mut usize,
        want: &mut dyn FnMut(SampleTarget, Chosen),
    ) -> (Vec<Calls>, Option<LeftOut>) {
        rows.sort_by(|a, b| a.weight().cmp(&b.weight()));
        let left = rows.split_off(rows.len().min(CALLS));
        // The first sample of every row comes before the second of any.
        let mut chosen: Vec<(usize, usize, Chosen)> = (0..)
            .zip(&rows)
            .flat_map(|(index, row)| {
                let of = if suppressed { &row.covered } else { &row.counted };
                let has = |chosen: &&Chosen| {
                    let retained =
                        details.is_none_or(|details| self.retained(details, **chosen).is_some());
                    retained || self.is_reloaded(**chosen)
                };
                of.iter().filter(has).enumerate().map(move |(round, of)| (round, index, *of))
            })
            .collect();
        chosen.sort_unstable_by_key(|(round, index, _)| (*round, *index));
        chosen.truncate(SAMPLES.min(*samples));
        *samples -= chosen.len();
        let calls = |row: CallRow| Calls {
            call: self.call(row.call),
            count: row.count,
            suppressed: row.suppressed,
            day: row.day.filter(|_| row.days == 1).map(String::from),
            days: row.days,
            first: row.first,
            last: row.last,
            targets: row.targets.into_iter().map(|target| self.target(target)).collect(),
            samples: Vec::new(),
        };
        let mut calls: Vec<Calls> = rows.into_iter().map(calls).collect();
        for (_, index, chosen) in chosen {
            let samples = &mut calls[index].samples;
            match details.and_then(|details| self.retained(details, chosen)) {
                Some(detail) => samples.push(self.sample(chosen.order, detail, provider)),
                None => {
                    want(SampleTarget::Sample(index, samples.len()), chosen);
                    samples.push(self.bare(chosen));
                }
            }
        }
        (calls, (!left.is_empty()).then(|| self.left_out(left)))
    }

    /// Sums rows, which are sorted by weight, by operation.
    fn left_out(&self, rows: Vec<CallRow>) -> LeftOut {
        let mut left = LeftOut { rows: rows.len() as u64, ..LeftOut::default() };
        let mut listed: HashMap<String, usize> = HashMap::new();
        for row in rows {
            left.count += row.count;
            let name = self.call(row.call).operation();
            match listed.get(&name) {
                Some(at) => left.operations[*at].1 += row.count,
                None if listed.len() < MAX_OTHER_OPERATIONS => {
                    listed.insert(name.clone(), left.operations.len());
                    left.operations.push((name, row.count));
                }
                None => {}
            }
        }
        left
    }

    /// A target in the form that a report shows; outputs mask keys.
    fn target(&self, target: Target) -> Target {
        let Target { kind, name } = target;
        let name = match kind {
            TargetKind::Key => name,
            _ => self.options.redactor.text(&name).into_owned(),
        };
        Target { kind, name }
    }

    /// A call record in the form that a report shows; outputs mask its key.
    fn call(&self, call: CallRecord) -> CallRecord {
        let plain = |text: Option<String>| {
            text.map(|text| match self.options.redactor.text(&text) {
                Cow::Borrowed(_) => text,
                Cow::Owned(shown) => shown,
            })
        };
        CallRecord {
            source: plain(call.source),
            service: plain(call.service),
            api: plain(call.api),
            user: plain(call.user),
            location: plain(call.location),
            ..call
        }
    }

    /// The retained record of a match. An equal record of another file does not have its position.
    fn retained<'d>(&self, details: &'d Details, chosen: Chosen) -> Option<&'d Detail> {
        let detail = details.get(&chosen.order)?;
        (detail.place == chosen.place || !self.is_reloaded(chosen)).then_some(detail)
    }

    /// Whether the record of a match of a plain rule is read again.
    fn is_reloaded(&self, chosen: Chosen) -> bool {
        !self.retaining.contains(&chosen.place.file)
    }

    fn sample(&self, order: Order, detail: &Detail, provider: &str) -> Sample {
        sample(order, detail, provider, self.files)
    }

    /// A sample that contains only the position of its record.
    fn bare(&self, chosen: Chosen) -> Sample {
        Sample {
            time: time(chosen.order),
            location: location(chosen.place, self.files),
            ..Sample::default()
        }
    }
}
