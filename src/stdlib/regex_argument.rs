//! Regular expressions as arguments; shared by `matches`, `matches_any` and `capture`.

use regex::{Regex, RegexBuilder};

use crate::expr::{BadArgument, MAX_REGEX};

/// Compiles a regular expression, which is the argument at the index.
pub(super) fn regex(pattern: &str, index: usize) -> Result<Regex, BadArgument> {
    RegexBuilder::new(pattern).size_limit(MAX_REGEX).build().map_err(|error| {
        let reason = match &error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            // The last line states the error; the lines before it show its position.
            other => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or_default();
                last.trim_start_matches("error: ").to_owned()
            }
        };
        BadArgument::new(index, format!("`{pattern}` is not a regular expression: {reason}"))
    })
}
