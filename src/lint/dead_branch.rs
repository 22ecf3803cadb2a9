//! Parts of conditions that never matter.

use std::sync::Arc;

use super::Lint;
use super::conditions::own_conditions;
use crate::config::Policy;
use crate::decide::{Answer, Condition, always_true, implies, never_true};
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, escaped};
use crate::expr::ir::{Comparison, Ir, Op};
use crate::expr::{Expr, Set};
use crate::value::{RecordKind, Type, Value};

/// The longest list whose items are examined.
const MOST_ITEMS: usize = 50;

/// An operand or a list item without which a condition has the same result for every record.
pub(super) static DEAD_BRANCH: Lint = Lint {
    name: "dead-branch",
    code: &codes::DEAD_BRANCH,
    doc: "An operand of `&&` or `||`, or an item of a list in a condition, that never matters.",
    run: |policy, _| {
        let mut problems = Vec::new();
        for (when, on) in own_conditions(policy) {
            let condition = Condition::new(when, on);
            // The whole condition is reported by another lint.
            let constant = [never_true(&condition), always_true(&condition)];
            if constant.iter().all(|answer| !matches!(answer, Answer::Yes)) {
                dead(&Whole { policy, when, condition, on }, when.ir(), true, &mut problems);
            }
        }
        problems
    },
};

/// A condition whose parts are examined.
struct Whole<'p> {
    policy: &'p Policy,
    when: &'p Expr,
    condition: Condition<'p>,
    on: RecordKind,
}

impl Whole<'_> {
    /// Whether the condition has the same result for every record if the part is replaced. The
    /// replacement can only make the whole condition true more often (`widens`), or less often.
    fn is_unchanged(&self, part: &Ir, widens: bool, replace: &mut dyn FnMut(&Ir) -> Ir) -> bool {
        let changed = self.when.replaced(part.id, replace);
        let changed = Condition::new(&changed, self.on);
        let answer = match widens {
            true => implies(&changed, &self.condition),
            false => implies(&self.condition, &changed),
        };
        matches!(answer, Answer::Yes)
    }

    /// Whether a part is written in the file of the condition, and is the same in every project: a
    /// part of a definition may matter elsewhere, and a project can fill an empty list.
    fn is_own(&self, part: &Ir) -> bool {
        let (span, own) = (part.span, self.when.span());
        let mut fixed = true;
        part.walk(&mut |node| {
            fixed &= match &node.op {
                Op::InList(_, list) | Op::NamedList(list) => !list.is_empty(),
                Op::Const(_) => !self.policy.sources.text(node.span).starts_with("params."),
                _ => true,
            };
        });
        fixed && span.file == own.file && own.start <= span.start && span.end <= own.end
    }
}

/// Adds the parts below a node that never matter; of nested ones the outermost. `positive` is false
/// below an odd number of `!`.
fn dead(whole: &Whole<'_>, node: &Ir, positive: bool, out: &mut Vec<Diagnostic>) {
    match &node.op {
        Op::And(parts) | Op::Or(parts) => {
            let all = matches!(node.op, Op::And(_));
            for part in parts {
                let constant = |part: &Ir| Ir { op: Op::Const(Value::Bool(all)), ..part.clone() };
                let written = !matches!(part.op, Op::Const(_)) && whole.is_own(part);
                if written
                    && !is_guard(part)
                    && whole.is_unchanged(part, all == positive, &mut { constant })
                {
                    out.push(problem(part, all));
                    // Two equal operands are each without effect, but not both.
                    return;
                }
            }
            parts.iter().for_each(|part| dead(whole, part, positive, out));
        }
        Op::Not(part) => dead(whole, part, !positive, out),
        Op::InSet(value, set) if set.values().len() <= MOST_ITEMS && whole.is_own(node) => {
            items(whole, node, (value, set), positive, out);
        }
        _ => {}
    }
}

/// Whether a part tests whether there is a value. Such a test documents the test after it.
fn is_guard(part: &Ir) -> bool {
    let missing = |value: &Ir| matches!(value.constant(), Some(Value::Missing));
    match &part.op {
        Op::Has(_) => true,
        Op::Not(part) => is_guard(part),
        Op::Compare(Comparison::Eq | Comparison::Ne, a, b) => missing(a) || missing(b),
        _ => false,
    }
}

fn problem(part: &Ir, all: bool) -> Diagnostic {
    let (message, help) = match all {
        true => (
            "this clause never matters: it is true whenever the others are",
            "delete it, or correct the clause that implies it",
        ),
        false => (
            "this alternative never matters: whenever it is true, another one is, or the rest is false",
            "delete it, or correct the clause that makes it useless",
        ),
    };
    Diagnostic::warning(&codes::DEAD_BRANCH, message).at(part.span, "").help(help)
}

fn items(
    whole: &Whole<'_>,
    node: &Ir,
    (value, set): (&Ir, &Arc<Set>),
    positive: bool,
    out: &mut Vec<Diagnostic>,
) {
    if !matches!(value.ty, Type::Str | Type::Enum(_) | Type::Int) {
        return;
    }
    for (at, item) in set.values().iter().enumerate() {
        let mut rest = set.values().to_vec();
        rest.remove(at);
        let mut without = |node: &Ir| {
            let rest = Arc::new(Set::new(rest.clone()));
            Ir { op: Op::InSet(Box::new(value.clone()), rest), ..node.clone() }
        };
        if whole.is_unchanged(node, !positive, &mut without) {
            let text = whole.policy.sources.text(node.span);
            let item = match item {
                Value::Str(text) => format!("\"{}\"", escaped(text, 60)),
                Value::Int(number) => number.to_string(),
                _ => escaped(text, 60),
            };
            let message = format!("the item `{item}` of this list never matters");
            out.push(
                Diagnostic::warning(&codes::DEAD_BRANCH, message)
                    .at(node.span, "")
                    .help("delete it, or correct the clause that excludes it"),
            );
        }
    }
}
