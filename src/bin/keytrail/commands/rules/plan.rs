//! What each rule is looked up by.

use std::fmt::Write;

use keytrail::plan::Lookup;

use super::listed::Listed;
use crate::table::Table;

/// Each rule, and which part of it makes it be tried on every record.
pub(super) fn plan(listed: &Listed<'_>) -> String {
    let policy = listed.policy;
    let mut table = Table::new(["RULE", "ON", "LOOKED UP BY"]);
    let (mut always, mut conditions) = (0, 0);
    for rule in &listed.rules {
        for (name, lookup) in Lookup::of_rule(rule) {
            conditions += 1;
            let shown = match lookup {
                Lookup::Always(part, what) => {
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

/// What the index can use, for those whose rules it cannot.
const SHAPES: &str = "A rule is looked up by a test of a field
against constants: ==, in, starts_with, ends_with, contains, like, matches with a fixed
text, eq_ignore_case, in_cidr or is_private; by itself, beside others in &&, or in every
operand of ||.";

/// A part of a condition on one line.
fn excerpt(text: &str) -> String {
    const WIDTH: usize = 48;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

