//! The options of a query.

use crate::finding::Redactor;
use crate::query::{GroupColumn, Limits, Query, SortKey};
use crate::record::FieldSet;
use crate::value::Period;
use crate::value::Time;

/// A query over the inputs, and the options that decide how its result is shown.
#[derive(Debug, Clone)]
pub struct Selection<'s> {
    /// The query.
    pub query: &'s Query,
    /// The period that the query selects.
    pub period: Period,
    /// The fields to show of a record, if records are not counted by columns.
    pub fields: FieldSet,
    /// The maximum number of records to show; `None` shows all. Further records are only counted.
    pub limit: Option<u64>,
    /// The order of groups; empty for the most records first.
    pub order: &'s [SortKey<GroupColumn>],
    /// The memory limits of groups.
    pub limits: Limits,
    /// The value of `now` for every file, if set.
    pub now: Option<Time>,
    /// The value of `now` for files that have no time of their own, unless `now` is set.
    pub clock: Time,
    /// How values are shown.
    pub redactor: Redactor,
    /// The number of records that may meet the query; more fail the gate. `None` sets no gate.
    pub allowed: Option<u64>,
}
