//! What every page has: one file with its data, one style sheet and one script.
//!
//! A page loads nothing, and its content policy forbids it to. The script writes every value of the data as
//! text, never as markup, and the JSON contains no `<`, so that a value cannot end the element that holds it.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

pub(super) const CSS: &str = include_str!("style.css");
pub(super) const BASE: &str = include_str!("base.js");

/// A kind of page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Its title, and what it is in a sentence.
    pub(super) title: &'static str,
    /// The command line that writes the same for a terminal.
    pub(super) instead: &'static str,
    /// The script, which runs after the shared one.
    pub(super) script: &'static str,
}

impl Frame {
    /// Writes a page; `elements` writes its data with [`element`].
    pub(super) fn write(
        &self,
        out: &mut dyn Write,
        elements: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let Self { title, instead, script } = self;
        let (style, runs) = (hash(&[CSS]), hash(&[BASE, script]));
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '{runs}'; \
             style-src '{style}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n\
             <noscript>This page shows its data with a script. For a terminal they are written with \
             <code>{instead}</code>.</noscript>\n"
        )?;
        elements(&mut *out)?;
        write!(out, "<script>{BASE}{script}</script>\n</body>\n</html>\n")
    }
}

/// Writes an element that holds JSON.
pub(super) fn element(
    out: &mut dyn Write,
    id: &str,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    writeln!(out, "<script type=\"application/json\" id=\"{id}\">")?;
    content(&mut WithoutMarkup(&mut *out))?;
    writeln!(out, "</script>")
}

/// The source expression of a content policy that permits exactly this text.
fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    format!("sha256-{}", STANDARD.encode(digest.finalize()))
}

/// Writes JSON with the characters of markup as escapes. They occur only inside strings.
struct WithoutMarkup<'w>(&'w mut dyn Write);

impl Write for WithoutMarkup<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'<' | b'>' | b'&')) {
            self.0.write_all(&rest[..at])?;
            write!(self.0, "\\u{:04x}", rest[at])?;
            rest = &rest[at + 1..];
        }
        self.0.write_all(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::output::inert::write_line;
    use crate::report::fixture::HOSTILE;

    #[test]
    fn markup_is_written_as_escapes_and_parses_to_the_same_text() {
        for text in HOSTILE.iter().copied().chain([
            "</script><img src=x onerror=alert(1)>",
            "<!--",
            "a&amp;b",
        ]) {
            let mut out = Vec::new();
            write_line(&text, &mut WithoutMarkup(&mut out)).unwrap();
            assert!(!out.iter().any(|byte| matches!(byte, b'<' | b'>' | b'&')), "{text}");
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
