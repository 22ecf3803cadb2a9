//! JSON whose bytes cannot control a terminal or a CI log and that parses to the same data.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write as _};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::diag::is_hostile;

/// Writes a value as indented JSON.
pub(super) fn write_pretty(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    write(value, PrettyFormatter::new(), out)
}

/// Writes a value as JSON on one line.
pub(super) fn write_line(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    write(value, CompactFormatter, out)
}

fn write(value: &impl Serialize, form: impl Formatter, out: &mut dyn io::Write) -> io::Result<()> {
    // A value is written in many pieces of a few bytes, each of which would be a call through `dyn`.
    let mut out = BufWriter::with_capacity(BLOCK, out);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Inert(form)))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Bytes that are written at a time.
const BLOCK: usize = 64 << 10;

/// Writes like `F`, but escapes hostile characters and the log command `##[` as `\u` sequences.
#[derive(Debug, Default)]
pub(super) struct Inert<F>(pub(super) F);

/// Forwards calls to the inner formatter.
macro_rules! as_inner {
    ($($name:ident($($arg:ident: $ty:ty),*);)*) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $arg: $ty)*) -> io::Result<()> {
            self.0.$name(writer $(, $arg)*)
        })*
    };
}

impl<F: Formatter> Formatter for Inert<F> {
    as_inner! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    /// JSON that is copied verbatim. Hostile characters can only occur inside its strings.
    fn write_raw_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.write_string_fragment(writer, fragment)
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let bytes = fragment.as_bytes();
        let (mut plain, mut at) = (0, 0);
        // Nearly every character is plain ASCII, and is not looked at any further.
        let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'[';
        while let Some(found) = bytes[at..].iter().position(|byte| !is_plain(byte)) {
            at += found;
            let Some(c) = fragment[at..].chars().next() else { break };
            let from = at;
            at += c.len_utf8();
            let command = c == '[' && fragment[..from].ends_with("##");
            if !command && !is_hostile(c) {
                continue;
            }
            writer.write_all(&bytes[plain..from])?;
            let mut escape = String::new();
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escape, "\\u{unit:04x}");
            }
            writer.write_all(escape.as_bytes())?;
            plain = at;
        }
        writer.write_all(&bytes[plain..])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::report::fixture::HOSTILE;
    use serde::Serialize;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        let formatter = Inert(serde_json::ser::CompactFormatter);
        text.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hostile_characters_are_escaped_and_others_stay() {
        for (text, json) in [
            ("naïve 日本", r#""naïve 日本""#),
            ("\u{202e}a\u{9b}", r#""\u202ea\u009b""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
            ("##[error]", r###""##\u005berror]""###),
            ("\u{7f}\u{1b}", r#""\u007f\u001b""#),
        ] {
            assert_eq!(written(text), json);
        }
    }

    #[test]
    fn the_data_stay_the_same() {
        for text in HOSTILE {
            assert_eq!(serde_json::from_str::<String>(&written(text)).unwrap(), *text);
        }
    }
}
