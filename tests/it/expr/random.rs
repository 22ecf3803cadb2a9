//! Random conditions and rows, for tests of the code that runs conditions.

use keytrail::value::RecordKind;
use serde_json::Value as Node;

use super::generator::{self, Dice, Writer};

/// A seeded source: the same seed gives the same conditions and rows.
pub(crate) struct Random(Dice);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Dice::new(seed))
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0.roll(sides)
    }

    /// One of several.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.roll(from.len())]
    }

    /// A condition on an event over the whole language.
    pub(crate) fn condition(&mut self, depth: usize) -> String {
        Writer::new(&mut self.0, RecordKind::Event).condition(depth)
    }

    /// An event with its cred and key, as JSON by field name.
    pub(crate) fn rows(&mut self) -> Node {
        generator::rows(&mut self.0)
    }
}
