//! Evaluates rules and entries on every record of a corpus.

use std::collections::BTreeSet;
use std::io;

use super::coverage::EntryCoverage;
use crate::allow::Selector;
use crate::expr::Bindings;
use crate::finding::{ConfirmedUsers, digest128};
use crate::inspect::{CurrentRecord, FileView, RecordCounts, Visitor};
use crate::plan::{Candidates, Plan, Role};
use crate::record::field::{cred, event};
use crate::record::{FieldId, Format, Mapper, Origin, Outcome, Record, Skip};
use crate::review::rule_rows::RuleRows;
use crate::rule::{Judged, Rule, Severity};
use crate::value::{RecordKind, Time};

/// Collects what each entry covers.
pub(super) struct AuditVisitor<'p> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) rows: RuleRows<'p>,
    /// The run clock.
    pub(super) clock: Time,
    /// What each entry covers, by its index.
    pub(super) coverage: Vec<EntryCoverage>,
    /// Whether an entry names the rule with this index.
    pub(super) named: Vec<bool>,
    pub(super) state: State,
}

/// What is retained between records.
#[derive(Default)]
pub(super) struct State {
    candidates: Candidates,
    confirmed_users: ConfirmedUsers,
    covering: Vec<u32>,
    /// Digests of the covered matches of events with an id: a copy of an event counts once.
    counted: BTreeSet<u128>,
    /// The records on which rules were evaluated.
    pub(super) evaluated: u64,
    /// The matches of rules that entries name.
    pub(super) matches: u64,
    /// The evaluations that failed.
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Visitor for AuditVisitor<'_> {
    type Mappers = Box<dyn Mapper>;

    fn reader(&self, format: &'static dyn Format, origin: &Origin, now: Time) -> Box<dyn Mapper> {
        let fields = Selector::ALL.into_iter().flat_map(|of| {
            RecordKind::ALL.into_iter().flat_map(move |kind| of.fields(kind).iter().copied())
        });
        let more = fields.chain([event::ID, event::ACTOR, event::PROVIDER, cred::PROVIDER]);
        let read = self.rows.fields().union(more.collect());
        format.mapper(&read.with_dependencies(), origin, now)
    }

    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        Ok(())
    }

    fn record(
        &mut self,
        at: CurrentRecord<'_, Box<dyn Mapper>>,
        counts: &mut RecordCounts,
    ) -> io::Result<Outcome> {
        let CurrentRecord { file, format, raw, reader, scratch } = at;
        Ok(reader.map(raw, scratch, &mut |rows| {
            counts.add(&rows);
            self.state.confirmed_users.add(rows.record);
            if !self.rows.in_force(rows, format, file.origin) {
                return;
            }
            self.state.evaluated += 1;
            let Self { plan, coverage, named, clock, state, .. } = self;
            let mut row = MatchedRow { plan, coverage, named, clock: *clock, state };
            self.rows.each(rows, file, &mut |record, time, bindings| {
                row.evaluate(record, time, bindings);
            });
        }))
    }

    fn skipped(&mut self, _: &FileView<'_>, _: &Skip) -> io::Result<()> {
        self.state.skipped += 1;
        Ok(())
    }

    fn end(&mut self, _: &FileView<'_>, _: &RecordCounts) -> io::Result<()> {
        Ok(())
    }
}

/// One row, evaluated.
struct MatchedRow<'a> {
    plan: &'a Plan<'a>,
    coverage: &'a mut Vec<EntryCoverage>,
    named: &'a [bool],
    clock: Time,
    state: &'a mut State,
}

