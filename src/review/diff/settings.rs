//! What changed in the settings of the project file, and which files are read.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, ChangeKind, ChangePlace, Effect};
use super::context::{Context, Data};
use super::version::changed_file_lines;
use crate::config::{FAIL_ON, MAX_SKIPPED, MIN_SEVERITY, Policy};
use crate::diag::Level;
use crate::record::HintEntry;
use crate::source::FileId;

/// The changes of settings. Call it after the conditions were compared.
pub(super) fn changes(context: &Context<'_>) -> Vec<Change> {
    let (base, head) = (context.base.policy, context.head.policy);
    let mut of = Settings { context, found: Vec::new() };
    let fail_on = |policy: &Policy| policy.fail_on.unwrap_or(FAIL_ON);
    of.ranked("fail_on", fail_on(base), fail_on(head), |of| of.name().to_owned());
    let least = |policy: &Policy| policy.min_severity.unwrap_or(MIN_SEVERITY);
    of.ranked("min_severity", least(base), least(head), |of| of.name().to_owned());
    let skipped = |policy: &Policy| policy.max_skipped.unwrap_or(MAX_SKIPPED);
    of.ranked("max_skipped", skipped(base), skipped(head), u64::to_string);
    // Without `fail_on_extended` fewer findings fail a run.
    of.ranked("fail_on_extended", !base.fail_on_extended, !head.fail_on_extended, |of| {
        (!of).to_string()
    });
    of.zone();
    of.expected();
    of.lints();
    of.inputs();
    if base.incidents != head.incidents {
        let message = "findings are joined to incidents in another way".to_owned();
        of.push("incidents", Effect::Neutral, message);
    }
    of.found
}

/// The changes of files that no other change explains: files that are no longer read, and files
/// with changes that have no effect.
pub(super) fn files(context: &Context<'_>, others: &[Change]) -> Vec<Change> {
    let base = context.base.policy;
    let own = || base.sources.iter().filter(|(id, _)| !base.is_builtin(*id));
    let places = |of: &Change| [of.base.clone(), of.head.clone()].into_iter().flatten();
    let mut explained: BTreeSet<String> =
        others.iter().flat_map(places).map(|place| place.path).collect();
    let mut out: Vec<Change> = own()
        .filter(|(_, file)| context.head.file(&file.name).is_none())
        .filter_map(|(id, file)| unread(context, id, &file.name, others))
        .filter(|change| change.effect > Effect::Neutral || !explained.contains(&change.name))
        .collect();
    explained.extend(out.iter().flat_map(places).map(|place| place.path));
    for (id, file) in own().filter(|(_, file)| !explained.contains(&file.name)) {
        let Some(other) = context.head.file(&file.name) else { continue };
        if context.head.policy.sources.file(other).text == file.text {
            continue;
        }
        let message = format!("the changes of {} have no effect on what is found", file.name);
        let (before, after) = changed_file_lines((&context.base, id), (&context.head, other));
        out.push(
            Change::new(ChangeKind::File, Effect::Neutral, &file.name, message)
                .at(Some(before), Some(after)),
        );
    }
    out
}

/// A file that the head does not read; `None` if another change says so.
fn unread(context: &Context<'_>, id: FileId, name: &str, others: &[Change]) -> Option<Change> {
    let (base, head) = (context.base.policy, context.head.policy);
    let of_rule = |change: &Change| {
        change.kind == ChangeKind::RuleDeleted
            && change.base.as_ref().is_some_and(|place| place.path == name)
    };
    if others.iter().any(of_rule) {
        return None;
    }
    // Without its entries, an allowlist hides less.
    let is_allowlist = base.allowlist.entries.iter().any(|entry| entry.span.file == id);
    let key = if is_allowlist { "allowlists" } else { "rule_paths" };
    let (effect, message) = match head.has_file(name) {
        true if is_allowlist => {
            (Effect::Neutral, format!("the allowlist {name} is no longer read"))
        }
        true => (Effect::Weaker, format!("the file {name} is no longer read")),
        false => (Effect::Neutral, format!("the file {name} is gone")),
    };
    let place = if head.has_file(name) { context.setting_or_project(&[key]).1 } else { None };
    let start = Some(ChangePlace { path: name.to_owned(), line: 1 });
    Some(Change::new(ChangeKind::File, effect, name, message).at(start, place))
}

