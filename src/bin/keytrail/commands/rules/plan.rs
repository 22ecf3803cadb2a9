//! How the index looks up each rule, and what the prefilter searches for.

use std::fmt::Write;

use keytrail::input::FORMATS;
use keytrail::plan::{ConditionLookup, NeededTexts, Prevented};

use keytrail::config::Policy;

use super::listed::Listed;
use crate::table::Table;

/// How each rule is looked up. If a rule is tried on every record, the part of its condition that
/// prevents a lookup.
pub(super) fn plan(listed: &Listed<'_>) -> String {
    let policy = listed.policy;
    let mut table = Table::new(["RULE", "ON", "LOOKED UP BY", "PREFILTER"]);
    let (mut always, mut conditions) = (0, 0);
    for rule in &listed.rules {
        let needed = NeededTexts::of_rule(rule, FORMATS);
        for (at, (name, lookup)) in ConditionLookup::of_rule(rule).into_iter().enumerate() {
            conditions += 1;
            let is_looked_up = !matches!(lookup, ConditionLookup::Always(..));
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
            let needed = needed.get(at).or(needed.last());
            let searched = needed.map_or_else(String::new, |of| searched(of, is_looked_up, policy));
            table.row([id, rule.on.name().to_owned(), shown, searched]);
        }
    }
    let mut text = table.to_string();
    if always > 0 {
        let are = if always == 1 { "is" } else { "are" };
        let _ = writeln!(text, "\n{always} of {conditions} {are} tried on every record. {SHAPES}");
    }
    text
}

/// What the prefilter (`scan --prefilter`) searches for in the bytes of a record.
fn searched(needed: &NeededTexts<'_>, is_looked_up: bool, policy: &Policy) -> String {
    match needed {
        NeededTexts::AnyOf(texts) if texts.is_empty() => "no record".to_owned(),
        NeededTexts::AnyOf(texts) if texts.len() == 1 => "1 text".to_owned(),
        NeededTexts::AnyOf(texts) => format!("{} texts", texts.len()),
        NeededTexts::Nothing(Some(Prevented { part, what })) if is_looked_up => {
            format!("every record: `{}` {what}", excerpt(policy.sources.text(part.span)))
        }
        NeededTexts::Nothing(_) => "every record".to_owned(),
    }
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

