//! The first text of an allowlist entry.

use std::collections::BTreeSet;

use crate::allow::Selector;
use crate::output::report_v1::{Calls, Finding, Report};
use crate::review::{Selected, entry_block, entry_list};
use crate::source::Sources;
use crate::value::{is_masked, parse_ip};
use crate::yaml::{self, Node, NodeKind, written_scalar};

/// What stands where a person must write the reason or the owner.
pub const PLACEHOLDER: &str = "TODO";

/// The most values of a selector that an entry lists.
const MOST: usize = 20;

/// What a person states about a new entry.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// Its id; made from the rule and the fingerprint if it is not given.
    pub id: Option<&'a str>,
    /// Why the calls are accepted.
    pub reason: Option<&'a str>,
    /// Who is responsible for it.
    pub owner: Option<&'a str>,
    /// The last valid day.
    pub expires: &'a str,
}

/// The text of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryText {
    /// Its lines from `id:` on, without indentation.
    pub lines: String,
    /// What the report does not show, so that the entry may cover more or less than the finding.
    pub notes: Vec<String>,
}

/// The tightest entry that covers a finding of a report: the values that its calls have.
pub fn entry_of(report: &Report<'_>, finding: &Finding<'_>, new: NewEntry<'_>) -> EntryText {
    let calls = &finding.calls;
    let of_event = report.rules.iter().any(|rule| rule.id == finding.rule && rule.on == "event");
    let mut notes = Vec::new();
    let mut selectors: Selected = Vec::new();
    let mut add = |selector, values: Option<BTreeSet<String>>| {
        if let Some(values) = values {
            selectors.push((selector, values.into_iter().collect::<Vec<_>>()));
            return true;
        }
        false
    };
    let text = |value: &Option<std::borrow::Cow<'_, str>>| value.as_ref().map(|v| v.to_string());
    let user = add(Selector::User, each(calls, |of| text(&of.user).filter(|name| is_name(name))));
    let ak = add(Selector::Ak, each(calls, |of| text(&of.ak).filter(|key| !is_masked(key))));
    let ip = of_event
        && add(
            Selector::Ip,
            each(calls, |of| text(&of.source).filter(|source| parse_ip(source).is_some())),
        );
    if of_event {
        let api = |of: &Calls<'_>| {
            let (service, api) = (of.service.as_ref()?, of.api.as_ref()?);
            Some(format!("{}:{service}.{api}", finding.provider))
        };
        if !add(Selector::Api, each(calls, api)) {
            notes.push("the entry accepts every operation, because the finding has too many or some have no name".to_owned());
        }
        add(Selector::Method, each(calls, |of| text(&of.method)));
    }
    add(Selector::Account, each(calls, |of| text(&of.account)));
    if of_event {
        let outcome =
            |of: &Calls<'_>| of.ok.map(|ok| if ok { "success" } else { "failed" }.to_owned());
        add(Selector::Code, each(calls, outcome).filter(|values| values.len() == 1));
    }
    if !(user || ak || ip) {
        notes.push(
            "nothing in the entry identifies the caller: add `ip`, `ak` or `user`".to_owned(),
        );
    }
    if let Some(others) = &finding.others {
        notes.push(format!(
            "the report leaves out {} of the {} matches, which the entry covers only if they have the same values",
            others.count, finding.count
        ));
    }
    EntryText { lines: lines(finding, &selectors, new), notes }
}

fn lines(finding: &Finding<'_>, selectors: &Selected, new: NewEntry<'_>) -> String {
    let start = finding.fingerprint.get(..8).unwrap_or(&finding.fingerprint);
    let own = format!("{}-{start}", finding.rule);
    let id = written_scalar(new.id.unwrap_or(&own));
    let rules = entry_list(&[finding.rule.to_string()]);
    let reason = new.reason.map(str::to_owned);
    let reason = reason.unwrap_or_else(|| format!("{PLACEHOLDER}: why these calls are accepted"));
    let owner = new.owner.map(str::to_owned);
    let owner = owner.unwrap_or_else(|| format!("{PLACEHOLDER}: the person or team responsible"));
    format!(
        "id: {id}\nrules: {rules}\nmatch:{}\nreason: {}\nowner: {}\nexpires: {}\n",
        entry_block(selectors, 2),
        written_scalar(&reason),
        written_scalar(&owner),
        new.expires
    )
}

