//! Whether a regular expression matches a part of a text.

use super::literal;
use super::regex_argument::regex;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::Type;

/// Whether a regular expression matches a part of a text.
#[derive(Debug)]
pub(super) struct Matches;

impl Function for Matches {
    fn name(&self) -> &'static str {
        "matches"
    }

    fn doc(&self) -> &'static str {
        "Whether a regular expression matches anywhere in a text. Anchor it with `^` and `$`. Matching takes linear time, so look-around and back-references are not supported."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text), ("regex", ArgumentKind::ConstText)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""i-0abc12".matches("^i-[0-9a-f]+$")"#, result: "true" },
            Example { expr: r#""xi-0".matches("^i-")"#, result: "false" },
            Example { expr: r#""ADMIN".matches("(?i)admin")"#, result: "true" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let Some(pattern) = constants.get(1).and_then(Constant::text) else {
            return Err(BadArgument::new(1, "the regular expression is not text"));
        };
        let regex = regex(pattern, 1)?;
        Ok(Prepared::test(move |text| regex.is_match(text)))
    }

    fn required(&self, constants: &[Constant]) -> Option<Vec<Required>> {
        literal::required(constants.get(1)?.text()?)
    }
}
