//! Whether a text matches one of several patterns.

use super::pattern::Pattern;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::Type;

/// Whether a text matches one of several patterns.
#[derive(Debug)]
pub(super) struct LikeAny;

impl Function for LikeAny {
    fn name(&self) -> &'static str {
        "like_any"
    }

    fn doc(&self) -> &'static str {
        "Whether the whole text matches at least one of several glob patterns, as in `like`. Case-sensitive."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text), ("patterns", ArgumentKind::ConstTexts)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""DeleteUser".like_any(["Create*", "Delete*"])"#, result: "true" },
            Example { expr: r#""GetUser".like_any(["Create*", "Delete*"])"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let texts = constants.get(1).map(Constant::texts).unwrap_or_default();
        let patterns: Vec<Pattern> = texts.into_iter().map(Pattern::new).collect();
        Ok(Prepared::test(move |text| patterns.iter().any(|pattern| pattern.matches(text))))
    }

    fn required(&self, constants: &[Constant]) -> Option<Vec<Required>> {
        constants.get(1)?.one_of(|pattern| Some(Pattern::new(pattern).required()))
    }
}
