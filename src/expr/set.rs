//! The constants of `x in [a, b, c]`.

use rustc_hash::FxHashSet;

use crate::value::Value;

/// Up to this many values a linear search is faster than a hash look-up.
const LINEAR: usize = 8;

/// A set of constants. Larger sets look texts and integers up by hash.
#[derive(Debug, Clone, Default)]
pub struct Set {
    values: Vec<Value<'static>>,
    texts: FxHashSet<Box<str>>,
    ints: FxHashSet<i64>,
    others: Vec<Value<'static>>,
}

impl Set {
    /// The set of these values.
    pub fn new(values: Vec<Value<'static>>) -> Self {
        let mut set = Self::default();
        if values.len() > LINEAR {
            for value in &values {
                match value {
                    Value::Str(text) => drop(set.texts.insert(text.as_ref().into())),
                    Value::Int(int) => drop(set.ints.insert(*int)),
                    other => set.others.push(other.clone()),
                }
            }
        }
        set.values = values;
        set
    }

    /// Every value, in the order it was written.
    pub fn values(&self) -> &[Value<'static>] {
        &self.values
    }

    /// Whether the set contains the value.
    pub fn contains(&self, value: &Value<'_>) -> bool {
        let equal = |item: &Value<'static>| super::compare::equal(item, value);
        if self.values.len() <= LINEAR {
            return match value {
                Value::Str(text) => {
                    self.values.iter().any(|item| matches!(item, Value::Str(item) if item == text))
                }
                _ => self.values.iter().any(equal),
            };
        }
        match value {
            Value::Str(text) => self.texts.contains(text.as_ref()),
            Value::Int(int) => self.ints.contains(int),
            _ => self.others.iter().any(equal),
        }
    }
}
