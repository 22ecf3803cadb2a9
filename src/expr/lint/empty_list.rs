//! `in []`.

use super::super::ir::Op;
use super::expr_lint::{ExprLint, Subject};
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// A search in a list that is written empty.
pub(super) static EMPTY_LIST: ExprLint = ExprLint {
    name: "empty-list",
    code: &codes::EMPTY_LIST,
    doc: "A search in `[]`, which contains nothing.",
    run,
};

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    subject.ir.walk(&mut |node| {
        if let Op::InSet(_, set) = &node.op
            && set.values().is_empty()
        {
            let message = "`in []` is never true, because the list is empty";
            problems.push(
                Diagnostic::warning(&codes::EMPTY_LIST, message)
                    .at(node.span, "")
                    .help("write the values, or name a list that a project fills: `lists.NAME`"),
            );
        }
    });
    problems
}
