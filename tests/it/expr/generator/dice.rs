//! Reproducible random numbers.

/// A small deterministic generator (SplitMix64): the same seed gives the same expressions on
/// every machine and with every version of every crate.
#[derive(Debug, Clone)]
pub(in crate::expr) struct Dice(u64);

impl Dice {
    pub(in crate::expr) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(in crate::expr) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    /// True once in `sides` calls on average.
    pub(super) fn once_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    pub(in crate::expr) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}
