//! An untyped value as a list.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
    list,
};
use crate::value::{Elem, Type, Value};

/// An untyped value as a list.
#[derive(Debug)]
pub(super) struct AsList;

impl Function for AsList {
    fn name(&self) -> &'static str {
        "as_list"
    }

    fn doc(&self) -> &'static str {
        "An untyped value as a list: the items of an array, or any other value as the only item. JSON that was made from XML writes a list of one item as the item."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Untyped)],
            returns: Returns::Always(Type::List(Elem::Untyped)),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"as_list(parse_json(`[1, 2]`)).len()"#, result: "2" },
            Example { expr: r#"as_list(parse_json(`{"a": 1}`)).len()"#, result: "1" },
            Example { expr: r#"as_list(parse_json(`{"a": 1}`))[0].a"#, result: "1" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [value] => list(value.clone()).map_or(Value::Missing, Value::List),
            _ => Value::Missing,
        }))
    }
}
