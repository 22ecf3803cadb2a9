//! The keys of an object.

use std::borrow::Cow;

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
    members,
};
use crate::value::{Elem, Items, Json, KeyCase, Type, Value};

/// The keys of an object.
#[derive(Debug)]
pub(super) struct Keys;

impl Function for Keys {
    fn name(&self) -> &'static str {
        "keys"
    }

    fn doc(&self) -> &'static str {
        "The keys of an object, sorted. The result is missing if the value is not an object."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Untyped)],
            returns: Returns::Maybe(Type::List(Elem::Str)),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"parse_json(`{"b": 1, "a": 2}`).keys()[0]"#, result: "a" },
            Example { expr: r#"parse_json("[1]").keys()"#, result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Json(Json { text: Cow::Borrowed(text), keys })] => sorted_keys(text, *keys),
            [Value::Json(json)] => sorted_keys(&json.text, json.keys).into_owned(),
            _ => Value::Missing,
        }))
    }
}

fn sorted_keys(json: &str, case: KeyCase) -> Value<'_> {
    let Some(members) = members(json, case) else { return Value::Missing };
    Value::List(Items::Owned(members.into_keys().map(Value::Str).collect()))
}