struct Settings<'c, 'p> {
    context: &'c Context<'p>,
    found: Vec<Change>,
}

impl Settings<'_, '_> {
    fn push(&mut self, key: &str, effect: Effect, message: String) {
        let (base, head) = self.context.setting_or_project(&[key]);
        self.found.push(Change::new(ChangeKind::Setting, effect, key, message).at(base, head));
    }

    /// Compares a setting of which a greater value is weaker.
    fn ranked<T: Ord + Copy>(&mut self, key: &str, base: T, head: T, shown: fn(&T) -> String) {
        if base != head {
            let effect = if head > base { Effect::Weaker } else { Effect::Stronger };
            let message = format!("`{key}` is {} instead of {}", shown(&head), shown(&base));
            self.push(key, effect, message);
        }
    }

    fn zone(&mut self) {
        let (base, head) = (self.context.base.policy, self.context.head.policy);
        if base.zone.name() == head.zone.name() {
            return;
        }
        let (effect, rules) = self.context.effect_of(&Data::Zone);
        let message = format!(
            "`zone` is {} instead of {}, so days and hours are others",
            head.zone.name(),
            base.zone.name()
        );
        self.push("zone", effect.max(Effect::Undecided), message);
        if let Some(last) = self.found.last_mut() {
            last.rules = rules;
        }
    }

    fn expected(&mut self) {
        let (base, head) = (self.context.base.policy, self.context.head.policy);
        for (from, to, effect, word) in [
            (base, head, Effect::Weaker, "no longer expects"),
            (head, base, Effect::Stronger, "expects"),
        ] {
            for kind in from.expected.difference(&to.expected) {
                self.push("expect", effect, format!("the project {word} {}", kind.noun()));
            }
        }
    }

    fn lints(&mut self) {
        let (base, head) = (self.context.base.policy, self.context.head.policy);
        // Greater is weaker.
        let rank = |level: Option<Option<Level>>| match level {
            Some(Some(Level::Error)) => 0,
            Some(Some(Level::Warning)) | None => 1,
            Some(Some(Level::Note)) => 2,
            Some(None) => 3,
        };
        let shown = |level: Option<Option<Level>>| match level {
            Some(Some(level)) => level.name(),
            Some(None) => "off",
            None => "at its default",
        };
        let names: BTreeSet<&String> = base.lints.keys().chain(head.lints.keys()).collect();
        for name in names {
            let of = |policy: &Policy| policy.lints.get(name).map(|of| of.level);
            let (before, after) = (of(base), of(head));
            if before == after {
                continue;
            }
            let effect = match rank(after).cmp(&rank(before)) {
                std::cmp::Ordering::Greater => Effect::Weaker,
                std::cmp::Ordering::Less => Effect::Stronger,
                std::cmp::Ordering::Equal => Effect::Neutral,
            };
            let message =
                format!("the lint `{name}` is {} instead of {}", shown(after), shown(before));
            self.push("lints", effect, message);
        }
    }

    fn inputs(&mut self) {
        if !same_inputs(self.context.base.policy, self.context.head.policy) {
            let message = "`inputs` is changed, so files may be read in another way".to_owned();
            self.push("inputs", Effect::Undecided, message);
        }
    }
}

/// Whether both versions state the same about input files.
pub(super) fn same_inputs(base: &Policy, head: &Policy) -> bool {
    let described = |policy: &Policy| -> Vec<BTreeMap<&'static str, String>> {
        policy.inputs.iter().map(stated).collect()
    };
    described(base) == described(head)
}

/// What an entry of `inputs` states.
fn stated(entry: &HintEntry) -> BTreeMap<&'static str, String> {
    let hint = &entry.hint;
    let mut of = BTreeMap::from([("path", entry.paths.text().to_owned())]);
    let mut set = |key, value: Option<String>| {
        value.into_iter().for_each(|value| drop(of.insert(key, value)));
    };
    set("format", hint.format.as_ref().map(|of| of.value.name().to_owned()));
    set("account", hint.account.as_ref().map(|of| of.value.clone()));
    set("zone", hint.zone.as_ref().map(|of| of.value.name().to_owned()));
    set("columns", hint.columns.as_ref().map(|of| of.value.names().join(",")));
    of
}
