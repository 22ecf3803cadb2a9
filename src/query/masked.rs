//! Detects access keys that were copied in masked form from a report.

use crate::diag::codes::query as codes;
use crate::diag::{Diagnostic, escaped};
use crate::expr::ir::{Ir, Op};
use crate::record::field::{event, key};
use crate::source::Span;
use crate::value::{Value, is_masked};

/// Reports an error for every comparison of an access key with a masked key. A masked key equals no
/// key, so the query would find nothing, and a user would believe that.
pub(super) fn masked(ir: &Ir) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    ir.walk(&mut |node| match &node.op {
        Op::Compare(op, a, b) if op.is_equality() => {
            for (field, other) in [(a, b), (b, a)] {
                if let (true, Some(value)) = (is_key(field), other.constant()) {
                    problems.extend(problem(value, other.span));
                }
            }
        }
        Op::InSet(field, set) if is_key(field) => {
            problems.extend(set.values().iter().filter_map(|value| problem(value, node.span)));
        }
        _ => {}
    });
    problems
}

fn is_key(ir: &Ir) -> bool {
    let keys = [event::AK, event::ACTOR, key::ID];
    matches!(ir.op, Op::Field(field) | Op::Member(_, field, _) if keys.contains(&field))
}

fn problem(value: &Value<'_>, span: Span) -> Option<Diagnostic> {
    let text = value.as_str()?;
    if !is_masked(text) {
        return None;
    }
    let message = format!(
        "`{}` is a masked access key, which never equals a recorded key",
        escaped(text, 60)
    );
    let diagnostic = Diagnostic::error(&codes::MASKED_KEY, message).at(span, "");
    Some(diagnostic.help("copy the complete key from a scan or query with `--show-keys`"))
}
