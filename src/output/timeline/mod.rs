//! Everything that some identities did, in the order of time, with the steps that rules mark.

mod collector;
mod entry;
mod write;

pub use self::collector::Collector;
pub use self::entry::{Entry, Marks, findings_of};
pub use self::write::{csv, human, json};
