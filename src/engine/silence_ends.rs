//! Matches that may end a silence, until it is known which of them do.

use std::collections::{BTreeMap, HashMap};

use crate::value::{Duration, Time};

/// The encoded matches of `after_silence` rules that no known record precedes closely.
///
/// If matches of one subject are near each other, only those of the first instant are retained,
/// whatever the order in which they are added. So a subject in steady use takes one row, and not
/// one for each record.
#[derive(Debug, Default)]
pub(super) struct SilenceEnds {
    subjects: HashMap<Box<[u8]>, BTreeMap<Time, Vec<EncodedRow>>>,
}

/// A row and the length of its sort key in bytes.
type EncodedRow = (Box<[u8]>, usize);

impl SilenceEnds {
    /// Adds an encoded match of a subject, unless an earlier one is at most `silence` before it.
    /// Returns by how much the number of rows changes.
    pub(super) fn add(
        &mut self,
        key: &[u8],
        at: Time,
        silence: Duration,
        frame: &[u8],
        sorts: usize,
    ) -> isize {
        let instants = match self.subjects.get_mut(key) {
            Some(instants) => instants,
            None => self.subjects.entry(key.into()).or_default(),
        };
        let near = |a: Time, b: Time| b.0.saturating_sub(a.0) <= silence.0;
        let earlier = instants.range(..at).next_back();
        if earlier.is_some_and(|(earlier, _)| near(*earlier, at)) {
            return 0;
        }
        let mut change = 1;
        // They do not end a silence, because this match precedes them.
        let after = Time(at.0.saturating_add(1));
        while let Some((&later, _)) = instants.range(after..).next()
            && near(at, later)
        {
            change -= instants.remove(&later).map_or(0, |rows| rows.len() as isize);
        }
        instants.entry(at).or_default().push((frame.into(), sorts));
        change
    }

    /// Removes every row and passes it to `visit`.
    pub(super) fn drain(&mut self, mut visit: impl FnMut(&[u8], usize)) {
        let rows = self.subjects.drain().flat_map(|(_, instants)| instants.into_values().flatten());
        rows.for_each(|(frame, sorts)| visit(&frame, sorts));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Every row that ends a silence is retained, whatever the order. If rows are near each
        /// other, only those of the first instant are retained.
        #[test]
        fn the_ends_of_silences_are_retained(
            times in prop::collection::vec(0i64..40, 0..12),
            silence in 1i64..10,
        ) {
            let mut ends = SilenceEnds::default();
            let mut count = 0;
            for (number, time) in (0u8..).zip(&times) {
                count += ends.add(b"key", Time(*time), Duration(silence), &[number], 1);
            }
            let mut retained = BTreeSet::new();
            ends.drain(|frame, _| {
                retained.insert(usize::from(frame[0]));
            });
            prop_assert_eq!(count, retained.len() as isize);
            for (number, time) in times.iter().enumerate() {
                let follows = |of: &i64| of < time && time - of <= silence;
                if !times.iter().any(follows) {
                    prop_assert!(retained.contains(&number));
                }
                let near = |of: &usize| times[*of] < *time && time - times[*of] <= silence;
                prop_assert!(!retained.contains(&number) || !retained.iter().any(near));
            }
        }
    }
}
