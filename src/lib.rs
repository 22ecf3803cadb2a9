//! Keytrail: policy as code for cloud credentials.
//!
//! Modules stand in the order in which data flows through them.

pub mod source;
pub mod diag;
pub mod value;
pub mod yaml;
pub mod record;
pub mod input;
pub mod table;
pub mod expr;
pub mod stdlib;
pub mod rule;
pub mod allow;
pub mod config;
pub mod plan;
pub mod finding;
pub mod engine;
