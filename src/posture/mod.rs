//! The posture of credentials: how old keys are, who has a second factor, what is odd, what to do.
//!
//! Records in, a [`Posture`] out. Reports are read as `inspect` reads them, through a viewer that
//! adds them up; of events only those that change credentials matter, as marks on what is done
//! already. The newest dated report of a format and account tells the present state, older ones the
//! trend. What no report says is unknown, and never counted as good.
//!
//! Everything in a [`Posture`] is redacted and masked; nothing of it is printed here.

mod accounts;
mod age;
mod build;
mod call;
mod collect;
mod coverage;
mod deed;
mod model;
mod notes;
mod pattern;
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
use crate::value::Time;

pub use age::{Ages, Bucket};
pub use coverage::Coverage;
pub use deed::{Deed, Doubt, Progress};
pub use model::{
    Account, Files, KeyLabel, KeysOfName, Kind, Lost, Outlier, Posture, Source, Totals, Unknown,
};
pub use pattern::{Shared, Uniform, Zombie};
pub use remedy::{Action, Reason, Remedy};
pub use trend::{Point, Series, Trend};

use accounts::Accounts;
use collect::Collector;

/// What a posture is told beside its inputs.
#[derive(Debug, Clone)]
pub struct Options {
    /// What days are counted to.
    pub now: Option<Time>,
    /// The same over reports that speak of no time of their own, unless `now` is given.
    pub clock: Time,
    /// How values are shown.
    pub redactor: Redactor,
    /// The table of accounts; it gives their kinds and names.
    pub accounts: Option<Arc<Table>>,
}

/// Reads every input to its end and says what the credential reports among them come to.
pub fn read(inputs: &dyn Inputs, roots: &[String], options: &Options) -> Posture {
    let mut collector = Collector::new(options.redactor);
    let reading = inspect::Options {
        fields: Collector::fields(),
        limit: None,
        now: options.now,
        clock: options.clock,
        redactor: options.redactor,
    };
    // The collector writes nothing, so that nothing can fail.
    let complete = inspect::read(inputs, roots, &reading, &mut collector).unwrap_or(false);
    build::posture(collector, complete, &Accounts::new(options.accounts.clone()))
}
