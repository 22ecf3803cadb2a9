//! Providers that a rule names and none of its tests covers.

use std::collections::BTreeSet;

use super::Lint;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::expr::ir::{Comparison, Ir, Op};
use crate::input::FORMATS;
use crate::record::Provider;
use crate::record::field::{cred, event};
use crate::rule::Rule;
use crate::value::Value;
use crate::yaml::{Node, NodeKind};

/// A provider that the condition of a rule names, and that no record of its tests has.
pub(super) static UNTESTED_PROVIDER: Lint = Lint {
    name: "untested-provider",
    code: &codes::UNTESTED_PROVIDER,
    doc: "A provider that a rule compares `event.provider` or `cred.provider` with, and that none of its tests has.",
    run: |policy, _| {
        let own = policy.rules.iter().filter(|rule| !rule.builtin && !rule.tests.is_empty());
        own.flat_map(untested).collect()
    },
};

fn untested(rule: &Rule) -> Vec<Diagnostic> {
    let mut named: Vec<(&str, &Ir)> = Vec::new();
    for step in &rule.steps {
        // A definition may name providers that the rule is not about.
        step.when.ir().walk(&mut |node| {
            if node.span.file == rule.id_span.file {
                named.extend(providers(node));
            }
        });
    }
    named.sort_by_key(|(name, _)| *name);
    named.dedup_by_key(|(name, _)| *name);
    let mut tested = BTreeSet::new();
    rule.tests.iter().for_each(|test| covered(&test.node, &mut tested));
    let lacking = named.into_iter().filter(|(name, _)| !tested.contains(*name));
    let problem = |(name, node): (&str, &Ir)| {
        let message = format!("no test of the rule `{}` has a record of {name}", rule.id);
        Diagnostic::warning(&codes::UNTESTED_PROVIDER, message)
            .at(node.span, "named here")
            .at(rule.id_span, "the rule")
            .help(format!("add a test with `provider: {name}`"))
    };
    lacking.map(problem).collect()
}

/// The providers that a test compares with.
fn providers(node: &Ir) -> Vec<(&'static str, &Ir)> {
    let is_provider = |value: &Ir| matches!(value.op, Op::Field(event::PROVIDER | cred::PROVIDER));
    let values: Vec<&Value<'static>> = match &node.op {
        Op::Compare(Comparison::Eq, a, b) if is_provider(a) => b.constant().into_iter().collect(),
        Op::Compare(Comparison::Eq, a, b) if is_provider(b) => a.constant().into_iter().collect(),
        Op::InSet(value, set) if is_provider(value) => set.values().iter().collect(),
        _ => return Vec::new(),
    };
    let names = Provider::ALL.map(Provider::name).into_iter();
    let named = names.filter(|name| values.iter().any(|value| value.as_str() == Some(name)));
    named.map(|name| (name, node)).collect()
}

/// Adds the providers of the records of a test.
fn covered(node: &Node, out: &mut BTreeSet<String>) {
    match &node.kind {
        NodeKind::Mapping(entries) => {
            for entry in entries {
                match (entry.key.text(), entry.value.text()) {
                    ("provider", Some(name)) => drop(out.insert(name.to_owned())),
                    ("format", Some(name)) => {
                        let format = FORMATS.iter().find(|format| format.name() == name);
                        out.extend(format.map(|format| format.provider().name().to_owned()));
                    }
                    _ => covered(&entry.value, out),
                }
            }
        }
        NodeKind::Sequence(items) => items.iter().for_each(|item| covered(item, out)),
        _ => {}
    }
}
