//! What is decided about two versions of a condition.

use super::change::{CounterExample, Effect};
use super::table_rows::over_keys;
use crate::decide::{Answer, Condition, Witness, implies, same};
use crate::expr::ir::{Ir, NodeId, Op};
use crate::expr::{Bindings, Expr};
use crate::record::FieldId;
use crate::record::field::{cred, event, key};
use crate::ruletest::shown_value;
use crate::source::{FileId, Span};
use crate::value::{RecordKind, Type, Value, mask, mask_keys};

/// What a true condition leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To a finding.
    Finds,
    /// To the suppression of a finding.
    Hides,
    /// To a finding, and to the end of a silence that another finding needs.
    EndsSilence,
    /// To either, depending on the other records.
    Both,
}

/// A record that shows that a condition became true, or false.
#[derive(Debug, Clone)]
pub(super) enum Proof {
    /// A record that was found in the conditions.
    Witness(Box<Witness>),
    /// A record of a test.
    Test(CounterExample),
}

/// Whether a condition became true, or false, for some record.
#[derive(Debug, Clone)]
pub(super) enum Decided {
    /// It did for this record, which was evaluated.
    Yes(Proof),
    /// It did for no record.
    No,
    Undecided,
}

/// The difference between two versions of a condition.
#[derive(Debug, Clone)]
pub(super) struct Difference {
    /// Whether a record lost the condition.
    pub(super) lost: Decided,
    /// Whether a record gained it.
    pub(super) gained: Decided,
}

impl Difference {
    /// A difference about which nothing is known.
    pub(super) const UNKNOWN: Difference =
        Difference { lost: Decided::Undecided, gained: Decided::Undecided };

    /// Compares two versions; `None` if they are the same.
    pub(super) fn of(base: &Expr, head: &Expr, on: RecordKind) -> Option<Self> {
        if same(base, head) {
            return None;
        }
        let (base, head) = over_keys(base, head);
        if same(&base, &head) {
            return None;
        }
        let (base, head) = (Condition::new(&base, on), Condition::new(&head, on));
        let decided = |answer| match answer {
            Answer::Yes => Decided::No,
            Answer::No(witness) => Decided::Yes(Proof::Witness(witness)),
            Answer::Undecided => Decided::Undecided,
        };
        Some(Self { lost: decided(implies(&base, &head)), gained: decided(implies(&head, &base)) })
    }

    /// Whether one direction is not decided.
    pub(super) fn is_open(&self) -> bool {
        [&self.lost, &self.gained].iter().any(|of| matches!(of, Decided::Undecided))
    }

    /// Decides a direction that is open by a record for which the versions have different results.
    pub(super) fn try_record(&mut self, base: &Expr, head: &Expr, bindings: &Bindings<'_>) {
        let holds = |expr: &Expr| expr.test(bindings) == Ok(true);
        let open = match (holds(base), holds(head)) {
            (true, false) => &mut self.lost,
            (false, true) => &mut self.gained,
            _ => return,
        };
        if matches!(open, Decided::Undecided) {
            *open = Decided::Yes(Proof::Test(read(base, head, bindings)));
        }
    }

    /// The effect on what is found.
    pub(super) fn effect(&self, purpose: Purpose) -> Effect {
        let (harm, help) = match purpose {
            Purpose::Finds => (&self.lost, &self.gained),
            Purpose::EndsSilence => match (&self.lost, &self.gained) {
                (Decided::Yes(_), _) => return Effect::Weaker,
                (Decided::No, Decided::No) => return Effect::Neutral,
                _ => return Effect::Undecided,
            },
            Purpose::Hides => (&self.gained, &self.lost),
            Purpose::Both => {
                let same = matches!((&self.lost, &self.gained), (Decided::No, Decided::No));
                return if same { Effect::Neutral } else { Effect::Undecided };
            }
        };
        match (harm, help) {
            (Decided::Yes(_), _) => Effect::Weaker,
            (Decided::Undecided, _) => Effect::Undecided,
            (Decided::No, Decided::No) => Effect::Neutral,
            (Decided::No, _) => Effect::Stronger,
        }
    }

