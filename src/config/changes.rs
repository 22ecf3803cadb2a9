//! How the loaded policy differs from the built-in one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::policy::{FAIL_ON, MAX_SKIPPED, MIN_SEVERITY};
use super::project::RuleChange;
use super::{builtin_files, files};
use crate::rule::{FailOn, ListDifference, OwnItem, Pack, Rule, Severity, ValueChange, as_written};
use crate::source::{Sources, Span};
use crate::table::List;
use crate::yaml;

/// Settings of the gate that differ from their defaults.
pub(super) fn settings(
    fail_on: Option<FailOn>,
    fail_on_extended: Option<bool>,
    min_severity: Option<Severity>,
    max_skipped: Option<u64>,
) -> Vec<ValueChange> {
    let settings = [
        ("fail_on", FAIL_ON.name().to_owned(), fail_on.map(|of| of.name().to_owned())),
        ("fail_on_extended", false.to_string(), fail_on_extended.map(|of| of.to_string())),
        (
            "min_severity",
            MIN_SEVERITY.name().to_owned(),
            min_severity.map(|of| of.name().to_owned()),
        ),
        ("max_skipped", MAX_SKIPPED.to_string(), max_skipped.map(|of| of.to_string())),
    ];
    let changed = settings.into_iter().filter_map(|(name, from, to)| {
        let to = to.filter(|to| *to != from)?;
        Some(ValueChange { name: name.to_owned(), from, to })
    });
    changed.collect()
}

/// Lists whose entries differ, sorted by id.
pub(super) fn lists(
    before: &BTreeMap<String, Arc<List>>,
    after: &BTreeMap<String, Arc<List>>,
) -> Vec<ListDifference> {
    let differences = after.iter().filter_map(|(id, list)| {
        let before = before.get(id)?;
        let (added, removed) = (beyond(list, before), beyond(before, list));
        let differs = !added.is_empty() || !removed.is_empty();
        differs.then(|| ListDifference { list: id.clone(), added, removed })
    });
    differences.collect()
}

/// The entries of a list that the other does not have.
fn beyond(list: &List, other: &List) -> Vec<String> {
    let has = |text: &str| other.values().iter().any(|own| own.text.eq_ignore_ascii_case(text));
    let own = list.values().iter().map(|value| value.text.as_str());
    own.filter(|text| !has(text)).map(str::to_owned).collect()
}

/// The pack of a rule, if the project file moves it to another one than its file.
pub(super) fn pack(rule: &Rule, written: Option<Pack>) -> Option<ValueChange> {
    let from = written.unwrap_or(Pack::Core);
    (from != rule.pack).then(|| ValueChange {
        name: format!("pack of {}", rule.id),
        from: from.name().to_owned(),
        to: rule.pack.name().to_owned(),
    })
}

/// Parameters of a rule that the project file sets to other values than their defaults.
pub(super) fn params(rule: &Rule, change: &RuleChange) -> Vec<ValueChange> {
    let set = change.params.iter().filter_map(|(name, (_, value))| {
        let parameter = rule.parameters.iter().find(|parameter| parameter.name == *name)?;
        let (from, to) = (parameter.default.clone(), as_written(value));
        (from != to).then(|| ValueChange { name: format!("{}.{name}", rule.id), from, to })
    });
    set.collect()
}

/// Items of one kind that do not ship with Keytrail, by name, each with the place where its name is
/// written. An exact copy of a built-in file is not listed.
pub(super) fn own(
    kind: &'static str,
    places: &BTreeMap<String, Span>,
    sources: &Sources,
) -> Vec<OwnItem> {
    let own = places.iter().filter(|(_, span)| !files::is_builtin(sources, span.file));
    let item = |(name, span): (&String, &Span)| {
        let file = sources.file(span.file);
        let builtin = builtin(kind, name);
        if builtin.contains(&&*file.text) {
            return None;
        }
        let (name, file) = (name.clone(), file.name.clone());
        Some(OwnItem { kind, name, file, replaces: !builtin.is_empty() })
    };
    own.filter_map(item).collect()
}

/// The texts of the built-in files that define an item.
fn builtin(kind: &str, name: &str) -> Vec<&'static str> {
    let folders = match kind {
        "rule" => &["detections/", "extended/"][..],
        "list" => &["lists/"],
        "table" => &["tables/"],
        _ => &["definitions/"],
    };
    let in_folder = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
    let of_kind = builtin_files::FILES.iter().filter(|(path, _)| in_folder(path));
    let defines = |path: &str, text: &str| match kind {
        "definition" => defined(text).iter().any(|other| other == name),
        _ => Path::new(path).file_stem().is_some_and(|file| file == name),
    };
    of_kind.filter(|(path, text)| defines(path, text)).map(|(_, text)| *text).collect()
}

/// The names that a file of definitions defines.
fn defined(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("definitions", text);
    let Ok(node) = yaml::parse(file, &sources) else { return Vec::new() };
    let entries = node.get("definitions").map_or(&[][..], |node| node.entries());
    entries.iter().map(|entry| entry.key.text().to_owned()).collect()
}
