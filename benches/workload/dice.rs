//! Random numbers that are the same on every machine.

/// A linear congruential generator; workloads need no better randomness.
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// One of the items; the first ones come more often.
    pub(crate) fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        let len = items.len() as u64;
        let at = self.roll(len).min(self.roll(len));
        &items[at as usize]
    }
}
