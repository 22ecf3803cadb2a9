//! `&&` and `||` side by side.

use super::super::ast::{Node, Syntax};
use super::expr_lint::{ExprLint, Subject};
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// `a && b || c` without brackets.
pub(super) static MIXED_LOGIC: ExprLint = ExprLint {
    name: "mixed-logic",
    code: &codes::MIXED_LOGIC,
    doc: "`&&` next to `||` without brackets around one of them.",
    run,
};

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if let Some(node) = subject.node {
        visit(node, subject, &mut problems);
    }
    problems
}

fn visit(node: &Node, subject: &Subject<'_>, problems: &mut Vec<Diagnostic>) {
    if let Syntax::Or(parts) = &node.syntax {
        let text = &subject.fragment.text;
        let bare = |part: &&Node| matches!(part.syntax, Syntax::And(_)) && !bracketed(part, text);
        if let Some(part) = parts.iter().find(bare) {
            let message = "`&&` binds before `||`, and no brackets show that this is meant";
            problems.push(
                Diagnostic::warning(&codes::MIXED_LOGIC, message)
                    .at(subject.fragment.locate(part.at.start, part.at.end), "this belongs together")
                    .help("put brackets around what belongs together: `(a && b) || c` or `a && (b || c)`"),
            );
        }
    }
    for child in node.children() {
        visit(child, subject, problems);
    }
}

/// Whether the node has its own brackets.
fn bracketed(node: &Node, text: &str) -> bool {
    let before = text.get(..node.at.start).unwrap_or("").trim_end();
    let after = text.get(node.at.end..).unwrap_or("").trim_start();
    before.ends_with('(') && after.starts_with(')')
}