    /// The record that shows the difference. A record that shows what is hidden comes first. `names`
    /// are those of the measures.
    pub(super) fn record(self, purpose: Purpose, names: &[&str]) -> Option<CounterExample> {
        let (first, second) = match purpose {
            Purpose::Hides => (self.gained, self.lost),
            Purpose::Finds | Purpose::EndsSilence | Purpose::Both => (self.lost, self.gained),
        };
        [first, second].into_iter().find_map(|decided| match decided {
            Decided::Yes(Proof::Witness(witness)) => Some(example(&witness, names)),
            Decided::Yes(Proof::Test(example)) => Some(example),
            _ => None,
        })
    }

    /// The difference as a predicate: `verb` is `matches`, and `what` is `records`.
    pub(super) fn predicate(&self, verb: &str, what: &str) -> String {
        use Decided::{No, Undecided, Yes};
        match (&self.lost, &self.gained) {
            (Yes(_), No) => format!("{verb} fewer {what}"),
            (Yes(_), Yes(_)) => format!("no longer {verb} some {what}, and {verb} others"),
            (Yes(_), Undecided) => {
                format!("no longer {verb} some {what}; whether it {verb} others is not decided")
            }
            (No, Yes(_)) => format!("{verb} more {what}"),
            (No, No) => format!("is written in another way and {verb} the same {what}"),
            (No, Undecided) => {
                format!("{verb} no fewer {what}; whether it {verb} more is not decided")
            }
            (Undecided, No) => {
                format!("{verb} no more {what}; whether it {verb} fewer is not decided")
            }
            (Undecided, Yes(_)) => {
                format!("{verb} more {what}; whether it {verb} fewer of the others is not decided")
            }
            (Undecided, Undecided) => {
                format!("was changed; whether it {verb} fewer or more {what} is not decided")
            }
        }
    }
}

/// The fields of a record that the conditions read, with access keys masked.
fn read(base: &Expr, head: &Expr, bindings: &Bindings<'_>) -> CounterExample {
    let fields = base.fields().union(head.fields());
    let value = |field: FieldId| {
        let row = match field.kind() {
            RecordKind::Event => bindings.event,
            RecordKind::Cred => bindings.cred,
            RecordKind::Key => bindings.key,
        };
        row.map_or(Value::Missing, |row| row.get(field).borrow())
    };
    let values = fields.iter().map(|field| shown(field, &value(field)));
    CounterExample { values: values.collect() }
}

/// A field with its value. Access keys are masked.
fn shown(field: FieldId, value: &Value<'_>) -> (String, String) {
    let of_keys = [event::AK, key::ID, cred::KEYS];
    let value = match value {
        Value::Str(text) if of_keys.contains(&field) => shown_value(&Value::Str(mask(text).into())),
        value => shown_value(value),
    };
    (field.field().path(), mask_keys(&value).into_owned())
}

/// The record of a witness.
fn example(witness: &Witness, names: &[&str]) -> CounterExample {
    let mut values: Vec<(String, String)> =
        witness.fields().map(|(field, value)| shown(field, value)).collect();
    let measures = witness.measures().iter().enumerate();
    values.extend(measures.map(|(slot, value)| {
        let name = names.get(slot).map_or_else(|| format!("measure {slot}"), ToString::to_string);
        (name, shown_value(value))
    }));
    CounterExample { values }
}

/// A condition that is true if all of these are, or one of them.
pub(super) fn joined(parts: &[&Expr], all: bool) -> Expr {
    let irs: Vec<Ir> = parts.iter().map(|part| part.ir().clone()).collect();
    let Some(first) = irs.first().cloned() else { return constant(all) };
    if irs.len() == 1 {
        return Expr::of_part(&first);
    }
    let op = if all { Op::And(irs) } else { Op::Or(irs) };
    Expr::of_part(&Ir { op, ..first })
}

/// A condition that is always true, or never.
pub(super) fn constant(value: bool) -> Expr {
    let span = Span::new(FileId(0), 0, 0);
    let op = Op::Const(Value::Bool(value));
    Expr::of_part(&Ir { id: NodeId(0), op, ty: Type::Bool, nullable: false, span })
}
