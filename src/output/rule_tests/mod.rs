//! Writes the results of rule tests, for people, as JSON and as JUnit.

mod human;
mod json;
mod junit;
mod results;

pub use human::write as write_human;
pub use json::{schema as test_schema, write as write_json};
pub use junit::write as write_junit;
pub use results::{CoverageGap, MutantResult, Results, Share, TestLine};
