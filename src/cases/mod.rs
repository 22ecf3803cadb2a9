//! Cases: folders with inputs, a policy and the findings that they must give.
//!
//! It runs whole scans, as a user does, and compares their reports. It writes no file: the caller
//! writes the findings that it returns.

mod expected;
mod run;

pub use expected::{Expected, ExpectedFinding};
pub use run::{Case, CaseError, CaseOptions, EXPECTED, INPUTS, run_case};
