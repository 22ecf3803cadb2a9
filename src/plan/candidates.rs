//! The candidate conditions of one record.

use super::literals::VisitedLiterals;

/// The candidate conditions of one record; a buffer that is reused for each record.
#[derive(Debug, Default)]
pub struct Candidates {
    /// One bit for each condition of the plan, so that the set needs no sorting.
    bits: Vec<u64>,
    pub(super) visited: VisitedLiterals,
}

impl Candidates {
    /// Indices of the conditions, ascending.
    pub fn conditions(&self) -> impl Iterator<Item = u32> + '_ {
        self.bits.iter().zip(0u32..).flat_map(|(&word, at)| {
            let next = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
            std::iter::successors(Some(word).filter(|word| *word != 0), next)
                .map(move |word| at * 64 + word.trailing_zeros())
        })
    }

    /// Resets the set to these conditions.
    pub(super) fn begin(&mut self, set: &[u64]) {
        self.bits.clear();
        self.bits.extend_from_slice(set);
    }

    /// Adds conditions.
    #[inline]
    pub(super) fn add(&mut self, numbers: &[u32]) {
        for &number in numbers {
            if let Some(word) = self.bits.get_mut(number as usize / 64) {
                *word |= 1 << (number % 64);
            }
        }
    }
}
