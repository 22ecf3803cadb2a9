//! The part of a text that a regular expression captures.

use super::regex_argument::regex;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// The part of a text that a regular expression captures.
#[derive(Debug)]
pub(super) struct Capture;

impl Function for Capture {
    fn name(&self) -> &'static str {
        "capture"
    }

    fn doc(&self) -> &'static str {
        "The part of a text that the given group of a regular expression matches, by default group 1, or the whole match if there is no group. The result is missing if the expression does not match."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[
            Signature {
                params: &[("text", ArgumentKind::Text), ("regex", ArgumentKind::ConstText)],
                returns: Returns::Maybe(Type::Str),
            },
            Signature {
                params: &[
                    ("text", ArgumentKind::Text),
                    ("regex", ArgumentKind::ConstText),
                    ("group", ArgumentKind::ConstInt),
                ],
                returns: Returns::Maybe(Type::Str),
            },
        ]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                expr: r#""arn:aws:iam::111122223333:user/alice".capture("user/(.+)$")"#,
                result: "alice",
            },
            Example { expr: r#""eu-west-1".capture("[a-z]+-([a-z]+)-([0-9])", 2)"#, result: "1" },
            Example { expr: r#""abc".capture("x")"#, result: "()" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let text = constants.get(1).and_then(Constant::text).unwrap_or_default();
        let regex = regex(text, 1)?;
        let groups = regex.captures_len();
        let group = match constants.get(2) {
            Some(Constant::Value(Value::Int(group))) => match usize::try_from(*group) {
                Ok(group) if group < groups => group,
                _ => {
                    let last = groups - 1;
                    let message = format!("the regular expression has no group {group}");
                    let help = format!("its groups are 0, the whole match, to {last}");
                    return Err(BadArgument { help: Some(help), ..BadArgument::new(2, message) });
                }
            },
            _ => usize::from(groups > 1),
        };
        Ok(Prepared::apply(move |args| match args {
            [Value::Str(text), ..] => match regex.captures(text).and_then(|found| found.get(group))
            {
                Some(part) => Value::Str(part.as_str().to_owned().into()),
                None => Value::Missing,
            },
            _ => Value::Missing,
        }))
    }
}
