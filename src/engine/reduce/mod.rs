//! Reduces the matches of each rule and subject to findings.
//!
//! Rows arrive sorted, so one subject is in memory at a time. A plain rule folds its rows one by
//! one. Any other rule retains the rows of the subject and passes them to [`crate::correlate`].

mod correlated;
mod duplicates;
mod evidence;
mod ledger;
mod record_bound;
mod rendered_message;
mod sample_request;
mod silence;
mod assemble;

use std::collections::BTreeMap;
use std::io;

use super::accounting::FileReport;
use super::detail_store::DetailReader;
use super::match_view::day_of;
use super::matches::{PartialMatches, Settled};
use super::options::{EmitMode, RunOptions};
use super::rows::{Frame, MatchRow, Merge, Order, SpillError, texts};
use super::subject::rule_of;
use crate::correlate::Reach;
use crate::expr::EvalError;
use crate::finding::Finding;
use crate::plan::Plan;
use crate::rule::Construct;
use crate::value::Time;
use assemble::{Assembler, Retained, Shown};
use correlated::{SubjectFindings, SubjectMatches};
use duplicates::Contested;
use evidence::Evidence;
use ledger::Covered;
use rendered_message::{RenderedMessages, message, sides};
use silence::SilenceEnd;

pub use assemble::{SAMPLES_PER_RULE, samples_of_finding};
pub use evidence::SAMPLES_PER_CALL;
pub use ledger::Coverage;
pub use record_bound::{LEADS_PER_RUN, SAMPLES_PER_RUN};
pub(super) use sample_request::{SampleRequest, SampleTarget, sample};

/// The result of the reduction.
#[derive(Debug, Default)]
pub(super) struct Reduced {
    /// Sorted by rule and then subject.
    pub(super) findings: Vec<Finding>,
    /// Requests for records that findings show and that were not retained.
    pub(super) wanted: Vec<SampleRequest>,
    /// The coverage of each allowlist entry, by its index.
    pub(super) coverage: Vec<Coverage>,
    pub(super) duplicates: u64,
    /// Matches that only the reduction can count: those of `after_silence` rules, and those whose
    /// subject is the owner of a key.
    pub(super) matches: u64,
    /// Counts of matches whose subject is the owner of a key that no report contains.
    pub(super) settled: Settled,
    pub(super) suppressed: u64,
    /// Findings that show only the record that leads them, because there are many findings.
    pub(super) unsampled: u64,
    /// Findings that show no record, because there are many findings.
    pub(super) recordless: u64,
    /// Occurrences that are not reported, because they are outside of the period.
    pub(super) occurrences_outside: u64,
    /// Failed evaluations, by rule.
    pub(super) errors: Vec<(u32, EvalError)>,
    /// The error because of which rows could not be read back. The findings of these rows are
    /// unknown.
    pub(super) lost: Option<SpillError>,
    /// For correlation rules, the spans of the occurrences by key, including those that the
    /// allowlist hides; empty unless occurrences are reported one by one.
    pub(super) spans: BTreeMap<Box<[u8]>, Vec<(Time, Time)>>,
}

/// The samples that all findings of a rule, and all of a run, may show besides the records that lead
/// them: at least those of one finding.
pub(super) fn sample_bounds(options: &RunOptions) -> (usize, usize) {
    let of_finding = samples_of_finding(options.samples);
    (SAMPLES_PER_RULE.max(of_finding), SAMPLES_PER_RUN.max(of_finding))
}

/// Reduces all rows to findings.
pub(super) fn reduce(
    mut found: PartialMatches,
    plan: &Plan<'_>,
    files: &[FileReport],
    options: &RunOptions,
) -> Reduced {
    found.put_observations();
    let lost = found.settle().err();
    let settled = found.settled;
    let PartialMatches { rows, ids, details, retaining, reaches, .. } = found;
    let mut fold = Fold {
        plan,
        options,
        assembler: Assembler { plan, files, options, retaining },
        details: details.finish(),
        reaches,
        group: None,
        samples: (0, sample_bounds(options).0),
        reduced: Reduced {
            coverage: vec![Coverage::default(); plan.allowlist.entries.len()],
            matches: settled.joined,
            settled,
            lost: lost.map(Into::into),
            ..Reduced::default()
        },
    };
    if let Err(error) = fold_all(&mut fold, rows.finish(), ids.finish()) {
        fold.reduced.lost = Some(error.into());
    }
    let mut reduced = fold.reduced;
    if options.emit == EmitMode::Findings && !options.records {
        record_bound::remove_all(&mut reduced.findings, &mut reduced.wanted);
        reduced.unsampled = 0;
    } else if options.emit == EmitMode::Findings {
        let unshown = record_bound::bound(
            &mut reduced.findings,
            &mut reduced.wanted,
            sample_bounds(options).1,
        );
        reduced.unsampled += unshown.samples;
        reduced.recordless = unshown.leads;
    }
    reduced
}

