//! Every value at a path that goes through lists.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Elem, Type, Value};

/// Every value at a path that goes through lists.
#[derive(Debug)]
pub(super) struct ValuesAt;

impl Function for ValuesAt {
    fn name(&self) -> &'static str {
        "values_at"
    }

    fn doc(&self) -> &'static str {
        "Every value at a path that goes through lists. `[*]` stands for each item of an array; a value that is not an array counts as its only item. The result is a list, empty if nothing is at the path."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Untyped), ("path", ArgumentKind::ConstText)],
            returns: Returns::Always(Type::List(Elem::Untyped)),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                expr: r#"values_at(parse_json(`{"a": [{"b": 1}, {"b": 2}]}`), "a[*].b")[1]"#,
                result: "2",
            },
            Example {
                expr: r#"parse_json(`{"a": {"b": 1}}`).values_at("a[*].b").len()"#,
                result: "1",
            },
            Example { expr: r#"parse_json(`{"a": 1}`).values_at("x[*]").len()"#, result: "0" },
        ]
    }

    fn role(&self) -> Role {
        Role::ValuesAt
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|_| Value::Missing))
    }
}
