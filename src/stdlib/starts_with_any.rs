//! Whether a text begins with one of several texts.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Required, Returns, Role,
    Signature,
};
use crate::value::Type;

/// Whether a text begins with one of several texts.
#[derive(Debug)]
pub(super) struct StartsWithAny;

impl Function for StartsWithAny {
    fn name(&self) -> &'static str {
        "starts_with_any"
    }

    fn doc(&self) -> &'static str {
        "Whether a text starts with at least one of several texts. Case-sensitive."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("text", ArgumentKind::Text), ("parts", ArgumentKind::ConstTexts)],
            returns: Returns::Always(Type::Bool),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""aws-cli/2.1".starts_with_any(["aws-", "Boto3"])"#, result: "true" },
            Example { expr: r#""AWS-cli".starts_with_any(["aws-"])"#, result: "false" },
            Example { expr: r#""x".starts_with_any([])"#, result: "false" },
        ]
    }

    fn role(&self) -> Role {
        Role::Predicate
    }

    fn prepare(&self, constants: &[Constant]) -> Result<Prepared, BadArgument> {
        let texts = constants.get(1).map(Constant::texts).unwrap_or_default();
        let parts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        Ok(Prepared::test(move |text| parts.iter().any(|part| text.starts_with(part.as_str()))))
    }

    fn required(&self, constants: &[Constant]) -> Option<Vec<Required>> {
        constants.get(1)?.one_of(|part| Some(Required::Prefix(part.to_owned())))
    }
}
