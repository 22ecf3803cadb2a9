//! Windows, sequences, first-seen values and silences: turns the matches of one subject into occurrences.
//!
//! The functions evaluate one subject at a time, with its matches in order of time. They do not
//! depend on where matches come from or how they are stored. Only times decide; the order of
//! records within one instant does not matter. The folder uses rules and expressions; it must
//! depend neither on the engine nor on findings.

mod after_silence;
mod first_seen;
mod instant;
mod measure;
mod needed;
mod outcome;
mod relation;
mod search;
mod sequence;
mod observations;
mod steps;
mod subject;
mod window;

pub use needed::needed;
pub use observations::Observations;
pub use outcome::{Outcome, outcome};
pub use subject::{Item, Occurrence, Reach, Subject};
pub use window::{FullestWindow, fullest_window};
