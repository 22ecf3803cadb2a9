//! Searches the text of one field for all its literals in one pass.

use aho_corasick::AhoCorasick;

use super::bucket::BucketRange;

/// The literals that conditions require.
#[derive(Debug)]
pub(super) struct Literals {
    automaton: AhoCorasick,
    /// The range of conditions of each literal.
    places: Vec<BucketRange>,
}

impl Literals {
    /// The automaton for these literals, each with its range of conditions; `None` if it would be
    /// too large.
    pub(super) fn new(literals: &[(String, BucketRange)]) -> Option<Self> {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(literals.iter().map(|(literal, _)| literal))
            .ok()?;
        Some(Self { automaton, places: literals.iter().map(|&(_, place)| place).collect() })
    }

    /// Reports the range of every literal that occurs in the text, each once.
    pub(super) fn find(
        &self,
        text: &str,
        visited: &mut VisitedLiterals,
        mut found: impl FnMut(BucketRange),
    ) {
        visited.begin(self.places.len());
        for hit in self.automaton.find_overlapping_iter(text) {
            let literal = hit.pattern().as_usize();
            if let Some(&place) = self.places.get(literal)
                && visited.is_new(literal)
            {
                found(place);
            }
        }
    }
}

/// The literals that were already found in a text, which may repeat a literal a thousand times.
#[derive(Debug, Default)]
pub(super) struct VisitedLiterals {
    bits: Vec<u64>,
    touched: Vec<u32>,
}

impl VisitedLiterals {
    fn begin(&mut self, literals: usize) {
        for &word in &self.touched {
            self.bits[word as usize] = 0;
        }
        self.touched.clear();
        let words = literals.div_ceil(64);
        if self.bits.len() < words {
            self.bits.resize(words, 0);
        }
    }

    fn is_new(&mut self, literal: usize) -> bool {
        let (word, bit) = (literal / 64, 1 << (literal % 64));
        let visited = self.bits[word];
        if visited == 0 {
            self.touched.push(word as u32);
        }
        self.bits[word] = visited | bit;
        visited & bit == 0
    }
}
