//! Evaluates one rule on every record of inputs.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;

use super::evaluator::{Evaluated, Evaluator, Of, Row};
use super::explanation::Explanation;
use super::missing::Origins;
use super::options::ExplainOptions;
use crate::allow::Allowlist;
use crate::config::Policy;
use crate::engine::{Credentials, EmitMode, MEMORY, RuleHarness, RunOptions, StoredReports};
use crate::finding::Enricher;
use crate::inspect::{
    Clock, CurrentRecord, FileView, RecordCounts, Visitor, WithStoredReports, walk,
};
use crate::plan::{Applicability, Plan, applicability};
use crate::record::{FieldSet, Format, Inputs, MappedRecord, Mapper, Origin, Outcome, Skip};
use crate::review::rule_rows::RuleRows;
use crate::rule::Rule;
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
    Ok(explain_each(policy, &[index], inputs, roots, options)?.pop())
}

/// Explains several rules of a policy, and reads the inputs once for all of them.
///
/// # Errors
///
/// As for [`explain`].
pub fn explain_each(
    policy: &Policy,
    indices: &[usize],
    inputs: &dyn Inputs,
    roots: &[String],
    options: &ExplainOptions,
) -> io::Result<Vec<Explanation>> {
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
        prefilter: None,
        lineage: false,
    };
    let rules = indices.iter().filter_map(|&index| {
        policy.rules.get(index).map(|rule| (index, rule, policy.allowlist.for_rule(index)))
    });
    let rules: Vec<(usize, &Rule, Allowlist)> = rules.collect();
    let plans = rules.iter();
    let plans: Vec<Plan<'_>> = plans
        .map(|(_, rule, allowlist)| Plan::new(std::slice::from_ref(*rule), allowlist, policy))
        .collect();
    let joined = plans.iter().any(|plan| !plan.joined_fields().is_empty());
    let of_reports = rules.iter().any(|(_, rule, _)| rule.on != RecordKind::Event);
    let stored = (joined || of_reports).then(|| StoredReports::read(inputs));
    let credentials = stored.as_ref().map(|stored| Credentials::new(stored, joined));
    let explaining = rules.iter().zip(&plans).map(|((index, rule, _), plan)| {
        let (index, rule) = (*index, *rule);
        let (allowlist, sources) = (&policy.allowlist, &policy.sources);
        let of = Of { plan, rule, index, allowlist, sources, options };
        Explaining {
            of,
            evaluator: Evaluator::new(of, RuleHarness::new(plan, &run)),
            rows: RuleRows::new(plan, credentials.as_ref(), (options.now, options.clock)),
            reports: stored.as_ref().is_some_and(|stored| !stored.is_empty()),
            blind: BTreeMap::new(),
        }
    });
    let mut each = ExplainingEach { rules: explaining.collect(), skipped: 0 };
    let inputs = WithStoredReports { inputs, stored: stored.as_ref() };
    let clock = Clock { now: options.now, clock: options.clock };
    let complete = walk(&inputs, roots, clock, &mut each)?;
    let ExplainingEach { rules: explained, skipped } = each;
    let explanation = |of: Explaining<'_>| {
        let Explaining { of: Of { rule, .. }, evaluator, blind, .. } = of;
        let evaluated = evaluator.evaluated;
        let Evaluated { conditions, findings, matches } = evaluator.finish();
        let (subject_count, subjects) = matches.states(options.subjects, &policy.sources);
        Explanation {
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
        }
    };
    Ok(explained.into_iter().map(explanation).collect())
}

/// Explains several rules.
struct ExplainingEach<'p> {
    rules: Vec<Explaining<'p>>,
    skipped: u64,
}

struct Explaining<'p> {
    of: Of<'p>,
    evaluator: Evaluator<'p>,
    rows: RuleRows<'p>,
    /// Whether the inputs contain a credential report.
    reports: bool,
    blind: BTreeMap<&'static str, FieldSet>,
}

/// The mapper of one format.
struct ExplainMapper {
    mapper: Box<dyn Mapper>,
    carries: FieldSet,
    lacks: Option<FieldSet>,
}

impl Visitor for ExplainingEach<'_> {
    type Mappers = Vec<ExplainMapper>;

    fn reader(
        &self,
        format: &'static dyn Format,
        origin: &Origin,
        now: Time,
    ) -> Vec<ExplainMapper> {
        self.rules.iter().map(|rule| rule.reader(format, origin, now)).collect()
    }

    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        Ok(())
    }

    fn record(
        &mut self,
        at: CurrentRecord<'_, Vec<ExplainMapper>>,
        counts: &mut RecordCounts,
    ) -> io::Result<Outcome> {
        let CurrentRecord { file, format, raw, reader, scratch } = at;
        let mut outcome = Outcome::Foreign;
        for (at, (rule, reader)) in self.rules.iter_mut().zip(reader).enumerate() {
            // Every rule reads the record; it counts once.
            let mut again = RecordCounts::default();
            let counts = if at == 0 { &mut *counts } else { &mut again };
            let at = CurrentRecord { file, format, raw, reader, scratch: &mut *scratch };
            outcome = rule.record(at, counts);
            if outcome != Outcome::Read {
                break;
            }
        }
        Ok(outcome)
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

    fn record(
        &mut self,
        at: CurrentRecord<'_, ExplainMapper>,
        counts: &mut RecordCounts,
    ) -> Outcome {
        let CurrentRecord { file, format, raw, reader, scratch } = at;
        let place = || format!("{}:{}:{}", file.path, raw.line, raw.column);
        reader.mapper.map(raw, scratch, &mut |rows| {
            counts.add(&rows);
            self.evaluator.confirmed_users.add(rows.record);
            if self.applies(rows, format, file.origin) {
                if let Some(lacks) = reader.lacks {
                    let fields = self.blind.entry(format.name()).or_insert(FieldSet::EMPTY);
                    *fields = fields.union(lacks);
                }
                self.rows(rows, file, &place, (format, reader.carries));
            }
        })
    }

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
