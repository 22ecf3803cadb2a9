//! Reference data: lists (constant sets) and tables (rows found by key).
//!
//! It uses values, sources and YAML. It must not know expressions, rules or records. It reads rows
//! from the texts that it receives and never opens a file.

mod list;
mod declaration;
mod index;
#[allow(clippy::module_inception)]
mod table;
mod build;
mod cell_error;
mod header;
mod data;
mod read;
mod csv;
mod json;
mod rows;
mod scanned;

pub use data::{Data, DataFormat};
pub use declaration::{Column, ColumnType, Declaration, Match, RESERVED_IDS};
pub use list::{List, ListValue};
pub use read::{from_csv, from_json, from_yaml};
pub use rows::from_nodes;
pub use table::{MAX_ROWS, Table};

#[cfg(test)]
mod tests;
