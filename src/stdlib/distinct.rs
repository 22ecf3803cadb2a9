//! The distinct items of a list.

use std::collections::BTreeSet;

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Items, Value};

/// The distinct items of a list.
#[derive(Debug)]
pub(super) struct Distinct;

impl Function for Distinct {
    fn name(&self) -> &'static str {
        "distinct"
    }

    fn doc(&self) -> &'static str {
        "The items of a list without duplicates, in the order of their first occurrence."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature { params: &[("list", ArgumentKind::List)], returns: Returns::First }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"["a", "b", "a"].distinct().len()"#, result: "2" },
            Example { expr: "[3, 1, 3].distinct()[1]", result: "1" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::List(items)] => {
                let mut unique = BTreeSet::new();
                let first = items.iter().filter(|item| unique.insert(*item)).cloned();
                Value::List(Items::Owned(first.collect()))
            }
            _ => Value::Missing,
        }))
    }
}
