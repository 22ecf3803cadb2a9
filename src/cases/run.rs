//! Runs a case.

use std::path::Path;

use super::expected::Expected;
use crate::config::Policy;
use crate::input::InputSet;
use crate::output::{Style, find, read_report};
use crate::record::Hints;
use crate::report::Note;
use crate::rule::FailOn;
use crate::scan::{ScanOptions, scan};
use crate::value::Time;

/// The name of the folder with the inputs of a case. A folder that contains one is a case.
pub const INPUTS: &str = "inputs";

/// The name of the file with the expected findings of a case.
pub const EXPECTED: &str = "expected.yaml";

/// How a case is run.
#[derive(Debug, Clone, Copy)]
pub struct CaseOptions<'o> {
    /// The folder of the case.
    pub folder: &'o Path,
    /// The clock, if the case states one.
    pub now: Option<Time>,
    /// The clock of the run.
    pub clock: Time,
}

/// What the inputs of a case give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The findings.
    pub found: Expected,
    /// Why the run is incomplete, one sentence each.
    pub incomplete: Vec<String>,
}

/// Why a case cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseError {
    /// The folder of inputs cannot be read; with the reasons.
    Inputs(Vec<String>),
    /// The report cannot be written or read; with the reason.
    Report(String),
}

impl std::fmt::Display for CaseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CaseError::Inputs(reasons) => f.write_str(&reasons.join("; ")),
            CaseError::Report(reason) => write!(f, "the report cannot be used: {reason}"),
        }
    }
}

impl std::error::Error for CaseError {}

/// Scans the inputs of a case with a policy.
///
/// # Errors
///
/// If the folder has no inputs.
pub fn run_case(policy: &Policy, options: &CaseOptions<'_>) -> Result<Case, CaseError> {
    let root = options.folder.join(INPUTS).to_string_lossy().into_owned();
    let inputs = InputSet::new(&[root]).map_err(|errors| {
        CaseError::Inputs(errors.into_iter().map(|error| error.message).collect())
    })?;
    let hints = Hints { entries: policy.inputs.clone(), ..Hints::default() };
    let inputs = inputs.hints(&hints, options.folder);
    let notes = inputs.notes().iter();
    let notes = notes.map(|note| Note { id: note.id, text: note.text.clone() }).collect();
    let scan_options = ScanOptions {
        clock_given: options.now.is_some(),
        fail_on: FailOn::Never,
        records: false,
        ..ScanOptions::at(options.now.unwrap_or(options.clock))
    };
    let report = scan(policy, &inputs, inputs.roots().to_vec(), notes, &scan_options);
    let incomplete = report.incomplete.iter().map(|note| note.text.clone()).collect();
    // The case states what a report shows, so it is read from one.
    let mut text = Vec::new();
    let json = find("json").ok_or_else(|| CaseError::Report("there is no JSON".to_owned()))?;
    (json.write)(&report, &Style::default(), &mut text)
        .map_err(|error| CaseError::Report(error.to_string()))?;
    let read = read_report(&String::from_utf8_lossy(&text))
        .map_err(|error| CaseError::Report(error.to_string()))?;
    Ok(Case { found: Expected::of_report(&read, options.now), incomplete })
}
