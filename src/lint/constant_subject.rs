//! Parts of a subject that do not distinguish subjects.

use super::Lint;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::expr::Expr;
use crate::source::Span;
use crate::value::Type;

/// A constant or a time in `by`.
pub(super) static CONSTANT_SUBJECT: Lint = Lint {
    name: "constant-subject",
    code: &codes::CONSTANT_SUBJECT,
    doc: "A constant or a time in `by` of a rule.",
    run: |policy, _| {
        let mut problems: Vec<Diagnostic> = Vec::new();
        let mut checked: Vec<Span> = Vec::new();
        for (text, expr) in
            policy.rules.iter().flat_map(|rule| &rule.steps).flat_map(|step| &step.by)
        {
            let Some((why, help)) = wrong(expr) else { continue };
            // Steps share the subject of their rule.
            if checked.contains(&expr.span()) {
                continue;
            }
            checked.push(expr.span());
            let message = format!("`{text}` in `by` {why}");
            problems.push(
                Diagnostic::warning(&codes::CONSTANT_SUBJECT, message)
                    .at(expr.span(), "")
                    .help(help),
            );
        }
        problems
    },
};

/// Why a part of a subject is of no use, and what to do.
fn wrong(expr: &Expr) -> Option<(&'static str, &'static str)> {
    if expr.ir().constant().is_some() {
        return Some((
            "is the same for every match, so it does not distinguish findings",
            "leave it out, or name a field",
        ));
    }
    (expr.ty() == Type::Time).then_some((
        "differs for nearly every match, so each becomes a finding of its own",
        "leave it out; a finding lists the times of its calls",
    ))
}
