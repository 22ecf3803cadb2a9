//! Whether a rule can find anything in records of a format.

use crate::expr::ir::{Ir, Op};
use crate::expr::{Expr, Known};
use crate::record::field::{cred, event, key};
use crate::record::{FieldId, FieldSet, Format};
use crate::rule::Rule;
use crate::value::{RecordKind, Value};

/// What a format leaves of a rule. It follows from the format, never from the values in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applicability {
    /// Records of the format have what the rule needs.
    Evaluated,
    /// One alternative of the rule needs fields that the format does not carry.
    PartlyBlind(FieldSet),
    /// The rule needs fields that the format does not carry: it cannot find what it looks for,
    /// and finding nothing does not mean that nothing is there.
    Blind(FieldSet),
    /// The rule is about other records or another provider.
    NotApplicable,
}

/// What `format` leaves of `rule`.
///
/// `carries` says which fields the format has, given the columns of the file; for events also
/// those of the creds and keys that the run's credential reports give them.
pub fn applicability(rule: &Rule, format: &dyn Format, carries: FieldSet) -> Applicability {
    left_of(&rule.when, rule.on, format, carries)
}

/// The same of a condition over records of a kind.
pub fn left_of(
    when: &Expr,
    on: RecordKind,
    format: &dyn Format,
    carries: FieldSet,
) -> Applicability {
    if !format.kinds().contains(&on) {
        return Applicability::NotApplicable;
    }
    let fixed = when.assuming(&Given { format, on, carries: None });
    if fixed.constant() == Some(false) {
        return Applicability::NotApplicable;
    }
    let carried = Given { format, on, carries: Some(carries) };
    let lacking =
        || fixed.fields().iter().filter(|field| !carries.contains(*field)).collect::<FieldSet>();
    if when.assuming(&carried).constant() == Some(false) {
        return Applicability::Blind(lacking());
    }
    if let Ir { op: Op::Or(arms), .. } = fixed.ir()
        && arms.iter().any(|arm| is_false(&arm.assuming(&carried)))
    {
        return Applicability::PartlyBlind(lacking());
    }
    Applicability::Evaluated
}

fn is_false(ir: &Ir) -> bool {
    matches!(ir.op, Op::Const(Value::Bool(false)))
}

/// What a format fixes: its provider, and every field that is not among those it carries.
struct Given<'f> {
    format: &'f dyn Format,
    on: RecordKind,
    carries: Option<FieldSet>,
}

impl Known for Given<'_> {
    fn field(&self, field: FieldId) -> Option<Value<'static>> {
        if field == event::PROVIDER || field == cred::PROVIDER {
            return Some(Value::str(self.format.provider().name()));
        }
        let lacks = self.carries.is_some_and(|carries| !carries.contains(field));
        lacks.then_some(Value::Missing)
    }

    /// Without a report no event has a cred to join, and without the ids of keys no key.
    fn row(&self, kind: RecordKind) -> Option<bool> {
        let found_by = match kind {
            RecordKind::Event => return None,
            RecordKind::Cred => cred::USER,
            RecordKind::Key => key::ID,
        };
        let lacks = self.carries.is_some_and(|carries| !carries.contains(found_by));
        (lacks && self.on == RecordKind::Event).then_some(false)
    }
}
