//! Whether a rule can find anything in records of a format.

use crate::expr::ir::{Ir, Op};
use crate::expr::{Expr, Known};
use crate::record::field::{cred, event, key};
use crate::record::{FieldId, FieldSet, Format, Origin, Provider};
use crate::rule::{Construct, Rule};
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
    let steps = rule.steps.iter().map(|step| (&step.when, step.absent));
    left(steps, &needs(rule), rule.on, format, carries)
}

/// The same of a condition over records of a kind.
pub fn left_of(
    when: &Expr,
    on: RecordKind,
    format: &dyn Format,
    carries: FieldSet,
) -> Applicability {
    left([(when, false)].into_iter(), &[], on, format, carries)
}

/// What a format leaves of conditions, some of them of records that must not be there, and of
/// what else is needed.
fn left<'e>(
    steps: impl Iterator<Item = (&'e Expr, bool)>,
    needs: &[&Expr],
    on: RecordKind,
    format: &dyn Format,
    carries: FieldSet,
) -> Applicability {
    if !format.kinds().contains(&on) {
        return Applicability::NotApplicable;
    }
    let given = Given { format, on, carries: None };
    let carried = Given { format, on, carries: Some(carries) };
    let (mut lacks, mut arms_lack) = (FieldSet::EMPTY, FieldSet::EMPTY);
    let (mut blind, mut partly) = (false, false);
    let lacking = |expr: &Expr| -> FieldSet {
        let reads = expr.fields().union(expr.reported());
        let lacks: FieldSet = reads.iter().filter(|field| !carries.contains(*field)).collect();
        if lacks != FieldSet::EMPTY {
            return lacks;
        }
        // The report has the fields, but no row of it can be found for an event.
        let found_by = RecordKind::ALL.into_iter().filter_map(found_by);
        found_by
            .filter(|field| expr.reported().iter().any(|read| read.kind() == field.kind()))
            .filter(|field| !carries.contains(*field))
            .collect()
    };
    for (when, absent) in steps {
        let fixed = when.assuming(&given);
        // What can never be there is absent in any case.
        if fixed.constant() == Some(false) {
            if absent {
                continue;
            }
            return Applicability::NotApplicable;
        }
        if when.assuming(&carried).constant() == Some(false) {
            blind = true;
            lacks = lacks.union(lacking(&fixed));
        } else if let Ir { op: Op::Or(arms), .. } = fixed.ir()
            && arms.iter().any(|arm| is_false(&arm.assuming(&carried)))
        {
            partly = true;
            arms_lack = arms_lack.union(lacking(&fixed));
        }
    }
    for needed in needs {
        if is_nothing(needed.assuming(&carried).ir()) && !is_nothing(needed.assuming(&given).ir()) {
            blind = true;
            lacks = lacks.union(lacking(needed));
        }
    }
    match (blind, partly) {
        (true, _) => Applicability::Blind(lacks),
        (false, true) => Applicability::PartlyBlind(arms_lack),
        (false, false) => Applicability::Evaluated,
    }
}

/// The providers of which some of `formats` holds what the rule looks for, given that the
/// provider's reports come with its logs. A rule that is not configured covers none.
pub fn covered(rule: &Rule, formats: &[&'static dyn Format]) -> Vec<Provider> {
    let carries = |format: &dyn Format| format.carries(&Origin::default());
    let covers = |provider: &Provider| {
        let of_provider =
            || formats.iter().copied().filter(|format| format.provider() == *provider);
        let reports = of_provider().filter(|format| format.kinds().contains(&RecordKind::Cred));
        let joined = match rule.on {
            RecordKind::Event => {
                reports.fold(FieldSet::EMPTY, |fields, format| fields.union(carries(format)))
            }
            RecordKind::Cred | RecordKind::Key => FieldSet::EMPTY,
        };
        of_provider().any(|format| {
            let left = applicability(rule, format, carries(format).union(joined));
            matches!(left, Applicability::Evaluated | Applicability::PartlyBlind(_))
        })
    };
    Provider::ALL.into_iter().filter(covers).collect()
}

/// What a rule that correlates needs of a record beside its conditions: without it nothing is
/// counted, no step has a subject, no value is new.
fn needs(rule: &Rule) -> Vec<&Expr> {
    match &rule.construct {
        Construct::Plain => Vec::new(),
        Construct::Correlate(_) => rule.measured().collect(),
        Construct::Sequence(_) => {
            rule.steps.iter().flat_map(|step| &step.by).map(|(_, by)| by).collect()
        }
        Construct::FirstSeen(of) => rule.measured().chain([&of.among]).collect(),
    }
}

/// The field by which the row of an event is found in a credential report.
fn found_by(kind: RecordKind) -> Option<FieldId> {
    match kind {
        RecordKind::Event => None,
        RecordKind::Cred => Some(cred::USER),
        RecordKind::Key => Some(key::ID),
    }
}

/// Whether an expression is false or missing whatever the record says.
fn is_nothing(ir: &Ir) -> bool {
    matches!(ir.op, Op::Const(Value::Bool(false) | Value::Missing))
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
        let found_by = found_by(kind)?;
        let lacks = self.carries.is_some_and(|carries| !carries.contains(found_by));
        (lacks && self.on == RecordKind::Event).then_some(false)
    }
}
