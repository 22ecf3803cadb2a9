//! Cases: folders with inputs, a policy and the findings that they must give.
//!
//! It runs whole scans, as a user does, and compares their reports. It writes no file: the caller
//! writes the findings that it returns.

#[allow(clippy::module_inception)]
mod cases;
mod expected;

pub use cases::{Case, CaseError, CaseOptions, EXPECTED, INPUTS, run_case};
pub use expected::{Expected, ExpectedFinding};
