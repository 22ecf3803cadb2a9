//! A finding for programs.

use std::io;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::output::inert::write_pretty;
use crate::output::report_v1::{Finding, Report, Rule};

/// The value of `schema`.
const SCHEMA: &str = "keytrail/finding/v1";

#[derive(Serialize)]
struct OneFinding<'a> {
    schema: &'static str,
    finding: &'a Finding<'a>,
    /// The rule of the finding.
    rule: Option<&'a Rule<'a>>,
    /// The records of its samples, as `keytrail inspect` writes them; absent if no input was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<&'a [Box<RawValue>]>,
}

/// Writes a finding, its rule and the records that were read again as one JSON object.
///
/// # Errors
/// If `out` fails.
pub fn json(
    report: &Report<'_>,
    finding: &Finding<'_>,
    records: Option<&[Box<RawValue>]>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let rule = report.rules.iter().find(|rule| rule.id == finding.rule);
    write_pretty(&OneFinding { schema: SCHEMA, finding, rule, records }, out)
}