fn fold_all(fold: &mut Fold<'_>, mut rows: Merge, ids: Merge) -> io::Result<()> {
    let contested = Contested::of(ids)?;
    while let Some((frame, sorts)) = rows.next()? {
        fold.push(frame, sorts, &contested)?;
    }
    fold.finish()
}

/// The reduction as a streaming fold: rows are pushed in order, and one subject is in memory at a
/// time.
struct Fold<'f> {
    plan: &'f Plan<'f>,
    options: &'f RunOptions,
    assembler: Assembler<'f>,
    details: DetailReader,
    reaches: BTreeMap<Box<str>, Reach>,
    /// The subject of the most recent rows.
    group: Option<Group>,
    /// The rule of the most recent finding, and the samples that its findings may still show.
    samples: (u32, usize),
    reduced: Reduced,
}

/// The current subject.
struct Group {
    key: Vec<u8>,
    rule: u32,
    /// The last row, to detect duplicates of it.
    last: Option<(Order, u8)>,
    rows: GroupRows,
    rendered: RenderedMessages,
}

enum GroupRows {
    Plain(Box<Evidence>),
    /// By day, if occurrences are reported one by one.
    Days(BTreeMap<Option<String>, Evidence>),
    Correlated(Box<SubjectMatches>),
}

impl Fold<'_> {
    /// Adds the next row; rows arrive in byte order.
    fn push(&mut self, frame: &[u8], sorts: usize, contested: &Contested) -> io::Result<()> {
        let key = Frame::key(frame, sorts);
        if self.group.as_ref().is_none_or(|group| group.key != key) {
            let next = self.begin(key);
            if let Some(done) = std::mem::replace(&mut self.group, next) {
                self.conclude(done)?;
            }
        }
        let (Some(mut group), Some(frame)) = (self.group.take(), Frame::read(frame, sorts)) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its content was changed"));
        };
        match frame {
            Frame::Match(row) => self.add(&mut group, &row, contested),
            Frame::Observation(observation) => {
                if let GroupRows::Correlated(matches) = &mut group.rows {
                    matches.observe(&self.plan.rules[group.rule as usize], &observation);
                }
            }
        }
        self.group = Some(group);
        Ok(())
    }

    /// Emits the findings of the current subject.
    fn finish(&mut self) -> io::Result<()> {
        self.group.take().map_or(Ok(()), |group| self.conclude(group))
    }

    fn begin(&self, key: &[u8]) -> Option<Group> {
        let rule = rule_of(key)?;
        let definition = self.plan.rules.get(rule)?;
        let rows = match (definition.correlates(), self.options.emit) {
            (true, _) => GroupRows::Correlated(Box::new(SubjectMatches::new(self.options))),
            (false, EmitMode::Findings) => GroupRows::Plain(Box::default()),
            (false, EmitMode::Occurrences) => GroupRows::Days(BTreeMap::new()),
        };
        Some(Group {
            key: key.to_vec(),
            rule: rule as u32,
            last: None,
            rows,
            rendered: RenderedMessages::default(),
        })
    }

    fn add(&mut self, group: &mut Group, row: &MatchRow<'_>, contested: &Contested) {
        if let (GroupRows::Correlated(matches), Construct::AfterSilence(_)) =
            (&mut group.rows, &self.plan.rules[group.rule as usize].construct)
        {
            matches.add_silence_end(row, &self.plan.rules[group.rule as usize]);
            return;
        }
        // Only one of several versions of an event counts, once for each step.
        let identified = row.order.id != 0;
        let again = identified && group.last == Some((row.order, row.step));
        if again || identified && !contested.counts(group.rule, row) {
            self.reduced.duplicates += 1;
            return;
        }
        group.last = Some((row.order, row.step));
        if !row.cover.is_empty() {
            let MatchRow { cover, severity, order, .. } = *row;
            let covered = Covered { cover, severity, order };
            ledger::credit(&mut self.reduced.coverage, &covered, group.rule);
            self.reduced.suppressed += 1;
        }
        match &mut group.rows {
            GroupRows::Plain(evidence) => evidence.add(row, self.options.samples),
            GroupRows::Days(days) => {
                let evidence = days.entry(day_of(row.call).map(str::to_owned)).or_default();
                evidence.add(row, self.options.samples);
                if evidence.leads(row) {
                    group.rendered.add(row);
                }
            }
            GroupRows::Correlated(stored) => {
                stored.add(row, &self.plan.rules[group.rule as usize]);
            }
        }
    }

    fn conclude(&mut self, group: Group) -> io::Result<()> {
        let Group { key, rule, rows, rendered, .. } = group;
        let definition = &self.plan.rules[rule as usize];
        let SubjectFindings { shown, spans, silence_ends, outside } = match rows {
            GroupRows::Plain(evidence) if evidence.is_empty() => return Ok(()),
            GroupRows::Plain(evidence) => SubjectFindings::of(Shown::plain(*evidence)),
            GroupRows::Days(days) => SubjectFindings {
                shown: days.into_values().map(|day| shown_day(day, &rendered)).collect(),
                ..SubjectFindings::default()
            },
            GroupRows::Correlated(stored) => {
                match stored.finish(definition, &self.reaches, self.options) {
                    Ok(comes) => comes,
                    Err(error) => {
                        self.reduced.errors.push((rule, error));
                        return Ok(());
                    }
                }
            }
        };
        self.reduced.occurrences_outside += outside;
        for SilenceEnd { cover, severity, order, failed } in silence_ends {
            self.reduced.matches += 1;
            if !cover.is_empty() {
                let covered = Covered { cover: &cover, severity, order };
                ledger::credit(&mut self.reduced.coverage, &covered, rule);
                self.reduced.suppressed += 1;
            }
            let error = failed.map(|message| EvalError { span: definition.id_span, message });
            self.reduced.errors.extend(error.map(|error| (rule, error)));
        }
        if !spans.is_empty() {
            self.reduced.spans.insert(key.as_slice().into(), spans);
        }
        for shown in shown {
            let mut retained = Retained::default();
            let failed = match (self.options.emit, &shown.rendered) {
                (EmitMode::Findings, None) if definition.correlates() => None,
                (EmitMode::Findings, Some(parts)) => {
                    message(texts(parts), definition, &shown, self.options)
                        .map(|message| retained.message = Some(message))
                        .err()
                }
                (EmitMode::Findings, None) => {
                    retained.sides = Some(self.details.of(&key)?);
                    None
                }
                (EmitMode::Occurrences, _) => sides(definition, &shown, self.options)
                    .map(|sides| retained.sides = Some(sides))
                    .err(),
            };
            self.reduced.errors.extend(failed.map(|error| (rule, error)));
            let number = self.reduced.findings.len();
            if self.samples.0 != rule {
                self.samples = (rule, sample_bounds(self.options).0);
            }
            let left = &mut self.samples.1;
            let (finding, wanted) =
                self.assembler.finding(number, &key, rule, shown, retained, left);
            if *left == 0 && finding.calls.iter().all(|calls| calls.samples.is_empty()) {
                self.reduced.unsampled += u64::from(self.options.emit == EmitMode::Findings);
            }
            self.reduced.findings.push(finding);
            if self.options.emit == EmitMode::Findings {
                self.reduced.wanted.extend(wanted);
            }
        }
        Ok(())
    }
}

/// A day of a plain rule, with the message of its first match.
fn shown_day(day: Evidence, messages: &RenderedMessages) -> Shown {
    let shown = Shown::plain(day);
    let rendered = shown.lead().and_then(|lead| messages.of(lead));
    Shown { rendered, ..shown }
}
