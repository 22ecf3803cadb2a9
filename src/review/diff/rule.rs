//! What changed in one rule.

use super::change::{Change, ChangeKind, Effect};
use super::construct;
use super::context::{Context, Data, Places, changed_parameters, shown_param, values};
use super::data::difference;
use super::raises;
use super::rule_changes::RuleChanges;
use super::version::changed_file_lines;
use crate::decide::same;
use crate::diag::escaped;
use crate::expr::Param;
use crate::rule::{Pack, Rule, Status};

/// The changes of a rule that both versions have.
pub(super) fn changes(context: &Context<'_>, base: &Rule, head: &Rule) -> Vec<Change> {
    let mut of = RuleChanges::new(context, base, head);
    of.severity();
    of.status();
    of.configured();
    construct::compare(&mut of);
    raises::compare(&mut of);
    of.message();
    of.tests();
    of.parameters();
    of.texts();
    of.found
}

impl RuleChanges<'_, '_> {
    /// Where the project file sets a key of the rule, or else its file.
    fn set_or_key(&self, key: &str) -> Places {
        let (base, head) = self.context.setting(&["rules", &self.head.id, key]);
        let (own_base, own_head) = self.key(&[key]);
        match (base, head) {
            (None, None) => (own_base, own_head),
            (base, head) => (base.or(own_base), head.or(own_head)),
        }
    }

    fn severity(&mut self) {
        let (from, to) = (self.base.severity, self.head.severity);
        if from != to {
            let effect = if to < from { Effect::Weaker } else { Effect::Stronger };
            let word = if to < from { "lowered" } else { "raised" };
            let message = format!("the severity is {word} from {} to {}", from.name(), to.name());
            let places = self.set_or_key("severity");
            self.push(ChangeKind::Severity, effect, &message, places);
        }
    }

    fn status(&mut self) {
        let in_force = |status| status != Status::Experimental;
        let (from, to) = (self.base.status, self.head.status);
        if from != to {
            let effect = match (in_force(from), in_force(to)) {
                (true, false) => Effect::Weaker,
                (false, true) => Effect::Stronger,
                _ => Effect::Neutral,
            };
            let note = match effect {
                Effect::Weaker => ", so its findings no longer fail a run",
                _ => "",
            };
            let message = format!("the status is {} instead of {}{note}", to.name(), from.name());
            let places = self.key(&["status"]);
            self.push(ChangeKind::Status, effect, &message, places);
        }
        let (from, to) = (self.base.pack, self.head.pack);
        if from != to {
            let (effect, note) = match to {
                Pack::Extended => (Effect::Weaker, ", so its findings no longer fail a run"),
                Pack::Core => (Effect::Stronger, ""),
            };
            let message = format!("the pack is {} instead of {}{note}", to.name(), from.name());
            let places = self.set_or_key("pack");
            self.push(ChangeKind::Pack, effect, &message, places);
        }
    }

    fn configured(&mut self) {
        let (effect, message) = match (&self.base.not_configured, &self.head.not_configured) {
            (None, Some(reason)) => {
                (Effect::Weaker, format!("the rule can no longer match: {reason}"))
            }
            (Some(_), None) => (Effect::Stronger, "the rule can match now".to_owned()),
            _ => return,
        };
        let places = self.key(&["when"]);
        self.push(ChangeKind::Configured, effect, &message, places);
    }

    fn message(&mut self) {
        if !same(&self.base.message, &self.head.message) {
            let cause = self.context.cause(&self.base.message, &self.head.message, None);
            self.push(ChangeKind::Message, Effect::Neutral, "the message is changed", cause.places);
        }
    }

    fn tests(&mut self) {
        let (base, head) = (self.base, self.head);
        let of_head = |name: &str| head.tests.iter().find(|test| test.name == name);
        let removed: Vec<&str> = base
            .tests
            .iter()
            .map(|test| test.name.as_str())
            .filter(|name| of_head(name).is_none())
            .collect();
        if !removed.is_empty() {
            let message = match removed.as_slice() {
                [one] => format!("the test \"{one}\" is removed"),
                many => format!("{} tests are removed: {}", many.len(), named(many)),
            };
            let places = self.key(&["tests"]);
            self.push(ChangeKind::Tests, Effect::Weaker, &message, places);
        }
        let weaker: Vec<&str> = base
            .tests
            .iter()
            .filter(|test| {
                let finds = test.expect.finds() == Some(true);
                of_head(&test.name).is_some_and(|of| finds && of.expect.finds() != Some(true))
            })
            .map(|test| test.name.as_str())
            .collect();
        if !weaker.is_empty() {
            let message = format!("no finding is expected any more by {}", named(&weaker));
            let places = self.key(&["tests"]);
            self.push(ChangeKind::Tests, Effect::Weaker, &message, places);
        }
        let accepted: Vec<&str> = head
            .survivors
            .iter()
            .filter(|of| {
                !base.survivors.iter().any(|old| old.code == of.code && old.change == of.change)
            })
            .map(|of| of.code.as_str())
            .collect();
        if !accepted.is_empty() {
            let message = format!("tests need not notice changes of {}", named(&accepted));
            let places = self.key(&["survivors"]);
            self.push(ChangeKind::Tests, Effect::Weaker, &message, places);
        }
    }

    fn parameters(&mut self) {
        for name in changed_parameters(self.base, self.head) {
            let (before, after) = (self.base.params.get(&name), self.head.params.get(&name));
            let what = match (before, after) {
                (Some(Param::List(before)), Some(Param::List(after))) => {
                    difference(&values(before), &values(after))
                }
                (before, after) => {
                    let shown = |param: Option<&Param>| {
                        escaped(&param.map(shown_param).unwrap_or_default(), 80)
                    };
                    format!("is {} instead of {}", shown(after), shown(before))
                }
            };
            let data = Data::Parameter(self.head.id.clone(), name.clone());
            let (effect, _) = self.context.effect_of(&data);
            let places = self.context.places(&data);
            let message = format!("the parameter `{name}` {what}");
            self.push(ChangeKind::Parameter, effect, &message, places);
        }
    }

    /// The texts that are only shown, if nothing else changed in the file.
    fn texts(&mut self) {
        let (base, head) = (self.base, self.head);
        let mut changed = Vec::new();
        let mut add = |differs: bool, name: &'static str| {
            if differs {
                changed.push(name);
            }
        };
        add(base.id != head.id, "id");
        add(base.title != head.title, "title");
        add(base.description != head.description, "description");
        add(base.remediation != head.remediation, "remediation");
        add(base.category != head.category, "category");
        add(base.confidence != head.confidence, "confidence");
        add(base.tags != head.tags, "tags");
        add(base.controls != head.controls, "controls");
        add(base.references != head.references, "references");
        add(base.false_positives != head.false_positives, "false_positives");
        if let Some(first) = changed.first() {
            let places = self.key(&[first]);
            let message = format!("changed: {}", changed.join(", "));
            self.push(ChangeKind::Texts, Effect::Neutral, &message, places);
        }
        if base.id != head.id || base.renamed_from == head.renamed_from {
            return;
        }
        let files = (base.id_span.file, head.id_span.file);
        let (of_base, of_head) =
            changed_file_lines((&self.context.base, files.0), (&self.context.head, files.1));
        let message = "`renamed_from` is changed, so its findings have other fingerprints";
        let places = (Some(of_base), Some(of_head));
        self.push(ChangeKind::Texts, Effect::Undecided, message, places);
    }
}

/// The first names of several, quoted.
fn named(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> =
        names.iter().take(SHOWN).map(|name| format!("\"{}\"", escaped(name, 60))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
