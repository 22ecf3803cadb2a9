//! A report that is converted to version 1 of the format while it is written.
//!
//! Of a report of many findings, no second copy is in memory. Brief findings take one line each.

use serde::ser::{Error, Serialize, SerializeStruct, Serializer};
use serde_json::value::to_raw_value;

use super::{convert, incidents, v1};
use crate::report::Report;

/// A report that is written like [`v1::Report`].
pub(super) struct Streamed<'r>(pub(super) &'r Report);

impl Serialize for Streamed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let v1::Report {
            schema,
            tool,
            run,
            verdict,
            rules,
            roots,
            findings: _,
            baseline,
            incidents: _,
            ledger,
            files,
            accounting,
            incomplete,
            notes,
        } = convert::frame(self.0);
        let mut report = serializer.serialize_struct("Report", 14)?;
        report.serialize_field("schema", &schema)?;
        report.serialize_field("tool", &tool)?;
        report.serialize_field("run", &run)?;
        report.serialize_field("verdict", &verdict)?;
        report.serialize_field("rules", &rules)?;
        report.serialize_field("roots", &roots)?;
        report.serialize_field("findings", &Findings(self.0))?;
        report.serialize_field("baseline", &baseline)?;
        report.serialize_field("incidents", &Incidents(self.0))?;
        report.serialize_field("ledger", &ledger)?;
        report.serialize_field("files", &files)?;
        report.serialize_field("accounting", &accounting)?;
        report.serialize_field("incomplete", &incomplete)?;
        report.serialize_field("notes", &notes)?;
        report.end()
    }
}

struct Findings<'r>(&'r Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.0.findings.iter().map(|finding| Element {
                of: convert::finding(self.0, finding),
                brief: finding.brief,
            }),
        )
    }
}

struct Incidents<'r>(&'r Report);

impl Serialize for Incidents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let incidents = self.0.incidents.iter();
        serializer.collect_seq(incidents.map(|of| incidents::incident(self.0, of)))
    }
}

/// An element of a list, on one line if it is brief.
struct Element<T> {
    of: T,
    brief: bool,
}

impl<T: Serialize> Serialize for Element<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.brief {
            true => to_raw_value(&self.of).map_err(S::Error::custom)?.serialize(serializer),
            false => self.of.serialize(serializer),
        }
    }
}
