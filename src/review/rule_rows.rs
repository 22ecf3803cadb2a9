//! The rows that rules are evaluated on, with the rows of credential reports that belong to them.

use crate::engine::Credentials;
use crate::expr::{Bindings, Expr};
use crate::finding::sign_in_fields;
use crate::inspect::{FileView, ReportJoin};
use crate::plan::{Plan, join_fields};
use crate::record::field::{cred, event};
use crate::record::{FieldSet, Format, MappedRecord, Origin, Record};
use crate::value::{RecordKind, Time};

/// Joins rows as the rules of a plan require it.
pub(super) struct RuleRows<'p> {
    plan: &'p Plan<'p>,
    credentials: Option<&'p Credentials<'p>>,
    join: ReportJoin<'p>,
}

impl<'p> RuleRows<'p> {
    /// Joins rows with these reports; the clock is `now` if the user set it, and the run clock.
    pub(super) fn new(
        plan: &'p Plan<'p>,
        credentials: Option<&'p Credentials<'p>>,
        clock: (Option<Time>, Time),
    ) -> Self {
        let read = plan.joined_fields();
        let joins = plan.conditions.iter().any(|condition| condition.joined);
        let of_join = if joins { read } else { FieldSet::EMPTY };
        let of_lookup = if plan.looks_up { read } else { FieldSet::EMPTY };
        let join = ReportJoin::new(credentials, (of_join, of_lookup), &plan.enrichment, clock);
        Self { plan, credentials, join }
    }

    /// The fields that evaluating the rules and their entries requires.
    pub(super) fn fields(&self) -> FieldSet {
        let plan = self.plan;
        let by = plan.rules.iter().flat_map(|rule| &rule.steps).flat_map(|step| &step.by);
        let measured = plan.rules.iter().flat_map(|rule| rule.measured());
        let read = by.map(|(_, by)| by).chain(measured).map(Expr::fields);
        let read =
            read.fold(plan.condition_fields().union(plan.evidence_fields()), FieldSet::union);
        let always = [event::TIME, cred::ACCOUNT].into_iter().collect();
        read.union(sign_in_fields()).union(join_fields()).union(always)
    }

    /// Whether rules are evaluated on a record: no newer report supersedes it.
    pub(super) fn in_force(
        &self,
        rows: MappedRecord<'_>,
        format: &dyn Format,
        origin: &Origin,
    ) -> bool {
        let report = rows.record.kind == RecordKind::Cred;
        match (self.credentials, origin.time, report) {
            (Some(credentials), Some(time), true) => {
                credentials.in_force(format.name(), rows.record, time)
            }
            _ => true,
        }
    }

    /// Visits each row of a record with its time and its bindings.
    pub(super) fn each(
        &mut self,
        rows: MappedRecord<'_>,
        file: &FileView<'_>,
        visit: &mut dyn FnMut(&Record<'_>, Option<Time>, &Bindings<'_>),
    ) {
        let filled = self.plan.enrichment.fill(rows.record);
        let record = filled.as_ref().unwrap_or(rows.record);
        let bindings = Bindings::of(record, file.now);
        let mut row = |record: &Record<'_>, bindings: &Bindings<'_>| {
            let time = match record.kind {
                RecordKind::Event => record.get(event::TIME).as_time(),
                RecordKind::Cred | RecordKind::Key => file.origin.time,
            };
            self.join.join(record, bindings, &mut |bindings| visit(record, time, bindings));
        };
        row(record, &bindings);
        for key in rows.keys {
            row(key, &Bindings { key: Some(key), ..bindings });
        }
    }
}
