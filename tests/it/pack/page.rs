//! The generated page about the rules, and the statements of the README about them.

use std::fs;

use keytrail::rule::{Category, Pack};

use super::{filled_project, pack, root};

const PAGE: &str = "docs/rules.md";
const COMMAND: &str = "KEYTRAIL_UPDATE=1 cargo test --test it page";

/// The page describes a project that fills every list and table, so that it shows the coverage of
/// every rule.
#[test]
#[allow(clippy::disallowed_methods, reason = "the write mode is asked for through the environment")]
fn the_page_of_rules_is_up_to_date() {
    let ended = filled_project("pack-page").keytrail(["rules", "--format", "markdown"]).output();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended}");
    let path = root().join(PAGE);
    if std::env::var_os("KEYTRAIL_UPDATE").is_some() {
        fs::write(&path, &ended.stdout).unwrap();
    }
    // A checkout can change line endings.
    let written = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == ended.stdout, "{PAGE} is stale; run `{COMMAND}`");
}

#[test]
fn the_readme_counts_the_rules() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let rules = pack().rules;
    assert!(readme.contains(&format!("[{} rules]({PAGE})", rules.len())));
    let core = rules.iter().filter(|rule| rule.pack == Pack::Core).count();
    assert!(readme.contains(&format!("{core} of them are the pack `core`")));
    for category in Category::ALL {
        let count = rules.iter().filter(|rule| rule.category == category).count();
        let row = format!("| [{0}]({PAGE}#{0}) | {count} |", category.name());
        assert!(readme.contains(&row), "README.md does not contain {row}");
    }
}
