//! Reads the JSON report that an earlier scan wrote.

use std::io::Read;

use keytrail::input::STDIN;
use keytrail::output::ReadError;

use crate::exit::Failure;

/// The start of a file by which another format is recognised, in bytes.
const START: usize = 2_000;

/// How a JSON report is made.
const WRITTEN: &str = "`keytrail scan INPUT --format json:FILE` writes the JSON report; one scan can \
                       write several formats";

/// Reads the report at this path; `-` is standard input.
pub(crate) fn read<T>(
    path: &str,
    parse: impl FnOnce(&str) -> Result<T, ReadError>,
) -> Result<T, Failure> {
    let text = if path == STDIN {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| {
        Failure::because(format!("cannot read the report {path}: {error}"))
            .help("`keytrail scan INPUT --format json:FILE` writes one")
    })?;
    parse(&text).map_err(|error| unreadable(path, &text, &error))
}

/// Why the text is not a report. Other outputs contain fingerprints too.
fn unreadable(path: &str, text: &str, error: &ReadError) -> Failure {
    let failure = Failure::because(format!("cannot read the report {path}: {error}"));
    let start = text.get(..START).unwrap_or(text);
    let other = if start.contains("sarif") {
        "this is SARIF, which does not contain whole findings"
    } else if start.trim_start().starts_with("{\"type\":") {
        "these are lines of `keytrail watch` or of the format ndjson: each contains a whole finding"
    } else {
        return failure.help(WRITTEN);
    };
    failure.help(other).help(WRITTEN)
}