/// The values that calls have, if each has one and they are few.
fn each(
    calls: &[Calls<'_>],
    value: impl Fn(&Calls<'_>) -> Option<String>,
) -> Option<BTreeSet<String>> {
    let values: Option<BTreeSet<String>> = calls.iter().map(value).collect();
    let odd = |value: &String| value.trim().is_empty() || value.chars().any(char::is_control);
    values.filter(|values| (1..=MOST).contains(&values.len()) && !values.iter().any(odd))
}

/// Whether a report shows a user name and not a placeholder for a secret.
fn is_name(name: &str) -> bool {
    !name.starts_with('[')
}

impl EntryText {
    /// The entry as an item of a list that is indented by this many spaces.
    pub fn item(&self, indent: usize) -> String {
        let mut text = String::new();
        for (at, line) in self.lines.lines().enumerate() {
            let dash = if at == 0 { "- " } else { "  " };
            text.push_str(&format!("{:indent$}{dash}{line}\n", ""));
        }
        text
    }

    /// The entry as a whole allowlist file.
    pub fn file(&self) -> String {
        format!("entries:\n{}", self.item(2))
    }
}

/// The text of an allowlist with one more entry at its end; `None` if the text has a form to which
/// nothing can be added: the entries must be a list of lines, or `[]`, at the end of the file.
pub fn with_entry(text: &str, entry: &EntryText) -> Option<String> {
    let mut sources = Sources::default();
    let file = sources.add("allowlist", text);
    let document = yaml::parse(file, &sources).ok()?;
    let [only] = document.entries() else { return None };
    if only.key.text() != "entries" {
        return None;
    }
    let is_empty = match &only.value.kind {
        NodeKind::Null => true,
        NodeKind::Sequence(items) => items.is_empty(),
        _ => return None,
    };
    if is_empty {
        let (before, rest) = text.split_at_checked(only.key.span().end as usize)?;
        let rest = rest.strip_prefix(':')?.trim_start();
        let rest = rest.strip_prefix("[]").unwrap_or(rest);
        let nothing = rest.lines().all(is_blank);
        return nothing.then(|| format!("{before}:\n{}", entry.item(2)));
    }
    let list = only.value.span;
    let (start, end) = (list.start as usize, list.end as usize);
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    if !after.lines().all(is_blank) {
        return None;
    }
    let first: &Node = only.value.items().first()?;
    let line = text.get(..first.span.start as usize)?.rsplit('\n').next()?;
    // A list in brackets has no dashes.
    let indent = line.strip_suffix("- ").filter(|spaces| spaces.trim().is_empty())?.len();
    let body = text.get(start..end)?;
    Some(format!("{before}{}\n{}", body.trim_end(), entry.item(indent)))
}

/// Whether a line is empty or a comment.
fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_added_at_the_end_of_a_list() {
        let entry = EntryText { lines: "id: b\nrules: [r]\n".to_owned(), notes: Vec::new() };
        for (text, expected) in [
            ("entries: []\n", Some("entries:\n  - id: b\n    rules: [r]\n")),
            ("# a\nentries:\n", Some("# a\nentries:\n  - id: b\n    rules: [r]\n")),
            (
                "entries:\n- id: a\n  match: {}\n\n",
                Some("entries:\n- id: a\n  match: {}\n- id: b\n  rules: [r]\n"),
            ),
            (
                "entries:\n    - { id: a }",
                Some("entries:\n    - { id: a }\n    - id: b\n      rules: [r]\n"),
            ),
            ("entries: [{ id: a }]\n", None),
            ("entries:\n  - id: a\nother: 1\n", None),
            ("rule: 1\n", None),
            ("entries: [\n", None),
        ] {
            assert_eq!(with_entry(text, &entry).as_deref(), expected, "{text}");
        }
    }
}