impl MatchedRow<'_> {
    fn evaluate(&mut self, record: &Record<'_>, time: Option<Time>, bindings: &Bindings<'_>) {
        self.plan.candidates(record, &mut self.state.candidates);
        let conditions: Vec<u32> = self.state.candidates.conditions().collect();
        for number in conditions {
            let condition = &self.plan.conditions[number as usize];
            let index = condition.rule as usize;
            let (Some(true), Some(rule)) = (self.named.get(index), self.plan.rules.get(index))
            else {
                continue;
            };
            if rule.on != record.kind || condition.role == Role::Among {
                continue;
            }
            match condition.when.test(bindings) {
                Ok(true) => self.matched(index, rule, number, (record, time, bindings)),
                Ok(false) => {}
                Err(_) => self.state.failed += 1,
            }
        }
    }

    fn matched(
        &mut self,
        index: usize,
        rule: &Rule,
        condition: u32,
        (record, time, bindings): (&Record<'_>, Option<Time>, &Bindings<'_>),
    ) {
        let State { covering, counted, confirmed_users, matches, failed, .. } = &mut *self.state;
        covering.clear();
        let covered = self.plan.allowlist.covering(index, rule, bindings, self.clock, covering);
        *failed += u64::from(covered.is_err());
        // A copy of an event counts once.
        if let Some(id) = text(bindings, event::ID).filter(|_| rule.on == RecordKind::Event) {
            let of = condition.to_le_bytes();
            let [provider, account] = owner(rule.on, bindings).map(str::as_bytes);
            if !counted.insert(digest128(&[&of, provider, account, id.as_bytes()])) {
                return;
            }
        }
        *matches += 1;
        if covering.is_empty() {
            return;
        }
        let typed = confirmed_users.typed(record).is_some();
        let alone = covering.len() == 1;
        let severity = severity(rule, bindings);
        let identity = identity(rule.on, bindings);
        for &entry in covering.iter() {
            let Some(of) = self.coverage.get_mut(entry as usize) else { continue };
            of.matches += 1;
            of.alone += u64::from(alone);
            *of.rules.entry(index).or_default() += 1;
            *of.severities.entry(severity).or_default() += 1;
            of.identities.insert(identity);
            of.first = of.first.into_iter().chain(time).min();
            of.last = of.last.max(time);
            for selector in Selector::ALL {
                let value = match selector {
                    Selector::User if typed => None,
                    selector => value(selector, record.kind, bindings),
                };
                of.values.entry(selector).or_default().add(value);
            }
        }
    }
}

/// The severity of a match.
fn severity(rule: &Rule, bindings: &Bindings<'_>) -> Severity {
    let raised = rule
        .raise
        .iter()
        .filter(|raise| raise.judged == Judged::Match && raise.when.test(bindings) == Ok(true));
    raised.map(|raise| raise.to).max().unwrap_or(rule.severity).max(rule.severity)
}

/// Who acts or is described: the actor of an event, the user of a report.
fn identity(on: RecordKind, bindings: &Bindings<'_>) -> u128 {
    let who = match on {
        RecordKind::Event => text(bindings, event::ACTOR),
        RecordKind::Cred | RecordKind::Key => text(bindings, cred::USER),
    };
    let [provider, account] = owner(on, bindings).map(str::as_bytes);
    digest128(&[provider, account, who.unwrap_or_default().as_bytes()])
}

/// The provider and the account of a row.
fn owner<'r>(on: RecordKind, bindings: &Bindings<'r>) -> [&'r str; 2] {
    let fields = match on {
        RecordKind::Event => [event::PROVIDER, event::ACCOUNT],
        RecordKind::Cred | RecordKind::Key => [cred::PROVIDER, cred::ACCOUNT],
    };
    fields.map(|field| text(bindings, field).unwrap_or_default())
}

fn text<'r>(bindings: &Bindings<'r>, field: FieldId) -> Option<&'r str> {
    let row = match field.kind() {
        RecordKind::Event => bindings.event,
        RecordKind::Cred => bindings.cred,
        RecordKind::Key => bindings.key,
    };
    row.and_then(|row| row.get(field).as_str())
}

/// The value of a match that a selector compares. An access key is named by its type if it is
/// temporary, and a call that succeeded by the word for it.
fn value<'r>(selector: Selector, on: RecordKind, bindings: &Bindings<'r>) -> Option<&'r str> {
    match (selector, on) {
        (Selector::Ak, RecordKind::Event) => match text(bindings, event::AK_TYPE) {
            Some("temporary") => Some("temporary"),
            _ => text(bindings, event::AK),
        },
        (Selector::Ak, RecordKind::Cred) => None,
        (Selector::Code, RecordKind::Event) => {
            let ok = bindings.event.and_then(|event| event.get(event::OK).as_bool());
            match ok {
                Some(true) => Some("success"),
                _ => text(bindings, event::CODE),
            }
        }
        _ => selector.fields(on).first().and_then(|&field| text(bindings, field)),
    }
}
