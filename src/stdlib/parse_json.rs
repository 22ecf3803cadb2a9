//! Reads JSON in a text.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
    scalar,
};
use crate::value::{KeyCase, Type, Value};

/// Reads JSON in a text.
#[derive(Debug)]
pub(super) struct ParseJson;

impl Function for ParseJson {
    fn name(&self) -> &'static str {
        "parse_json"
    }

    fn doc(&self) -> &'static str {
        "Reads JSON in a text, such as a policy document. A value that is not text is returned as it is, because some records contain the document itself. The result is missing if the text is not JSON."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Single)],
            returns: Returns::Maybe(Type::Untyped),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"parse_json(`{"Effect": "Allow"}`).Effect"#, result: "Allow" },
            Example { expr: r#"parse_json("[1, 2]")[1]"#, result: "2" },
            Example { expr: r#"parse_json("{")"#, result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(Cow::Borrowed(text))] => parse(text),
            [Value::Str(text)] => parse(text).into_owned(),
            [value @ (Value::Json(_) | Value::Int(_) | Value::Bool(_))] => value.clone(),
            _ => Value::Missing,
        }))
    }
}

fn parse(text: &str) -> Value<'_> {
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => scalar(text, KeyCase::Exact),
        Err(_) => Value::Missing,
    }
}
