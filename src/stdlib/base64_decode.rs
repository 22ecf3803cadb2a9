//! Decodes base64 text.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::expr::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
use crate::value::{Type, Value};

/// As lenient as the programs that run encoded commands: padding can be omitted (RFC
/// 4648, section 3.2), and bits beyond the last byte are ignored.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes base64 text.
#[derive(Debug)]
pub(super) struct Base64Decode;

impl Function for Base64Decode {
    fn name(&self) -> &'static str {
        "base64_decode"
    }

    fn doc(&self) -> &'static str {
        "Decodes base64 to text. The result is missing if the input is not base64 or the decoded bytes are not UTF-8. White space is ignored."
    }

    fn signatures(&self) -> &'static [Signature] {
        &[Signature {
            params: &[("value", ArgumentKind::Single)],
            returns: Returns::Maybe(Type::Str),
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { expr: r#"base64_decode("Y3VybCBodHRw")"#, result: "curl http" },
            Example { expr: r#"base64_decode("curl http")"#, result: "()" },
            Example { expr: r#"base64_decode("Y3VybA")"#, result: "curl" },
        ]
    }

    fn role(&self) -> Role {
        Role::Transformation
    }

    fn prepare(&self, _: &[Constant]) -> Result<Prepared, BadArgument> {
        Ok(Prepared::apply(|args| match args {
            [Value::Str(text)] => {
                decode(text).map_or(Value::Missing, |text| Value::Str(text.into()))
            }
            _ => Value::Missing,
        }))
    }
}

fn decode(text: &str) -> Option<String> {
    let blank = |byte: u8| byte.is_ascii_whitespace();
    let letters: Cow<'_, [u8]> = if text.bytes().any(blank) {
        text.bytes().filter(|byte| !blank(*byte)).collect()
    } else {
        text.as_bytes().into()
    };
    String::from_utf8(BASE64.decode(&letters).ok()?).ok()
}
