//! Reads a report that `keytrail scan` wrote.

use serde::Deserialize;

use super::read_error::ReadError;
use super::{restore, v1};
use crate::report::Report;

/// Reads a report that `keytrail scan -f json` wrote. Unknown fields are ignored, because later
/// releases may add fields.
///
/// # Errors
/// If the text is not a report, has another version, or does not follow its version.
pub fn read_report(text: &str) -> Result<v1::Report<'static>, ReadError> {
    #[derive(Deserialize)]
    struct Versioned {
        schema: String,
    }
    let Versioned { schema } = serde_json::from_str(text).map_err(ReadError::NoReport)?;
    if schema != v1::SCHEMA {
        return Err(ReadError::UnknownVersion(schema));
    }
    serde_json::from_str(text).map_err(ReadError::Malformed)
}

/// Reads a report that `keytrail scan -f json` wrote, so that every output can write it again.
///
/// # Errors
/// If [`read_report`] fails, or if parts of the report contradict each other.
pub fn restore_report(text: &str) -> Result<Report, ReadError> {
    restore::report(read_report(text)?).map_err(ReadError::Contradictory)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::finding::VerdictRole;
    use crate::output::json::JSON;
    use crate::output::{Style, json::write_report};
    use crate::report::fixture::{clean, fixture};

    fn written(report: &crate::report::Report) -> String {
        let mut out = Vec::new();
        (JSON.write)(report, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_report_round_trips() {
        let in_role = |role| {
            let mut report = fixture();
            report.findings.iter_mut().for_each(|finding| finding.role = role);
            report
        };
        for report in
            [fixture(), clean()].into_iter().chain(VerdictRole::ALL.iter().copied().map(in_role))
        {
            let text = written(&report);
            let read = read_report(&text).unwrap();
            assert_eq!(read.findings.len(), report.findings.len());
            let mut again = Vec::new();
            write_report(&read, &mut again).unwrap();
            assert_eq!(String::from_utf8(again).unwrap(), text);
        }
    }

    #[test]
    fn another_version_and_other_json_are_rejected() {
        let text = written(&fixture());
        for (text, message) in [
            (
                text.replace("keytrail/report/v1", "keytrail/report/v2"),
                "expected a report of version `keytrail/report/v1`, but found \
                 `keytrail/report/v2`; a later release may read it",
            ),
            (
                "{}".to_owned(),
                "expected a JSON report of `keytrail scan`, but found missing field `schema` at line \
                 1 column 2",
            ),
            (
                text.replace("\"gates\"", "\"wins\""),
                "the report does not follow `keytrail/report/v1`: unknown variant `wins`, expected \
                 one of `gates`, `below-threshold`, `experimental`, `extended`, `uncertain`, `processed`, `ignored`, `unchanged`, \
                 `suppressed`",
            ),
        ] {
            let error = read_report(&text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let more = text.replacen("{", "{\n\"later\": {\"added\": 1},", 1);
        assert_eq!(read_report(&more).unwrap(), read_report(&text).unwrap());
    }
}
