//! The posture of credentials: the age of keys, MFA coverage, suspicious patterns, remediation
//! steps.
//!
//! The input is records, the output a [`Posture`]. Reports are read with `inspect`, through a
//! viewer that collects their users and keys. Events matter only if they change credentials: they
//! show which steps are already done. The newest dated report of a format and account shows the
//! present state, older ones show the trend. A value that no report contains is unknown and never
//! counts as good.
//!
//! Everything in a [`Posture`] is redacted and masked. This module does not print.

mod accounts;
mod age;
mod build;
mod collect;
mod coverage;
mod credential_call;
mod elapsed;
mod model;
mod notes;
mod pattern;
mod remediation_event;
mod remedy;
#[cfg(test)]
mod tests;
pub mod threshold;
mod trend;
mod user;

use std::sync::Arc;

use crate::finding::Redactor;
use crate::inspect;
use crate::record::Inputs;
use crate::table::Table;
use crate::value::{Time, Zone};

pub use age::{Ages, Bucket};
pub use coverage::Coverage;
pub use model::{
    Account, AccountKind, Files, KeysOfName, Lost, Outlier, Posture, SourceReport, Totals, Unknown,
};
pub use pattern::{Shared, Uniform, Zombie};
pub use remediation_event::{Doubt, Progress, RemediationEvent};
pub use remedy::{Action, KeyLabel, Reason, Remedy};
pub use trend::{KindSeries, Series, Trend, TrendPoint};

use accounts::Accounts;
use collect::Collector;

/// The options of a posture.
#[derive(Debug, Clone)]
pub struct Options {
    /// The time at which ages are computed.
    pub now: Option<Time>,
    /// The time at which ages are computed for reports without a time of their own, unless `now` is
    /// given.
    pub clock: Time,
    /// Redacts and masks values.
    pub redactor: Redactor,
    /// The table of accounts; it gives their kinds and names.
    pub accounts: Option<Arc<Table>>,
    /// The table of leaked keys.
    pub leaked_keys: Option<Arc<Table>>,
    /// The time zone that decides whether keys were created on the same day.
    pub zone: Zone,
}

/// Reads every input to its end and returns the posture of the credential reports among them.
pub fn read(inputs: &dyn Inputs, roots: &[String], options: &Options) -> Posture {
    let mut collector = Collector::new(options.redactor);
    let reading = inspect::Options {
        fields: Collector::fields(),
        limit: None,
        places: Vec::new(),
        now: options.now,
        clock: options.clock,
        redactor: options.redactor,
    };
    // The collector does not write, so it cannot fail.
    let read = inspect::read(inputs, roots, &reading, &mut collector);
    let complete = read.is_ok_and(|read| read.complete);
    let leaked =
        |id: &str| options.leaked_keys.as_ref().is_some_and(|keys| keys.find(id).is_some());
    let accounts = Accounts::new(options.accounts.clone());
    build::posture(collector, complete, &accounts, &leaked, options.zone.clone())
}
