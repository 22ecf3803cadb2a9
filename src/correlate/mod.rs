//! Windows, sequences and values seen before: from the matches of one subject to occurrences.
//!
//! Everything here sees one subject at a time, its matches in the order of time, and knows nothing
//! of where they come from or how they are kept. Only times decide, never the order in which
//! records of one instant stand. It knows rules and expressions; it must know neither the engine
//! nor findings.

mod first_seen;
mod instant;
mod measure;
mod needed;
mod outcome;
mod sequence;
mod observations;
mod steps;
mod subject;
mod window;

pub use needed::needed;
pub use observations::Observations;
pub use outcome::{Outcome, outcome};
pub use subject::{Item, Occurrence, Reach, Subject};
