//! Finds a text that matches some patterns and not others.

use std::collections::{HashSet, VecDeque};

use super::glob::{Globs, Positions};

/// The most states that are visited.
const MOST_STATES: usize = 4_000;

/// The most characters that a text is continued with.
const MOST_CHARS: usize = 200;

/// The result of a search.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FoundText {
    /// The shortest such text.
    Text(String),
    /// There is no such text.
    None,
    /// The search was too long.
    Unknown,
}

/// Finds a text that matches each of the patterns for which the flag is set, and none of the others.
///
/// The patterns run side by side as one automaton. Characters that no pattern names are
/// interchangeable, so one of them stands for all.
pub(super) fn find(patterns: &[(&Globs, bool)]) -> FoundText {
    let mut chars: Vec<char> = patterns.iter().flat_map(|(globs, _)| globs.chars()).collect();
    chars.sort_unstable();
    chars.dedup();
    let other = ('a'..='z')
        .chain('\u{100}'..'\u{2000}')
        .find(|c| !chars.contains(c) && !chars.contains(&c.to_ascii_uppercase()));
    chars.splice(0..0, other);
    if chars.len() > MOST_CHARS {
        return FoundText::Unknown;
    }
    let start: Vec<Positions> = patterns.iter().map(|(globs, _)| globs.start()).collect();
    let mut seen: HashSet<Vec<Positions>> = HashSet::from([start.clone()]);
    let mut next = VecDeque::from([(start, String::new())]);
    while let Some((state, text)) = next.pop_front() {
        let accepted =
            patterns.iter().zip(&state).all(|((globs, wanted), at)| globs.matches(at) == *wanted);
        if accepted {
            return FoundText::Text(text);
        }
        for &c in &chars {
            let step = |((globs, _), at): (&(&Globs, bool), &Positions)| globs.step(at, c);
            let after: Vec<Positions> = patterns.iter().zip(&state).map(step).collect();
            // A pattern that must match and has no position left never matches.
            let dead =
                patterns.iter().zip(&after).any(|((_, wanted), at)| *wanted && at.is_empty());
            if dead || seen.contains(&after) {
                continue;
            }
            if seen.len() >= MOST_STATES {
                return FoundText::Unknown;
            }
            seen.insert(after.clone());
            next.push_back((after, format!("{text}{c}")));
        }
    }
    FoundText::None
}
