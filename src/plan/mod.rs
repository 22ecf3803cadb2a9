//! The compiled rule set: the fields to read and the rules to evaluate.
//!
//! It uses rules and allowlists. It must depend neither on inputs nor on the use of matches.

mod applicable;
mod bucket;
mod candidates;
mod enrich;
mod index;
mod field_value;
mod key;
mod literals;
mod lookup;
mod owner_lookup;
mod prefilter;
mod unindexed;
mod selectivity;
#[allow(clippy::module_inception)]
mod plan;

pub use applicable::{Applicability, applicability, covered, left_of};
pub use candidates::Candidates;
pub use enrich::Enrichment;
pub use lookup::{Amounts, ConditionLookup};
pub use owner_lookup::OwnerLookup;
pub(crate) use plan::needs_reach;
pub use plan::{Condition, Plan, Role, join_fields};
pub use prefilter::{NeededTexts, Prefilter, Prevented};
