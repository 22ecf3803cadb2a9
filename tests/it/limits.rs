//! The numbers of docs/limits.md that policies are held to are those of the code.

use std::fs;
use std::path::Path;

use keytrail::expr::{MAX_DEFINITIONS, MAX_LIST, MAX_NESTING, MAX_NODES, MAX_SOURCE, MAX_STRING};
use keytrail::source::MAX_POLICY_FILE;
use keytrail::table::MAX_ROWS;

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap())
        .collect();
    groups.join(",")
}

#[test]
fn the_stated_limits_are_those_of_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/limits.md")).unwrap();
    let row = |begins: &str| {
        let row = text.lines().find(|line| line.starts_with(&format!("| {begins}")));
        row.unwrap_or_else(|| panic!("no row begins with {begins}")).to_owned()
    };
    for (begins, limit) in [
        ("one policy file", MAX_POLICY_FILE),
        ("an expression", MAX_SOURCE as u64),
        ("brackets", MAX_NESTING as u64),
        ("items of a list literal", MAX_LIST as u64),
        ("a text literal", MAX_STRING as u64),
        ("definitions inside", MAX_DEFINITIONS as u64),
        ("parts of an expression", MAX_NODES as u64),
        ("rows of a table", MAX_ROWS as u64),
    ] {
        assert!(row(begins).contains(&grouped(limit)), "{begins}: {limit}");
    }
}
