//! The compiled rule set: what to read and which rules to try.
//!
//! It knows rules and allowlists, and neither inputs nor what becomes of a match.

mod applicable;
mod enrich;
mod index;
mod key;
mod lookup;
#[allow(clippy::module_inception)]
mod plan;

pub use applicable::{Applicability, applicability};
pub use enrich::Enrichment;
pub use lookup::Lookup;
pub use plan::{Candidates, Condition, Plan};
