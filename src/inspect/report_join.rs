//! Joins rows with the credential reports of a run, as rules and queries require it.

use crate::engine::{Credentials, Joiner, LookUp};
use crate::expr::{Bindings, Reports};
use crate::plan::Enrichment;
use crate::record::{FieldSet, Record};
use crate::value::Time;

/// The note on rows of a report that a newer report supersedes.
pub(super) const SUPERSEDED: &str =
    "older than another report of the same account: left out, as by rules";

/// The credential reports of a run, joined with its rows and looked up by expressions.
pub(crate) struct ReportJoin<'c> {
    joiner: Option<Joiner<'c>>,
    look_up: Option<LookUp<'c>>,
}

impl<'c> ReportJoin<'c> {
    /// Joins events with the fields `joined`, and looks up the fields `reported`. Without
    /// `credentials` no row is found.
    pub(crate) fn new(
        credentials: Option<&'c Credentials<'c>>,
        (joined, reported): (FieldSet, FieldSet),
        enrichment: &Enrichment,
        (now, clock): (Option<Time>, Time),
    ) -> Self {
        let joiner = credentials
            .filter(|_| !joined.is_empty())
            .map(|credentials| Joiner::new(credentials, joined, enrichment.clone(), now, clock));
        let look_up = credentials.filter(|_| !reported.is_empty()).map(|credentials| {
            let fields = joined.union(reported);
            LookUp::new(credentials, fields, enrichment.clone(), now, clock)
        });
        Self { joiner, look_up }
    }

    /// Whether events are joined with reports.
    pub(crate) fn joins(&self) -> bool {
        self.joiner.is_some()
    }

    /// Whether expressions look something up in reports.
    pub(crate) fn looks_up(&self) -> bool {
        self.look_up.is_some()
    }

    /// Calls `visit` once with the bindings of a row and the report rows that belong to it. Returns
    /// whether several report rows fit equally well, so that none was used.
    pub(crate) fn join(
        &mut self,
        record: &Record<'_>,
        bindings: &Bindings<'_>,
        visit: &mut dyn FnMut(&Bindings<'_>),
    ) -> bool {
        let Self { joiner, look_up } = self;
        let reports = look_up.as_ref().map(|look_up| look_up as &dyn Reports);
        let bindings = &Bindings { reports, ..*bindings };
        let joined = match joiner {
            None => {
                visit(bindings);
                true
            }
            Some(joiner) => joiner.join(record, &mut |cred, key| {
                visit(&Bindings { cred, key, ..*bindings });
            }),
        };
        let ambiguous = look_up.as_ref().is_some_and(LookUp::was_ambiguous);
        ambiguous || !joined
    }
}
