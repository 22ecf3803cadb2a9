//! Rules for people: a list, or all facts about one rule.

use std::fmt::Write;

use keytrail::diag::escape;
use keytrail::rule::{Category, Pack, Rule, Status};

use super::card::card;
use super::listed::Listed;
use crate::amount::amount;
use crate::table::Table;

/// The facts about the requested rule, or a list.
pub(super) fn write(listed: &Listed<'_>) -> String {
    match (listed.one, listed.rules.as_slice()) {
        (true, [rule]) => card(rule, listed.policy),
        _ => list(listed),
    }
}

/// The rules of each category, the worst first.
fn list(listed: &Listed<'_>) -> String {
    let mut table = Table::new(["", "", "", ""]);
    let mut groups = Vec::new();
    for category in Category::ALL {
        let rules = listed.worst_first(category);
        if rules.is_empty() {
            continue;
        }
        groups.push((category, rules.len()));
        for rule in rules {
            table.row([
                rule.id.clone(),
                rule.severity.name().to_owned(),
                rule.on.name().to_owned(),
                rule.title.clone() + &remark(rule),
            ]);
        }
    }
    // All groups share one table, so that their columns line up. Its lines are distributed below
    // the headings.
    let table = table.to_string();
    let mut lines = table.lines().skip(1);
    let mut text = String::new();
    for (category, count) in groups {
        let gap = if text.is_empty() { "" } else { "\n" };
        let rules = amount(count, "rule", "rules");
        let _ = writeln!(text, "{gap}{}: {} ({rules})", category.name(), category.doc());
        for line in lines.by_ref().take(count) {
            let _ = writeln!(text, "  {line}");
        }
    }
    if !listed.policy.disabled.is_empty() {
        let _ = writeln!(text, "\nturned off: {}", escape(&listed.policy.disabled.join(", ")));
    }
    text
}

/// Unusual properties of a rule.
fn remark(rule: &Rule) -> String {
    let mut remarks = Vec::new();
    if rule.status != Status::Stable {
        remarks.push(rule.status.name());
    }
    if rule.pack != Pack::Core {
        remarks.push(rule.pack.name());
    }
    if rule.not_configured.is_some() {
        remarks.push("not configured");
    }
    if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join(", ")) }
}
