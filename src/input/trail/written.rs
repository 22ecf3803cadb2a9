//! The texts that the bytes of a record contain if a field has a value.
//!
//! Names of operations and services and the codes of errors are copied from the record, at most cut and with
//! another case. Other fields are derived from several values, so no text follows from them.

use crate::record::field::event as field;
use crate::record::{FieldId, Provider, Sought};

/// The shortest text that is worth a search.
const SHORTEST: usize = 3;

/// The texts of which a record of this provider's trail contains one if the field has the value; `None` if
/// none follows. ASCII case is ignored.
pub(in crate::input) fn written(
    provider: Provider,
    field: FieldId,
    sought: Sought<'_>,
) -> Option<Vec<String>> {
    let texts = match (field, sought) {
        (
            field::API | field::SERVICE | field::CODE,
            Sought::Whole(text) | Sought::Prefix(text) | Sought::Part(text),
        ) => vec![text],
        (field::NAME, sought) => vec![name(sought)?],
        (field::OPERATION, Sought::Whole(text)) => vec![name(Sought::Whole(text))?],
        // What precedes the colon is the name of the cloud.
        (field::OPERATION, Sought::Prefix(text)) => {
            vec![name(Sought::Prefix(text.split_once(':')?.1))?]
        }
        (field::OPERATION, Sought::Part(text)) => {
            let text = text.split_once(':').map_or(text, |(_, name)| name);
            let part = name(Sought::Part(text))?;
            let is_cloud = |of: &Provider| of.name().contains(&part.to_ascii_lowercase());
            if Provider::ALL.iter().any(is_cloud) {
                return None;
            }
            vec![part]
        }
        // Every trail writes the outcome of a failed call as an error, or as the word of a sign-in.
        (field::OK, Sought::Flag(false)) => vec!["error", "failure"],
        (field::KIND, Sought::Whole("signin")) => match provider {
            Provider::Tencent => vec!["ConsoleLogin"],
            _ => vec!["signin"],
        },
        _ => return None,
    };
    let all = texts.into_iter().map(|text| is_plain(text).then(|| text.to_owned()));
    all.collect()
}

/// The part of `service.Operation` that is searched for.
fn name(sought: Sought<'_>) -> Option<&str> {
    match sought {
        Sought::Whole(text) => text.rsplit(['.', ':']).next(),
        // The last part may be incomplete, but whatever is there is written without a gap.
        Sought::Prefix(text) => text.rsplit('.').find(|part| !part.is_empty()),
        Sought::Part(text) => text.split(['.', ':']).max_by_key(|part| part.len()),
        Sought::Flag(_) => None,
    }
}

/// Whether JSON writes the text as it is, unless it writes letters as `\u` escapes.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'/');
    text.len() >= SHORTEST && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_follows_from_values_that_are_copied() {
        use Sought::{Flag, Part, Prefix, Whole};
        for (of, sought, texts) in [
            (field::API, Whole("StopLogging"), Some(&["StopLogging"][..])),
            (field::API, Prefix("Put"), Some(&["Put"])),
            (field::API, Prefix("Pu"), None),
            (field::API, Whole("a/b"), None),
            (field::API, Whole("Lösche"), None),
            (field::NAME, Whole("iam.CreateUser"), Some(&["CreateUser"])),
            (field::NAME, Prefix("iam.Create"), Some(&["Create"])),
            (field::NAME, Prefix("guardduty."), Some(&["guardduty"])),
            (field::NAME, Part("m.CreateUs"), Some(&["CreateUs"])),
            (field::OPERATION, Whole("aws:iam.CreateUser"), Some(&["CreateUser"])),
            (field::OPERATION, Prefix("aws:guardduty."), Some(&["guardduty"])),
            (field::OPERATION, Prefix("aws:"), None),
            (field::OPERATION, Prefix("aws"), None),
            (field::OPERATION, Part("aws:ec2"), Some(&["ec2"])),
            (field::OPERATION, Part("aws"), None),
            (field::OPERATION, Part("Snapshot"), Some(&["Snapshot"])),
            (field::CODE, Whole("AccessDenied"), Some(&["AccessDenied"])),
            (field::OK, Flag(false), Some(&["error", "failure"])),
            (field::OK, Flag(true), None),
            (field::USER_TYPE, Whole("root"), None),
        ] {
            let texts = texts.map(|all| all.iter().map(|&text| text.to_owned()).collect());
            assert_eq!(written(Provider::Aws, of, sought), texts, "{of:?} {sought:?}");
        }
    }
}
