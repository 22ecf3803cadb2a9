//! The tightest entry that covers what an entry covered.

use super::coverage::{EntryCoverage, Values};
use crate::allow::Selector;
use crate::config::Policy;
use crate::review::entry_text::{Selected, block, flow, list};
use crate::review::written_entry::WrittenEntry;
use crate::source::Edit;
use crate::value::{Cidr, Wildcards, parse_ip};

/// The most values of a selector that replace wider ones, or are added.
const MOST: usize = 8;

/// The longest line of selectors.
const WIDTH: usize = 100;

/// The tightest entry that covers the same matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tightened {
    /// The ids of its rules.
    pub rules: Vec<String>,
    /// Its selectors.
    pub selectors: Vec<(Selector, Vec<String>)>,
    /// The changes of its file.
    pub edits: Vec<Edit>,
}

impl Tightened {
    /// Its rules as YAML.
    pub fn rules_text(&self) -> String {
        list(&self.rules)
    }

    /// The values of a selector as YAML.
    pub fn values_text(values: &[String]) -> String {
        list(values)
    }
}

/// The tightest entry; `None` if the entry covers nothing, or is as tight.
///
/// The selectors of the entry get the values that were seen. A selector that it lacks is added if its
/// matches have few values of it, except for the user agent, which changes with every release of a
/// client. A whole access key is added only if `keys` may be shown.
pub(super) fn tighten(
    written: &WrittenEntry,
    coverage: &EntryCoverage,
    policy: &Policy,
    keys: bool,
) -> Option<Tightened> {
    if coverage.matches == 0 {
        return None;
    }
    let of_index = |index: &usize| policy.rules.get(*index).map(|rule| rule.id.clone());
    let mut rules: Vec<String> = coverage.rules.keys().filter_map(of_index).collect();
    rules.sort();
    let names = written.node.get("rules")?;
    let mut own: Vec<String> =
        names.items().iter().filter_map(|name| name.text().map(str::to_owned)).collect();
    own.sort();
    own.dedup();

    let mut selectors: Selected = Vec::new();
    for (selector, values) in &written.selectors {
        let none = Values::default();
        let seen = coverage.values.get(selector).unwrap_or(&none);
        selectors.push((*selector, narrowed(*selector, values, seen, keys)));
    }
    let lacks = |selector: &Selector| !written.selectors.iter().any(|(own, _)| own == selector);
    for selector in Selector::ALL.into_iter().filter(|of| *of != Selector::Agent).filter(lacks) {
        let seen = coverage.values.get(&selector);
        let values = seen.and_then(|seen| seen.at_most(MOST)).filter(|values| usable(values));
        let hidden = |values: &[String]| {
            selector == Selector::Ak && !keys && values.iter().any(|value| value != "temporary")
        };
        selectors.extend(values.filter(|values| !hidden(values)).map(|values| (selector, values)));
    }

    let (same_rules, same_selectors) = (own == rules, selectors == written.selectors);
    if same_rules && same_selectors {
        return None;
    }
    let mut edits = Vec::new();
    if !same_rules {
        let text = &policy.sources.file(names.span.file).text;
        edits.push(Edit::of_value(names.span, text, list(&rules)));
    }
    if !same_selectors {
        edits.extend(replace_match(written, &selectors, policy));
    }
    Some(Tightened { rules, selectors, edits })
}

/// The values of a selector that the entry has: those that were seen if they are few, otherwise those
/// written that some match has.
fn narrowed(selector: Selector, written: &[String], seen: &Values, keys: bool) -> Vec<String> {
    let exact = seen.at_most(MOST).filter(|values| usable(values));
    if let Some(values) = exact {
        let written_or_shown = |value: &String| {
            selector != Selector::Ak || keys || value == "temporary" || written.contains(value)
        };
        let same = values.len() == written.len()
            && written.iter().all(|own| values.iter().any(|value| value == own));
        if same {
            return written.to_vec();
        }
        if values.iter().all(written_or_shown) {
            return values;
        }
    }
    if seen.open {
        return written.to_vec();
    }
    let used = |own: &&String| seen.seen.iter().any(|value| matches(selector, own, value));
    written.iter().filter(used).cloned().collect()
}

/// Whether a written value may select a seen one. Words that depend on more than the value may.
fn matches(selector: Selector, own: &str, value: &str) -> bool {
    let like = |ignore_case| Wildcards { ignore_case, ..Wildcards::default() }.matches(own, value);
    match selector {
        Selector::Ip => match (Cidr::parse(own), parse_ip(value)) {
            (Ok(range), Some(ip)) => range.contains(ip),
            _ => true,
        },
        Selector::Ak => own == value || own == "long_term" && value != "temporary",
        Selector::Code => own == "failed" || like(false),
        Selector::Api => like(true),
        Selector::User => like(false),
        _ => own == value,
    }
}

/// Whether a file can state these values.
fn usable(values: &[String]) -> bool {
    let odd = |value: &String| value.trim().is_empty() || value.chars().any(char::is_control);
    !values.iter().any(odd)
}

/// Replaces the value of `match`, in the style in which the entry is written.
fn replace_match(written: &WrittenEntry, selectors: &Selected, policy: &Policy) -> Option<Edit> {
    let entry = written.node.entries().iter().find(|entry| entry.key.text() == "match")?;
    let (key, value) = (entry.key.span(), entry.value.span);
    let file = policy.sources.file(key.file);
    let after = Edit::of_value(value, &file.text, flow(selectors));
    let (_, column) = file.line_col(key.start);
    let in_line = |span: crate::source::Span| policy.sources.text(span).starts_with('{');
    let short = column + "match: ".len() + after.text.chars().count() <= WIDTH;
    if in_line(written.node.span) || in_line(value) && short {
        return Some(after);
    }
    let text = format!(":{}", block(selectors, column - 1 + 2));
    let text = if file.text.contains("\r\n") { text.replace('\n', "\r\n") } else { text };
    Some(Edit { range: key.end as usize..after.range.end, text })
}
