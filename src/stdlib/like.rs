//! Whether a text matches a pattern.

use super::pattern::Pattern;
use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::Type;

/// Whether a text matches a pattern.
#[derive(Debug)]
pub(super) struct Like;

impl Function for Like {
    fn name(&self) -> &'static str {
        "like"
    }

    fn doc(&self) -> &'static str {
        "Whether the whole text matches a glob pattern: `*` matches any characters and `?` matches one. Case-sensitive."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text), ("pattern", ArgumentKind::ConstText)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""DeleteUser".like("Delete*")"#, result: "true" },
            Example { expr: r#""DeleteUser".like("delete*")"#, result: "false" },
            Example { expr: r#""a.b".like("a?b")"#, result: "true" },
            Example { expr: r#""ab".like("a")"#, result: "false" },
            Example { expr: r#""".like("*")"#, result: "true" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let Some(pattern) = constants.get(1).and_then(Constant::text) else {
            return Err(BadArgument::new(1, "the pattern is not text"));
        };
        let pattern = Pattern::new(pattern);
        Ok(Prepared::test(move |text| pattern.matches(text)))
    }

    fn required(&self, constants: &[Constant]) -> Option<Vec<Required>> {
        Some(vec![Pattern::new(constants.get(1)?.text()?).required()])
    }
}
