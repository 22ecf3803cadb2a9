//! Rules that are new, gone, enabled or disabled, and what changed in the others.

use std::collections::BTreeSet;

use super::change::{Change, ChangeKind, Effect};
use super::context::Context;
use super::rule;
use crate::rule::Rule;

/// The changes of all rules.
pub(super) fn changes(context: &Context<'_>) -> Vec<Change> {
    let (base, head) = (context.base.policy, context.head.policy);
    let ids: BTreeSet<&str> =
        base.rules.iter().chain(&head.rules).map(|rule| rule.id.as_str()).collect();
    let renamed = |old: &str| {
        let new = head.rules.iter().find(|rule| rule.renamed_from.as_deref() == Some(old));
        new.filter(|_| context.head.rule(old).is_none())
    };
    let mut out = Vec::new();
    let mut without_builtin = Vec::new();
    for id in ids {
        match (context.base.rule(id), context.head.rule(id)) {
            (Some(before), Some(after)) => out.extend(rule::changes(context, before, after)),
            (Some(before), None) => match renamed(id) {
                Some(after) => out.extend(rule::changes(context, before, after)),
                None if is_no_longer_loaded(context, before) => without_builtin.push(before),
                None => out.push(gone(context, before)),
            },
            (None, Some(after)) => {
                let old = after.renamed_from.as_deref();
                let is_renamed = old.is_some_and(|old| {
                    context.base.rule(old).is_some() && context.head.rule(old).is_none()
                });
                if !is_renamed {
                    out.push(new(context, after));
                }
            }
            (None, None) => {}
        }
    }
    if !without_builtin.is_empty() {
        out.push(no_builtin(context, &without_builtin));
    }
    out
}

/// Whether a rule ships with Keytrail and the head loads no built-in rules, or not those of its
/// pack.
fn is_no_longer_loaded(context: &Context<'_>, rule: &Rule) -> bool {
    let head = context.head.policy;
    rule.builtin
        && !head.disabled.contains(&rule.id)
        && (context.head.file(&context.base.at(rule.id_span).path).is_none())
}

fn no_builtin(context: &Context<'_>, rules: &[&Rule]) -> Change {
    let what = match rules {
        [one] => format!("the built-in rule `{}` is", one.id),
        many => format!("{} built-in rules are", many.len()),
    };
    let message = format!("{what} no longer loaded");
    let (base, head) = context.setting_or_project(&["extends"]);
    Change::new(ChangeKind::Builtin, Effect::Weaker, "extends", message)
        .at(base, head)
        .of_rules(rules.iter().map(|rule| rule.id.clone()))
}

fn gone(context: &Context<'_>, rule: &Rule) -> Change {
    let id = &rule.id;
    let base = context.base.at(rule.id_span);
    if context.head.policy.disabled.contains(id) {
        let (_, head) = context.setting_or_project(&["rules", id, "enabled"]);
        let message = format!("the rule `{id}` is disabled");
        return Change::new(ChangeKind::RuleDisabled, Effect::Weaker, id, message)
            .at(Some(base), head)
            .of_rules([id.clone()]);
    }
    let unread =
        context.head.policy.has_file(&base.path) && context.head.file(&base.path).is_none();
    let message = match unread {
        true => format!(
            "the rule `{id}` is no longer loaded, because its file {} is not read",
            base.path
        ),
        false => format!("the rule `{id}` is deleted"),
    };
    let (_, head) = if unread { context.setting_or_project(&["rule_paths"]) } else { (None, None) };
    Change::new(ChangeKind::RuleDeleted, Effect::Weaker, id, message)
        .at(Some(base), head)
        .of_rules([id.clone()])
}

fn new(context: &Context<'_>, rule: &Rule) -> Change {
    let id = &rule.id;
    let head = Some(context.head.at(rule.id_span));
    let (kind, what, base) = match context.base.policy.disabled.contains(id) {
        true => (
            ChangeKind::RuleEnabled,
            "is no longer disabled",
            context.setting_or_project(&["rules", id, "enabled"]).0,
        ),
        false => (ChangeKind::RuleAdded, "is new", None),
    };
    Change::new(kind, Effect::Stronger, id, format!("the rule `{id}` {what}"))
        .at(base, head)
        .of_rules([id.clone()])
}
