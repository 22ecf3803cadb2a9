//! Conditions that have the same result for every record.

use super::Lint;
use super::conditions::own_conditions;
use crate::decide::{Answer, Condition, always_true, both, never_true};
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::expr::Expr;
use crate::expr::ir::{Ir, Op};
use crate::rule::Judged;
use crate::value::RecordKind;

/// A condition that no record meets, or every record.
pub(super) static CONSTANT_CONDITION: Lint = Lint {
    name: "constant-condition",
    code: &codes::CONSTANT_CONDITION,
    doc: "A condition of a rule or an allowlist entry that is never true, or always.",
    run: |policy, _| {
        let mut problems = Vec::new();
        for (when, on) in own_conditions(policy) {
            problems.extend(constant(when, on));
        }
        for rule in policy.rules.iter().filter(|rule| !rule.builtin) {
            let [step] = &rule.steps[..] else { continue };
            // A condition that is never true is reported itself.
            let of_step = Condition::new(&step.when, rule.on);
            if matches!(never_true(&of_step), Answer::Yes) {
                continue;
            }
            for raise in rule.raise.iter().filter(|raise| raise.judged == Judged::Match) {
                let joined = both(&step.when, &raise.when);
                if !is_constant(&raise.when)
                    && matches!(never_true(&Condition::new(&joined, rule.on)), Answer::Yes)
                {
                    let message = "this condition is never true for a match of the rule";
                    problems.push(
                        Diagnostic::warning(&codes::CONSTANT_CONDITION, message)
                            .at(raise.when.span(), "")
                            .at(step.when.span(), "it contradicts this condition")
                            .help("correct it, or delete this arm of `raise`"),
                    );
                }
            }
        }
        problems
    },
};

/// Whether a condition was written as a constant, which is meant.
fn is_constant(when: &Expr) -> bool {
    matches!(when.ir().op, Op::Const(_))
}

fn constant(when: &Expr, on: RecordKind) -> Option<Diagnostic> {
    if is_constant(when) {
        return None;
    }
    let condition = Condition::new(when, on);
    if matches!(never_true(&condition), Answer::Yes) {
        let problem =
            Diagnostic::warning(&codes::CONSTANT_CONDITION, "this condition is never true");
        let problem = match contradiction(when.ir(), on) {
            Some((a, b)) => problem.at(b.span, "").at(a.span, "it contradicts this clause"),
            None => problem.at(when.span(), "no record meets it"),
        };
        return Some(problem.help("correct one of the clauses"));
    }
    matches!(always_true(&condition), Answer::Yes).then(|| {
        Diagnostic::warning(&codes::CONSTANT_CONDITION, "this condition is always true")
            .at(when.span(), "every record meets it")
            .help("write `true` if that is meant")
    })
}

/// Two clauses that are never true together.
fn contradiction(when: &Ir, on: RecordKind) -> Option<(&Ir, &Ir)> {
    let Op::And(parts) = &when.op else { return None };
    let parts: Vec<(&Ir, Expr)> = parts.iter().map(|part| (part, Expr::of_part(part))).collect();
    parts.iter().enumerate().find_map(|(at, (b, of_b))| {
        parts[..at].iter().find_map(|(a, of_a)| {
            let joined = both(of_a, of_b);
            matches!(never_true(&Condition::new(&joined, on)), Answer::Yes).then_some((*a, *b))
        })
    })
}
