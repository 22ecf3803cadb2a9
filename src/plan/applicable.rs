//! Decides whether a rule applies to the records of a format.

use crate::expr::ir::{Ir, Op};
use crate::expr::{Assumptions, Expr};
use crate::record::field::{cred, event, key};
use crate::record::{FieldId, FieldSet, Format, Origin, Provider};
use crate::rule::{Construct, Rule, Step};
use crate::value::{RecordKind, Value};

/// The extent to which a rule applies to a format. It depends on the format, never on the values in
/// a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applicability {
    /// The format carries every field that the rule requires.
    Evaluated,
    /// At least one alternative of the rule requires fields that the format does not carry.
    PartlyBlind(FieldSet),
    /// The rule requires fields that the format does not carry: it cannot match, and the absence of
    /// findings proves nothing.
    Blind(FieldSet),
    /// The rule is for another record kind or another provider.
    NotApplicable,
}

/// Returns the extent to which `rule` applies to `format`.
///
/// `carries` is the set of fields that the format has, given the columns of the file. For events it
/// includes the fields of creds and keys that credential reports of the run provide.
pub fn applicability(rule: &Rule, format: &dyn Format, carries: FieldSet) -> Applicability {
    let steps = rule.steps.iter().flat_map(conditions);
    left(steps, (&needs(rule), &uses(rule)), rule.on, format, carries)
}

/// The conditions of a step, and whether it is absent.
fn conditions(step: &Step) -> impl Iterator<Item = (&Expr, bool)> {
    let relation = step.relation.as_ref().map(|of| &of.written);
    let absent = step.absent;
    [Some(&step.when), relation].into_iter().flatten().map(move |when| (when, absent))
}

/// Like [`applicability`], but for one condition over records of a kind.
pub fn left_of(
    when: &Expr,
    on: RecordKind,
    format: &dyn Format,
    carries: FieldSet,
) -> Applicability {
    left([(when, false)].into_iter(), (&[], &[]), on, format, carries)
}

/// The applicability of conditions, some of which are absent steps, and of the other expressions:
/// those that are required, and those without which less is found.
fn left<'e>(
    steps: impl Iterator<Item = (&'e Expr, bool)>,
    (needs, uses): (&[&Expr], &[&Expr]),
    on: RecordKind,
    format: &dyn Format,
    carries: FieldSet,
) -> Applicability {
    if !format.kinds().contains(&on) {
        return Applicability::NotApplicable;
    }
    let given = Given { format, on, carries: None };
    let available = Given { format, on, carries: Some(carries) };
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
            .filter(|field| field.kind() != on)
            .filter(|field| reads.iter().any(|read| read.kind() == field.kind()))
            .filter(|field| !carries.contains(*field))
            .collect()
    };
    for (when, absent) in steps {
        let fixed = when.assuming(&given);
        // An absent step that can never match is absent in any case.
        if fixed.constant() == Some(false) {
            if absent {
                continue;
            }
            return Applicability::NotApplicable;
        }
        if when.assuming(&available).constant() == Some(false) {
            blind = true;
            lacks = lacks.union(lacking(&fixed));
        } else if let Ir { op: Op::Or(arms), .. } = fixed.ir()
            && arms.iter().any(|arm| is_false(&arm.assuming(&available)))
        {
            partly = true;
            arms_lack = arms_lack.union(lacking(&fixed));
        }
    }
    for needed in needs {
        if is_nothing(needed.assuming(&available).ir()) && !is_nothing(needed.assuming(&given).ir())
        {
            blind = true;
            lacks = lacks.union(lacking(needed));
        }
    }
    for used in uses {
        let lacks = lacking(&used.assuming(&given));
        partly |= lacks != FieldSet::EMPTY;
        arms_lack = arms_lack.union(lacks);
    }
    match (blind, partly) {
        (true, _) => Applicability::Blind(lacks),
        (false, true) => Applicability::PartlyBlind(arms_lack),
        (false, false) => Applicability::Evaluated,
    }
}

/// The providers for which some of `formats` carries the fields that the rule requires, if the
/// provider's reports are read with its logs. A rule that is not configured covers none.
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

/// The expressions that a correlation rule requires in addition to its conditions: without them
/// nothing is counted, no step has a subject, and no value is new.
fn needs(rule: &Rule) -> Vec<&Expr> {
    match &rule.construct {
        Construct::Plain | Construct::AfterSilence(_) => Vec::new(),
        Construct::Correlate(_) => rule.measured().collect(),
        Construct::Sequence(_) => {
            rule.steps.iter().flat_map(|step| &step.by).map(|(_, by)| by).collect()
        }
        Construct::FirstSeen(of) => rule.measured().chain([&of.among]).collect(),
    }
}

/// The expressions without which a correlation rule finds less.
fn uses(rule: &Rule) -> Vec<&Expr> {
    match &rule.construct {
        // The log alone still shows silences that are shorter than it.
        Construct::AfterSilence(silence) => silence.last_seen.iter().collect(),
        _ => Vec::new(),
    }
}

/// The field that identifies the row of an event in a credential report.
fn found_by(kind: RecordKind) -> Option<FieldId> {
    match kind {
        RecordKind::Event => None,
        RecordKind::Cred => Some(cred::USER),
        RecordKind::Key => Some(key::ID),
    }
}

/// Whether an expression is false or missing for every record.
fn is_nothing(ir: &Ir) -> bool {
    matches!(ir.op, Op::Const(Value::Bool(false) | Value::Missing))
}

fn is_false(ir: &Ir) -> bool {
    matches!(ir.op, Op::Const(Value::Bool(false)))
}

/// The values that a format fixes: its provider, and a missing value for every field that it does
/// not carry.
struct Given<'f> {
    format: &'f dyn Format,
    on: RecordKind,
    carries: Option<FieldSet>,
}

impl Assumptions for Given<'_> {
    fn field(&self, field: FieldId) -> Option<Value<'static>> {
        if field == event::PROVIDER || field == cred::PROVIDER {
            return Some(Value::str(self.format.provider().name()));
        }
        let lacks = self.carries.is_some_and(|carries| !carries.contains(field));
        lacks.then_some(Value::Missing)
    }

    /// Without a report no event can be joined with a cred, and without key ids no event can be
    /// joined with a key.
    fn row(&self, kind: RecordKind) -> Option<bool> {
        let found_by = found_by(kind)?;
        let lacks = self.carries.is_some_and(|carries| !carries.contains(found_by));
        (lacks && self.on == RecordKind::Event).then_some(false)
    }
}
