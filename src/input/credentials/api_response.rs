//! Reports in API responses: a JSON object whose `Content` is the report.
//!
//! The response is a wrapping like compression: lines and offsets of records refer to the decoded
//! report, which is what a person sees who decodes it. The whole response is read first, because
//! its keys may come in any order.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};

use crate::input::json::{decode, members};
use crate::value::{Members, Time, Zone};

/// Keys below which clients store the response of an API.
const WRAPPERS: [&str; 3] = ["data", "body", "Response"];

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A report extracted from a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ApiResponse {
    /// The report.
    pub(super) content: Vec<u8>,
    /// Whether it was encoded as base64.
    pub(super) encoded: bool,
    /// When the report was made, according to the response.
    pub(super) time: Option<Time>,
    /// A note about the response.
    pub(super) note: Option<&'static str>,
}

/// A response whose report cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// The offset of the error in bytes.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) detail: String,
}

/// Whether these first bytes belong to an API response that contains a report.
pub(super) fn begins(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => {
            let valid = head.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
    };
    if !text.trim_start().starts_with('{') {
        return false;
    }
    let mut found = false;
    // The bytes may be cut off anywhere, so an error at their end does not matter.
    let _ = Deserializer::deserialize_map(
        &mut serde_json::Deserializer::from_str(text),
        ContentKeys { found: &mut found, inner: true },
    );
    found
}

/// Extracts the report from a complete response; `None` if it is not a response after all.
pub(super) fn read(text: &[u8]) -> Option<Result<ApiResponse, Broken>> {
    let text = std::str::from_utf8(text).ok()?;
    let outer = Parts::of(text)?;
    let parts = if outer.content.is_some() {
        outer
    } else {
        let mut inner = outer.inner.iter().filter_map(|json| Parts::of(json));
        inner.find(|parts| parts.content.is_some())?
    };
    let content = parts.content?;
    let at = content.as_ptr() as usize - text.as_ptr() as usize;
    Some(report(content, parts.time, parts.twice, at))
}

fn report(
    content: &str,
    time: Option<&str>,
    twice: bool,
    at: usize,
) -> Result<ApiResponse, Broken> {
    let broken = |at: usize, detail: &str| Broken { at, detail: detail.to_owned() };
    if twice {
        return Err(broken(at, "the response contains a key twice, so it is ambiguous"));
    }
    let Some(report) = decode(content).filter(|_| content.starts_with('"')) else {
        return Err(broken(at, "the `Content` of the response is not a text"));
    };
    let (content, encoded) = match plain(&report) {
        true => (report.into_owned().into_bytes(), false),
        false => (
            decode_base64(&report).map_err(|wrong| {
                // Without escapes, offsets in the text are offsets in the file.
                let inside = if report.len() + 2 == content.len() { 1 + wrong } else { 0 };
                broken(at + inside, "the `Content` of the response is not base64")
            })?,
            true,
        ),
    };
    let time_made = time.and_then(generated);
    let note = (time.is_some() && time_made.is_none())
        .then_some("the `GeneratedTime` of the response is not a time that Keytrail can read");
    Ok(ApiResponse { content, encoded, time: time_made, note })
}

/// Whether the text is the report itself, because a program has already decoded it.
fn plain(report: &str) -> bool {
    report.contains([',', '\n'].as_slice())
        && report.lines().next().is_some_and(|l| l.contains(','))
}

/// Decodes base64 that may be broken into lines.
///
/// # Errors
///
/// The number of bytes before the first one that is not base64.
pub(super) fn decode_base64(text: &str) -> Result<Vec<u8>, usize> {
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    let letters: Cow<'_, [u8]> = if text.bytes().any(|byte| blank(&byte)) {
        Cow::Owned(text.bytes().filter(|byte| !blank(byte)).collect())
    } else {
        Cow::Borrowed(text.as_bytes())
    };
    BASE64.decode(&letters).map_err(|error| {
        use base64::DecodeError::{InvalidByte, InvalidLastSymbol, InvalidLength, InvalidPadding};
        let letter = match error {
            InvalidByte(at, _) => at,
            InvalidLastSymbol { .. } | InvalidLength(_) | InvalidPadding => letters.len(),
        };
        let places = text.bytes().enumerate().filter(|(_, byte)| !blank(byte));
        places.map(|(at, _)| at).nth(letter).unwrap_or(text.len())
    })
}

/// The time, as text or as seconds since 1970.
fn generated(json: &str) -> Option<Time> {
    match decode(json) {
        Some(text) if json.starts_with('"') => Time::parse_in(&text, &Zone::utc()),
        _ => Time::from_seconds(json.split('.').next()?.parse().ok()?),
    }
}

/// The relevant parts of a response, and the objects that may contain them.
#[derive(Default)]
struct Parts<'a> {
    content: Option<&'a str>,
    time: Option<&'a str>,
    twice: bool,
    inner: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    /// The parts of an object; `None` for another text.
    fn of(json: &'a str) -> Option<Self> {
        let Members(members) = members(json)?;
        let mut parts = Self::default();
        for (key, value) in members {
            let slot = match &*key {
                "Content" => &mut parts.content,
                "GeneratedTime" => &mut parts.time,
                _ => {
                    if WRAPPERS.contains(&&*key) && value.starts_with('{') {
                        parts.inner.push(value);
                    }
                    continue;
                }
            };
            parts.twice |= slot.replace(value).is_some();
        }
        Some(parts)
    }
}

/// Looks for `Content` among the keys of an object, or of the objects in it.
struct ContentKeys<'f> {
    found: &'f mut bool,
    inner: bool,
}

impl<'de> Visitor<'de> for ContentKeys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "Content" => {
                    // A report is a text, and the bytes may end inside it.
                    *self.found = true;
                    return map.next_value_seed(NoReport(self.found));
                }
                // These occur in logs, whose records do not matter here.
                "Records" | "Events" => return Ok(()),
                key if self.inner && WRAPPERS.contains(&key) => {
                    map.next_value_seed(Inner(&mut *self.found))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Inner<'f>(&'f mut bool);

impl<'de> serde::de::DeserializeSeed<'de> for Inner<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(ContentKeys { found: self.0, inner: false })
    }
}

/// The error for a `Content` that is not a text.
struct NoReport<'f>(&'f mut bool);

impl<'de> serde::de::DeserializeSeed<'de> for NoReport<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NoReport<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        *self.0 = false;
        Ok(())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        *self.0 = false;
        Ok(())
    }
}
