//! What a query is told beside its inputs.

use crate::finding::Redactor;
use crate::query::{Limits, Period, Query};
use crate::record::FieldSet;
use crate::value::Time;

/// What is asked of the inputs, and how it is shown.
#[derive(Debug, Clone)]
pub struct Selection<'s> {
    /// The query.
    pub query: &'s Query,
    /// The times that are asked for.
    pub period: Period,
    /// The fields to show of records that are not counted by anything.
    pub fields: FieldSet,
    /// Records to show; `None` shows all. Those that are not shown are counted.
    pub limit: Option<u64>,
    /// What groups may take of memory.
    pub limits: Limits,
    /// What `now` means over every file.
    pub now: Option<Time>,
    /// What `now` means over files that speak of no time of their own, unless `now` is given.
    pub clock: Time,
    /// How values are shown.
    pub redactor: Redactor,
}
