//! Whether one of several regular expressions matches a part of a text.

use super::literal;
use super::regex_argument::regex;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::Type;

/// Whether one of several regular expressions matches a part of a text.
#[derive(Debug)]
pub(super) struct MatchesAny;

impl Function for MatchesAny {
    fn name(&self) -> &'static str {
        "matches_any"
    }

    fn doc(&self) -> &'static str {
        "Whether at least one of a list of regular expressions matches anywhere in a text."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text), ("regexes", ArgumentKind::ConstTexts)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""i-0abc12".matches_any(["^i-", "^vol-"])"#, result: "true" },
            Example { expr: r#""ami-1".matches_any(["^i-", "^vol-"])"#, result: "false" },
            Example { expr: r#""a".matches_any([])"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let texts = constants.get(1).map(Constant::texts).unwrap_or_default();
        let regexes = texts
            .into_iter()
            .enumerate()
            .map(|(item, text)| regex(text, 1).map_err(|bad| bad.of_item(item)))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Prepared::test(move |text| regexes.iter().any(|regex| regex.is_match(text))))
    }

    fn required(&self, constants: &[Constant]) -> Option<Vec<Required>> {
        let mut all = Vec::new();
        for text in constants.get(1)?.texts() {
            all.extend(literal::required(text)?);
        }
        Some(all)
    }
}
