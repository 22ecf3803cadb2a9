//! The places of the records of a finding.

use crate::inspect::RecordPlace;
use crate::output::report_v1::{Finding, Location, Report, Sample};
use crate::record::shown_path;

/// The samples of a finding, each record once: first that of its first match, then those of its
/// rows of evidence.
pub fn samples<'r>(finding: &'r Finding<'r>) -> Vec<&'r Sample<'r>> {
    let of_rows = finding.calls.iter().flat_map(|calls| &calls.samples);
    let mut all: Vec<&Sample<'_>> = Vec::new();
    for sample in std::iter::once(&finding.sample).chain(of_rows) {
        let same = |known: &&Sample<'_>| {
            let (a, b) = (&known.location, &sample.location);
            (a.root, &a.path, a.offset) == (b.root, &b.path, b.offset) && known.id == sample.id
        };
        match all.iter().position(same) {
            // Only one of the two may contain its text.
            Some(at) if all[at].text.is_empty() => all[at] = sample,
            Some(_) => {}
            // A sample without a record has no place.
            None if sample.location.line == 0 => {}
            None => all.push(sample),
        }
    }
    all
}

/// The places of the samples, to read their records again.
///
/// The inputs may be named in another way than for the scan, so a place names its file by the path
/// below its input. The position and the id of the event identify its record.
pub fn places(finding: &Finding<'_>) -> Vec<RecordPlace> {
    let place = |sample: &Sample<'_>| {
        let Location { path, line, column, offset, .. } = &sample.location;
        RecordPlace {
            path: path.clone().into_owned(),
            is_below: true,
            line: Some(*line),
            column: Some(*column),
            pointer: Some(format!("byte {offset}")),
            event_id: sample.id.as_ref().map(|id| id.clone().into_owned()),
        }
    };
    samples(finding).into_iter().map(place).collect()
}

/// The place of a record, as reports print it.
pub(super) fn shown(report: &Report<'_>, location: &Location<'_>) -> String {
    let roots: Vec<String> = report.roots.iter().map(|root| root.clone().into_owned()).collect();
    let path = shown_path(&roots, location.root, &location.path);
    let place = format!("{path}:{}:{}", location.line, location.column);
    match &*location.pointer {
        "" => place,
        pointer => format!("{place} ({pointer})"),
    }
}
