//! Measures over a sliding window.

use std::collections::BTreeMap;

use crate::expr::EvalError;
use crate::rule::{Measure, MeasureKind};
use crate::value::{Items, Value};

/// The values of a rule's measures over some matches.
pub(super) struct Counters<'v> {
    measures: &'v [Measure],
    of: Vec<Counter<'v>>,
}

enum Counter<'v> {
    Count(i64),
    Sum(i128),
    /// The number of occurrences of each value.
    Values(BTreeMap<&'v Value<'static>, u64>),
}

impl<'v> Counters<'v> {
    pub(super) fn new(measures: &'v [Measure]) -> Self {
        let new = |measure: &Measure| match measure.kind {
            MeasureKind::Count => Counter::Count(0),
            MeasureKind::Sum => Counter::Sum(0),
            MeasureKind::Distinct
            | MeasureKind::Min
            | MeasureKind::Max
            | MeasureKind::Values
            | MeasureKind::Step => Counter::Values(BTreeMap::new()),
        };
        Self { measures, of: measures.iter().map(new).collect() }
    }

    /// Adds a match with these operands.
    pub(super) fn add(&mut self, operands: &'v [Value<'static>]) {
        for ((counter, measure), operand) in self.of.iter_mut().zip(self.measures).zip(operands) {
            match (counter, operand) {
                (Counter::Count(count), Value::Bool(true)) => *count += 1,
                (Counter::Sum(sum), Value::Int(int)) => *sum += i128::from(*int),
                (Counter::Count(_) | Counter::Sum(_), _) => {}
                (Counter::Values(values), operand) => counted(measure, operand)
                    .iter()
                    .filter(|value| !value.is_missing())
                    .for_each(|value| *values.entry(value).or_default() += 1),
            }
        }
    }

    /// Removes a match that was added before.
    pub(super) fn remove(&mut self, operands: &'v [Value<'static>]) {
        for ((counter, measure), operand) in self.of.iter_mut().zip(self.measures).zip(operands) {
            match (counter, operand) {
                (Counter::Count(count), Value::Bool(true)) => *count -= 1,
                (Counter::Sum(sum), Value::Int(int)) => *sum -= i128::from(*int),
                (Counter::Count(_) | Counter::Sum(_), _) => {}
                (Counter::Values(values), operand) => {
                    for value in counted(measure, operand) {
                        if let Some(count) = values.get_mut(value) {
                            *count -= 1;
                            if *count == 0 {
                                values.remove(value);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The values, in slot order.
    pub(super) fn values(&self) -> Result<Vec<Value<'v>>, EvalError> {
        self.measures.iter().zip(&self.of).map(|(measure, of)| value(measure, of)).collect()
    }
}

fn value<'v>(measure: &Measure, counter: &Counter<'v>) -> Result<Value<'v>, EvalError> {
    let end = |value: Option<(&&'v Value<'static>, &u64)>| {
        value.map_or(Value::Missing, |(value, _)| value.borrow())
    };
    Ok(match counter {
        Counter::Count(count) => Value::Int(*count),
        Counter::Sum(sum) => Value::Int(i64::try_from(*sum).map_err(|_| EvalError {
            span: measure.operand.span(),
            message: format!("the sum of `{}` does not fit into 64 bits: {sum}", measure.name),
        })?),
        Counter::Values(values) => match measure.kind {
            MeasureKind::Min => end(values.first_key_value()),
            MeasureKind::Max => end(values.last_key_value()),
            MeasureKind::Values => listed(values, measure.most),
            _ => Value::Int(i64::try_from(values.len()).unwrap_or(i64::MAX)),
        },
    })
}

/// The values of a match that a measure counts: the items of a list, if each counts, or else the
/// operand itself.
fn counted<'v>(measure: &Measure, operand: &'v Value<'static>) -> &'v [Value<'static>] {
    match operand {
        Value::List(items) if measure.each => items,
        operand => std::slice::from_ref(operand),
    }
}

/// The first values, followed by the number of further ones.
fn listed<'v>(values: &BTreeMap<&'v Value<'static>, u64>, most: usize) -> Value<'v> {
    if values.is_empty() {
        return Value::Missing;
    }
    let further = values.len().saturating_sub(most);
    let shown = values.keys().take(most).map(|value| value.borrow());
    let further = Value::Int(i64::try_from(further).unwrap_or(i64::MAX));
    Value::List(Items::Owned(shown.chain([further]).collect()))
}
