//! The values of an object.

use std::borrow::Cow;

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
    members,
};
use crate::value::{Elem, Items, Json, KeyCase, Type, Value};

/// The values of an object.
#[derive(Debug)]
pub(super) struct Values;

impl Function for Values {
    fn name(&self) -> &'static str {
        "values"
    }

    fn doc(&self) -> &'static str {
        "The values of an object, sorted by key. The result is missing if the value is not an object. In texts that people read they are redacted, because a secret is recognized by its key."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Untyped)],
            returns: Returns::Maybe(Type::List(Elem::Untyped)),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"parse_json(`{"b": 1, "a": 2}`).values()[0]"#, result: "2" },
            Example { expr: r#"parse_json("[1]").values()"#, result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn loses_keys(&self) -> bool {
        true
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Json(Json { text: Cow::Borrowed(text), keys })] => values(text, *keys),
            [Value::Json(json)] => values(&json.text, json.keys).into_owned(),
            _ => Value::Missing,
        }))
    }
}

fn values(json: &str, case: KeyCase) -> Value<'_> {
    let Some(members) = members(json, case) else { return Value::Missing };
    Value::List(Items::Owned(members.into_values().collect()))
}
