//! A page that a browser shows without a server: the report as one file.
//!
//! The page contains the JSON report, a style sheet and a script. It loads nothing, and its content
//! policy forbids it to. The script writes every value of the report as text, never as markup, and the
//! JSON contains no `<`, so that a value cannot end the element that holds it.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::inert::write_line;
use super::{Output, Style, json};
use crate::report::Report;

/// The report as a page.
pub(super) static HTML: Output = Output {
    name: "html",
    doc: "A page for people, in one file: incidents, findings to filter and sort, charts, inputs, rules and \
          the allowlist.",
    extension: "html",
    records: true,
    write,
};

const CSS: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (style, script) = (hash(CSS), hash(SCRIPT));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '{script}'; \
         style-src '{style}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Keytrail report</title>\n<style>{CSS}</style>\n</head>\n<body>\n\
         <noscript>This page shows the report with a script. A report for a terminal is written with \
         <code>--format human</code>.</noscript>\n\
         <script type=\"application/json\" id=\"report\">"
    )?;
    let mut data = WithoutMarkup(&mut *out);
    write_line(&json::converted(report), &mut data)?;
    write!(out, "</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

/// The source expression of a content policy that permits exactly this text.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
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
mod tests;
