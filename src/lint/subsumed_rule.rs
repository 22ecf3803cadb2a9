//! Rules that find nothing that another rule does not find.

use super::Lint;
use crate::config::Policy;
use crate::decide::{Answer, Condition, Witness, implies, never_true};
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::rule::Rule;

/// A rule whose matches are all matches of another rule, with the same subject and at least the
/// same severity.
pub(super) static SUBSUMED_RULE: Lint = Lint {
    name: "subsumed-rule",
    code: &codes::SUBSUMED_RULE,
    doc: "A rule whose matches are all found by another rule of at least the same severity.",
    run: |policy, _| {
        let plain: Vec<Prepared<'_>> =
            policy.rules.iter().filter_map(|rule| prepare(policy, rule)).collect();
        let own = plain.iter().filter(|of| !of.rule.builtin);
        own.filter_map(|narrow| plain.iter().find_map(|wide| subsumed(narrow, wide))).collect()
    },
};

/// A rule with one condition, and a record that it matches.
struct Prepared<'p> {
    rule: &'p Rule,
    condition: Condition<'p>,
    matched: Box<Witness>,
    by: Vec<&'p str>,
}

fn prepare<'p>(policy: &'p Policy, rule: &'p Rule) -> Option<Prepared<'p>> {
    let [step] = &rule.steps[..] else { return None };
    if rule.correlates() {
        return None;
    }
    let condition = Condition::new(&step.when, rule.on);
    let Answer::No(matched) = never_true(&condition) else { return None };
    let by = step.by.iter().map(|(_, by)| policy.sources.text(by.span())).collect();
    Some(Prepared { rule, condition, matched, by })
}

fn subsumed(narrow: &Prepared<'_>, wide: &Prepared<'_>) -> Option<Diagnostic> {
    let (a, b) = (narrow.rule, wide.rule);
    let other = a.id != b.id && a.on == b.on && a.severity <= b.severity && narrow.by == wide.by;
    let [step] = &b.steps[..] else { return None };
    if !other || step.when.test(&narrow.matched.bindings()) != Ok(true) {
        return None;
    }
    if !matches!(implies(&narrow.condition, &wide.condition), Answer::Yes) {
        return None;
    }
    let equal = a.severity == b.severity
        && matches!(implies(&wide.condition, &narrow.condition), Answer::Yes);
    // Of two equal rules, one is reported.
    if equal && a.id < b.id && !b.builtin {
        return None;
    }
    let message = match equal {
        true => format!("the rules `{}` and `{}` match the same records", a.id, b.id),
        false => format!("the rule `{}` matches every record that `{}` matches", b.id, a.id),
    };
    let problem = Diagnostic::warning(&codes::SUBSUMED_RULE, message).at(a.id_span, "");
    let problem = if b.builtin { problem } else { problem.at(b.id_span, "the other rule") };
    Some(problem.help("delete one of them, or give this one a higher severity"))
}
