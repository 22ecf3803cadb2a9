//! Evaluates one rule on every record of inputs.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;

use super::evaluator::{Evaluated, Evaluator, Of, Row};
use super::explanation::Explanation;
use super::missing::Origins;
use super::options::ExplainOptions;
use crate::config::Policy;
use crate::engine::{Credentials, EmitMode, MEMORY, RuleHarness, RunOptions, StoredReports};
use crate::finding::Enricher;
use crate::inspect::{
    Clock, CurrentRecord, FileView, RecordCounts, Visitor, WithStoredReports, walk,
};
use crate::plan::{Applicability, Plan, applicability};
use crate::record::{FieldSet, Format, Inputs, MappedRecord, Mapper, Origin, Outcome, Skip};
use crate::review::rule_rows::RuleRows;
use crate::source::Temporary;
use crate::value::{RecordKind, Time};

/// Explains what a rule of a policy decides about the records of inputs; `None` if the policy has
/// no rule with this index.
///
/// The memory that it needs grows with the matches of a rule that relates them to each other, and
/// with the credential reports that the rule reads.
///
/// # Errors
///
/// If the inputs cannot be walked.
pub fn explain(
    policy: &Policy,
    index: usize,
    inputs: &dyn Inputs,
    roots: &[String],
    options: &ExplainOptions,
) -> io::Result<Option<Explanation>> {
    let Some(rule) = policy.rules.get(index) else { return Ok(None) };
    let allowlist = policy.allowlist.for_rule(index);
    let plan = Plan::new(std::slice::from_ref(rule), &allowlist, policy);
    let run = RunOptions {
        clock: options.clock,
        now: options.now,
        zone: policy.zone.clone(),
        jobs: NonZeroUsize::MIN,
        redactor: options.redactor,
        enricher: Enricher::new(policy),
        memory: MEMORY,
        create: Temporary::create,
        emit: EmitMode::Occurrences,
        records: false,
        lineage: false,
    };
    let read = plan.joined_fields();
    let reads_reports = rule.on != RecordKind::Event || !read.is_empty();
    let stored = reads_reports.then(|| StoredReports::read(inputs));
    let credentials = stored.as_ref().map(|stored| Credentials::new(stored, !read.is_empty()));
    let clock = (options.now, options.clock);
    let of = Of {
        plan: &plan,
        rule,
        index,
        allowlist: &policy.allowlist,
        sources: &policy.sources,
        options,
    };
    let mut explaining = Explaining {
        of,
        evaluator: Evaluator::new(of, RuleHarness::new(&plan, &run)),
        rows: RuleRows::new(&plan, credentials.as_ref(), clock),
        reports: stored.as_ref().is_some_and(|stored| !stored.is_empty()),
        blind: BTreeMap::new(),
        skipped: 0,
    };
    let inputs = WithStoredReports { inputs, stored: stored.as_ref() };
    let clock = Clock { now: options.now, clock: options.clock };
    let complete = walk(&inputs, roots, clock, &mut explaining)?;
    let Explaining { evaluator, blind, skipped, .. } = explaining;
    let evaluated = evaluator.evaluated;
    let Evaluated { conditions, findings, matches } = evaluator.finish();
    let (subject_count, subjects) = matches.states(options.subjects, &policy.sources);
    Ok(Some(Explanation {
        rule: rule.id.clone(),
        on: rule.on,
        not_configured: rule.not_configured.clone(),
        evaluated,
        skipped,
        complete,
        blind,
        conditions,
        findings,
        subjects,
        subject_count,
    }))
}

struct Explaining<'p> {
    of: Of<'p>,
    evaluator: Evaluator<'p>,
    rows: RuleRows<'p>,
    /// Whether the inputs contain a credential report.
    reports: bool,
    blind: BTreeMap<&'static str, FieldSet>,
    skipped: u64,
}

/// The mapper of one format.
struct ExplainMapper {
    mapper: Box<dyn Mapper>,
    carries: FieldSet,
    lacks: Option<FieldSet>,
}

impl Visitor for Explaining<'_> {
    type Mappers = ExplainMapper;

    fn reader(&self, format: &'static dyn Format, origin: &Origin, now: Time) -> ExplainMapper {
        let Of { plan, rule, .. } = self.of;
        let mut carries = plan.enrichment.carries(format.carries(origin));
        let own = carries;
        if self.reports && rule.on == RecordKind::Event {
            carries = carries
                .union(FieldSet::all(RecordKind::Cred))
                .union(FieldSet::all(RecordKind::Key));
        }
        let lacks = match applicability(rule, format, carries) {
            Applicability::Blind(lacks) => Some(lacks),
            _ => None,
        };
        let mapper = format.mapper(&self.rows.fields().with_dependencies(), origin, now);
        ExplainMapper { mapper, carries: own, lacks }
    }

    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        Ok(())
    }

    fn record(
        &mut self,
        at: CurrentRecord<'_, ExplainMapper>,
        counts: &mut RecordCounts,
    ) -> io::Result<Outcome> {
        let CurrentRecord { file, format, raw, reader, scratch } = at;
        let place = || format!("{}:{}:{}", file.path, raw.line, raw.column);
        Ok(reader.mapper.map(raw, scratch, &mut |rows| {
            counts.add(&rows);
            self.evaluator.confirmed_users.add(rows.record);
            if self.applies(rows, format, file.origin) {
                if let Some(lacks) = reader.lacks {
                    let fields = self.blind.entry(format.name()).or_insert(FieldSet::EMPTY);
                    *fields = fields.union(lacks);
                }
                self.rows(rows, file, &place, (format, reader.carries));
            }
        }))
    }

    fn skipped(&mut self, _: &FileView<'_>, _: &Skip) -> io::Result<()> {
        self.skipped += 1;
        Ok(())
    }

    fn end(&mut self, _: &FileView<'_>, _: &RecordCounts) -> io::Result<()> {
        Ok(())
    }
}

impl Explaining<'_> {
    /// Whether the rule is evaluated on a record: it has the kind, and no newer report replaces it.
    fn applies(&self, rows: MappedRecord<'_>, format: &dyn Format, origin: &Origin) -> bool {
        let report = rows.record.kind == RecordKind::Cred;
        let of_kind = report == (self.of.rule.on != RecordKind::Event);
        of_kind && self.rows.in_force(rows, format, origin)
    }

    fn rows(
        &mut self,
        rows: MappedRecord<'_>,
        file: &FileView<'_>,
        place: &dyn Fn() -> String,
        (format, carries): (&'static dyn Format, FieldSet),
    ) {
        let Self { of, evaluator, reports, .. } = self;
        let (on, reports) = (of.rule.on, *reports);
        self.rows.each(rows, file, &mut |record, time, bindings| {
            if record.kind == on {
                let origins = Origins { on, format, carries, reports, bindings };
                evaluator.row(Row { record, time, place, origins });
            }
        });
    }
}
