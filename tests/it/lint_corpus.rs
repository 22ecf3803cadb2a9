//! The check that a test shows every lint, and where it is silent.

use std::collections::BTreeSet;
use std::fs;

use keytrail::expr::EXPR_LINTS;
use keytrail::lint::LINTS;

use crate::readme::root;

/// The corpus has a file for each lint, with a case that the lint reports and one that nearly is.
#[test]
fn every_lint_has_a_true_case_and_a_near_miss() {
    let of_policies = LINTS.iter().map(|lint| ("project/lint", lint.name, lint.code.id));
    let of_expressions = EXPR_LINTS.iter().map(|lint| ("lint", lint.name, lint.code.id));
    let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
    for (folder, name, code) in of_policies.chain(of_expressions) {
        let file = format!("tests/corpus/diag/{folder}/{name}.txt");
        let text = fs::read_to_string(root().join(&file)).unwrap_or_default();
        let messages: Vec<&str> = format!("\n{text}")
            .split("\n=== ")
            .filter_map(|case| Some(case.split_once("\n---\n")?.1.to_owned()))
            .map(
                |message| if message.contains(&format!("[{code}]: ")) { "shown" } else { "silent" },
            )
            .collect();
        assert!(messages.contains(&"shown"), "{file} has no case that `{name}` reports");
        assert!(messages.contains(&"silent"), "{file} has no near miss of `{name}`");
        expected.insert(file);
    }
    for folder in ["project/lint", "lint"] {
        for entry in fs::read_dir(root().join("tests/corpus/diag").join(folder)).unwrap() {
            let name = entry.unwrap().file_name();
            found.insert(format!("tests/corpus/diag/{folder}/{}", name.display()));
        }
    }
    assert_eq!(found, expected, "a file for each lint, and no other");
}
