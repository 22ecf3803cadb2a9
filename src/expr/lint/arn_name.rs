//! Resource names in place of the names of users and roles.

use super::equality::{equalities, field};
use super::expr_lint::{ExprLint, Subject};
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, escaped};
use crate::record::FieldId;
use crate::record::field::{cred, event};

/// A field with names, compared with an ARN.
pub(super) static ARN_NAME: ExprLint = ExprLint {
    name: "arn-name",
    code: &codes::ARN_NAME,
    doc: "A field that holds the name of a user or role, compared with a resource name.",
    run,
};

/// Fields that contain names and never resource names.
const NAMES: [FieldId; 4] = [event::USER, event::ROLE, event::TARGET_USER, cred::USER];

/// How resource names begin in each cloud.
const PREFIXES: [&str; 3] = ["arn:", "acs:", "qcs::"];

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for test in equalities(subject.ir) {
        let Some(of) = field(test.value).filter(|of| NAMES.contains(of)) else { continue };
        for (text, span) in test.texts() {
            if !PREFIXES.iter().any(|prefix| text.starts_with(prefix)) {
                continue;
            }
            let path = of.field().path();
            let message = format!(
                "`{path}` is a name, and never a resource name like `{}`",
                escaped(text, 80)
            );
            let name = text.rsplit(['/', ':']).next().unwrap_or(text);
            let help = format!("compare it with the name, `\"{}\"`", escaped(name, 60));
            problems.push(Diagnostic::warning(&codes::ARN_NAME, message).at(span, "").help(help));
        }
    }
    problems
}
