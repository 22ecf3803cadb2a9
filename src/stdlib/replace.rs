//! Replaces every occurrence of a part of a text.

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// Replaces every occurrence of a part of a text.
#[derive(Debug)]
pub(super) struct Replace;

impl Function for Replace {
    fn name(&self) -> &'static str {
        "replace"
    }

    fn doc(&self) -> &'static str {
        "The text with every occurrence of a part replaced by another text. An empty part is not replaced. The result is missing if it is longer than 16 MiB, the limit of a record."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[
                ("text", ArgumentKind::Text),
                ("part", ArgumentKind::Text),
                ("by", ArgumentKind::Text),
            ],
            returns: Returns::Maybe(Type::Str),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#""a-b-c".replace("-", "/")"#, result: "a/b/c" },
            Example { expr: r#""abc".replace("x", "y")"#, result: "abc" },
            Example { expr: r#""abc".replace("", "y")"#, result: "abc" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text), Value::Str(part), Value::Str(by)] => {
                replaced(text, part, by).map_or(Value::Missing, |text| Value::Str(text.into()))
            }
            _ => Value::Missing,
        }))
    }
}

/// The maximum length of the result in bytes. Without a limit, the result could be as long as the
/// square of the record's length.
const MAX_RESULT: usize = 16 << 20;

fn replaced(text: &str, part: &str, by: &str) -> Option<String> {
    if part.is_empty() {
        return Some(text.to_owned());
    }
    let count = text.matches(part).count();
    let length = count.checked_mul(by.len())?.checked_add(text.len() - count * part.len())?;
    (length <= MAX_RESULT).then(|| text.replace(part, by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_the_result_is_limited() {
        let text = "a".repeat(1 << 12);
        let fits = "b".repeat(1 << 12);
        assert_eq!(replaced(&text, "a", &fits).map(|text| text.len()), Some(MAX_RESULT));
        assert_eq!(replaced(&text, "a", &(fits.clone() + "b")), None);
        assert_eq!(replaced(&fits.repeat(1 << 11), "b", &fits.repeat(1 << 11)), None);
    }
}
