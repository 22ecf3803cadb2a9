//! Fuzz targets, and the code that they share with the tests.

#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../../tests/it/expr/world.rs"]
mod world;

pub mod targets;
