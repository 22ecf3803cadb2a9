//! Regular expressions as arguments; shared by `matches`, `matches_any` and `capture`.

use regex::{Regex, RegexBuilder};

use crate::expr::{BadArgument, MAX_REGEX};

/// Compiles a regular expression, or returns the reason why it is not one.
pub(super) fn regex(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(MAX_REGEX).build().map_err(|error| match &error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        // The last line states the error; the lines before it show its position.
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    })
}

/// The error for the argument at the index.
pub(super) fn bad(index: usize, pattern: &str, reason: String) -> BadArgument {
    BadArgument::new(index, format!("`{pattern}` is not a regular expression: {reason}"))
}
