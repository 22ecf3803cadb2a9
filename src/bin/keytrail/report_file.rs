//! A JSON report that `keytrail scan` wrote, and its findings.

use std::io::Read;
use std::path::Path;

use keytrail::diag::escape;
use keytrail::input::STDIN;
use keytrail::output::finding::{NotFound, find};
use keytrail::output::read_report;
use keytrail::output::report_v1::{Finding, Report};

use crate::exit::Failure;

/// Candidates that are listed for an ambiguous fingerprint.
const CANDIDATES: usize = 20;

/// The text of a report.
pub(crate) struct ReportFile {
    /// Its name as the user typed it.
    name: String,
    text: String,
}

impl ReportFile {
    /// Reads a report; `-` is standard input.
    pub(crate) fn read(name: &str) -> Result<Self, Failure> {
        let read = if name == STDIN {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        } else {
            std::fs::read_to_string(Path::new(name))
        };
        match read {
            Ok(text) => Ok(Self { name: name.to_owned(), text }),
            Err(error) => Err(Failure::because(format!("cannot read the report {name}: {error}"))
                .help("`keytrail scan INPUT --format json:FILE` writes one")),
        }
    }

    /// The report.
    pub(crate) fn report(&self) -> Result<Report<'static>, Failure> {
        read_report(&self.text).map_err(|error| self.unreadable(&error.to_string()))
    }

    /// The finding with this fingerprint.
    pub(crate) fn finding<'r>(
        &self,
        report: &'r Report<'r>,
        fingerprint: &str,
    ) -> Result<&'r Finding<'r>, Failure> {
        find(report, fingerprint).map_err(|why| self.not_found(report, fingerprint, &why))
    }

    /// Why the text is not a report. Other outputs contain fingerprints too.
    fn unreadable(&self, why: &str) -> Failure {
        let failure = Failure::because(format!("cannot read the report {}: {why}", self.name));
        let start = self.text.get(..2_000).unwrap_or(&self.text);
        let written = "`keytrail scan INPUT --format json:FILE` writes the JSON report; one scan can \
                       write several formats";
        let other = if start.contains("sarif") {
            "this is SARIF, which does not contain whole findings"
        } else if start.trim_start().starts_with("{\"type\":") {
            "these are lines of `keytrail watch`: each contains a whole finding"
        } else {
            return failure.help(written);
        };
        failure.help(other).help(written)
    }

    fn not_found(&self, report: &Report<'_>, fingerprint: &str, why: &NotFound<'_>) -> Failure {
        let fingerprint = escape(fingerprint);
        match why {
            NotFound::NotAFingerprint => Failure::because(format!(
                "`{fingerprint}` is not a fingerprint: expected 6 to 32 hexadecimal digits"
            ))
            .help("reports print it as the last line of each finding"),
            NotFound::Unknown => {
                let left_out = report.verdict.below_min_severity;
                let failure = Failure::because(format!(
                    "no finding of {} has the fingerprint `{fingerprint}`",
                    self.name
                ))
                .help(format!(
                    "the report has {} findings; it may be from another run",
                    report.findings.len()
                ));
                match left_out {
                    0 => failure,
                    _ => failure.help(format!(
                        "--min-severity left {left_out} findings out of the report; scan without that flag"
                    )),
                }
            }
            NotFound::Ambiguous(found) => {
                let failure = Failure::because(format!(
                    "{} findings have fingerprints that begin with `{fingerprint}`",
                    found.len()
                ));
                let listed = found.iter().take(CANDIDATES).map(|of| {
                    format!(
                        "{} {}[{}]: {}",
                        of.fingerprint,
                        of.severity.0.name(),
                        of.rule,
                        of.message
                    )
                });
                let failure = listed.fold(failure, Failure::help);
                match found.len().saturating_sub(CANDIDATES) {
                    0 => failure,
                    more => failure.help(format!("and {more} more; give more digits")),
                }
            }
        }
    }
}
