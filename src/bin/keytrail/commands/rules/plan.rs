//! How the index looks up each rule.

use std::fmt::Write;

use keytrail::plan::ConditionLookup;

use super::listed::Listed;
use crate::table::Table;

/// How each rule is looked up. If a rule is tried on every record, the part of its condition that
/// prevents a lookup.
pub(super) fn plan(listed: &Listed<'_>) -> String {
    let policy = listed.policy;
    let mut table = Table::new(["RULE", "ON", "LOOKED UP BY"]);
    let (mut always, mut conditions) = (0, 0);
    for rule in &listed.rules {
        for (name, lookup) in ConditionLookup::of_rule(rule) {
            conditions += 1;
            let shown = match lookup {
                ConditionLookup::Always(part, what) => {
                    always += 1;
                    format!("nothing: `{}` {what}", excerpt(policy.sources.text(part.span)))
                }
                lookup => lookup.to_string(),
            };
            let id = match name {
                "" => rule.id.clone(),
                name => format!("{}: {name}", rule.id),
            };
            table.row([id, rule.on.name().to_owned(), shown]);
        }
    }
    let mut text = table.to_string();
    if always > 0 {
        let are = if always == 1 { "is" } else { "are" };
        let _ = writeln!(text, "\n{always} of {conditions} {are} tried on every record. {SHAPES}");
    }
    text
}

/// An explanation for authors whose rules cannot be looked up: the tests that the index can use.
const SHAPES: &str = "A rule is looked up by a test of a field
against constants: ==, in, starts_with, ends_with, contains, like, matches with a fixed
text, eq_ignore_case, in_cidr or is_private; alone, with others in &&, or in every operand of ||.";

/// A part of a condition, shortened to one line.
fn excerpt(text: &str) -> String {
    const WIDTH: usize = 48;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

