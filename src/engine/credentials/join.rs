//! Joins events with the report rows of their key and user.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::index::{Ambiguous, Credentials, JoinedRow};
use crate::plan::Enrichment;
use crate::record::{FieldSet, Mapper, Origin, Outcome, Record, Scratch};
use crate::value::Time;

/// The note on an event that several rows fit equally well.
pub const AMBIGUOUS: &str =
    "several rows of the credential reports fit it equally well: it is joined with none of them";

/// Reads the rows that events are joined with; one per thread.
pub struct Joiner<'c> {
    credentials: &'c Credentials<'c>,
    needed: FieldSet,
    enrichment: Enrichment,
    /// `--now`, if it is set, and the run clock.
    now: (Option<Time>, Time),
    /// By report (the address of its origin in the stored reports) and format.
    mappers: FxHashMap<(*const Origin, &'static str), Box<dyn Mapper>>,
    scratch: Scratch,
}

impl<'c> Joiner<'c> {
    /// A joiner that reads these fields of creds and keys; `now` and `clock` are those of the run.
    pub fn new(
        credentials: &'c Credentials<'c>,
        fields: FieldSet,
        enrichment: Enrichment,
        now: Option<Time>,
        clock: Time,
    ) -> Self {
        let needed = fields.with_dependencies();
        let (mappers, scratch) = (FxHashMap::default(), Scratch::default());
        Self { credentials, needed, enrichment, now: (now, clock), mappers, scratch }
    }

    /// Calls `visit` once with the cred and key of the event, each `None` if no report contains it.
    ///
    /// Returns false if several rows fit equally well; both are `None` then.
    pub fn join(
        &mut self,
        event: &Record<'_>,
        visit: &mut dyn FnMut(Option<&Record<'_>>, Option<&Record<'_>>),
    ) -> bool {
        let found = match self.credentials.find(event) {
            Ok(Some(found)) => found,
            Ok(None) => {
                visit(None, None);
                return true;
            }
            Err(Ambiguous) => {
                visit(None, None);
                return false;
            }
        };
        if !self.row(found, visit) {
            visit(None, None);
        }
        true
    }

    /// Calls `visit` with the cred of a row and the key that was found. Returns false if the row
    /// cannot be read.
    pub(super) fn row(
        &mut self,
        found: JoinedRow,
        visit: &mut dyn FnMut(Option<&Record<'_>>, Option<&Record<'_>>),
    ) -> bool {
        let (enrichment, mut visited) = (&self.enrichment, false);
        if let Some(row) = self.credentials.stored().row(found.row) {
            for &format in row.formats {
                let now = self.now.0.or(row.origin.time).unwrap_or(self.now.1);
                let mapper = self
                    .mappers
                    .entry((Arc::as_ptr(row.origin), format.name()))
                    .or_insert_with(|| format.mapper(&self.needed, row.origin, now));
                let outcome = mapper.map(&row.raw, &mut self.scratch, &mut |rows| {
                    if !visited {
                        visited = true;
                        let key = found.key.and_then(|key| rows.keys.get(key as usize));
                        let filled = enrichment.fill(rows.record);
                        visit(Some(filled.as_ref().unwrap_or(rows.record)), key);
                    }
                });
                if outcome != Outcome::Foreign {
                    break;
                }
            }
        }
        visited
    }
}
