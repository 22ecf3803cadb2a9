//! A report as base64 text: the `Content` of a response that was not decoded.
//!
//! `aws iam get-credential-report --query Content` prints it in quotes, `--output text` with the
//! time and the media type after it, and other tools break it into lines.

use super::api_response::{ApiResponse, Broken, decode_base64};
use crate::value::{Time, Zone};

/// The shortest prefix that is decoded; the header of every report is longer.
const SHORTEST: usize = 32;

/// The beginning of the report, if these first bytes of a file are only base64.
pub(super) fn head(head: &[u8]) -> Option<Vec<u8>> {
    let text = text(head)?;
    let letters = content(text).0;
    // The bytes may end inside a group of four characters.
    let blocks: String = letters.chars().filter(|letter| !letter.is_whitespace()).collect();
    let whole = blocks.len() / 4 * 4;
    if whole < SHORTEST {
        return None;
    }
    let decoded = decode_base64(blocks.get(..whole)?).ok()?;
    std::str::from_utf8(&decoded)
        .map_or_else(|error| error.valid_up_to() > 0, |_| true)
        .then_some(decoded)
}

/// Decodes a complete file; `None` if it is not text.
pub(super) fn read(bytes: &[u8]) -> Option<Result<ApiResponse, Broken>> {
    let text = text(bytes)?;
    let (letters, rest) = content(text);
    let at = letters.as_ptr() as usize - bytes.as_ptr() as usize;
    let decoded = decode_base64(letters).map_err(|wrong| Broken {
        at: at + wrong,
        detail: "the report is base64 up to this place, but not from here on".to_owned(),
    });
    let time = rest.split('\t').find_map(|field| Time::parse_in(field.trim(), &Zone::utc()));
    Some(decoded.map(|content| ApiResponse { content, encoded: true, time, note: None }))
}

fn text(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).ok().map(str::trim)
}

/// The base64 characters, and what `--output text` prints after them.
fn content(text: &str) -> (&str, &str) {
    let (letters, rest) = text.split_once('\t').unwrap_or((text, ""));
    let unquoted = letters.strip_prefix('"').map(|inner| inner.strip_suffix('"').unwrap_or(inner));
    (unquoted.unwrap_or(letters), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `user,arn,mfa_active,password_enabled\nalice,N/A,false,true\n`.
    const REPORT: &str =
        "dXNlcixhcm4sbWZhX2FjdGl2ZSxwYXNzd29yZF9lbmFibGVkCmFsaWNlLE4vQSxmYWxzZSx0cnVlCg==";

    fn decoded(file: &str) -> String {
        match read(file.as_bytes()) {
            None => "not text".to_owned(),
            Some(Ok(response)) => format!(
                "{} lines, {}",
                response.content.iter().filter(|&&byte| byte == b'\n').count(),
                response.time.map_or_else(|| "no time".to_owned(), |time| time.to_string())
            ),
            Some(Err(broken)) => format!("broken at {}", broken.at),
        }
    }

    #[test]
    fn a_report_is_decoded_as_tools_print_it() {
        let lines = format!("{}\r\n{}\n", &REPORT[..33], &REPORT[33..]);
        for (file, expected) in [
            (REPORT.to_owned(), "2 lines, no time"),
            (format!("\u{feff}{REPORT}\n"), "2 lines, no time"),
            (lines, "2 lines, no time"),
            (format!("\"{REPORT}\"\n"), "2 lines, no time"),
            (
                format!("{REPORT}\t2026-03-10T00:00:00+00:00\ttext/csv\n"),
                "2 lines, 2026-03-10T00:00:00Z",
            ),
            (format!("{}*{}", &REPORT[..40], &REPORT[41..]), "broken at 40"),
            (format!("\"{}*{}\"", &REPORT[..40], &REPORT[41..]), "broken at 41"),
        ] {
            assert_eq!(decoded(&file), expected, "{file}");
        }
    }

    #[test]
    fn only_base64_of_text_is_decoded() {
        let long = REPORT.repeat(3);
        for (file, expected) in [
            (REPORT, true),
            (&REPORT[..50], true),
            ("dXNlcg==", false),
            ("user,arn,mfa_active,password_enabled,and_more_columns", false),
            ("{\"Content\":\"dXNlcixhcm4sbWZhX2FjdGl2ZSxwYXNzd29yZF9lbmFibGVk\"}", false),
            // Padding in the middle, and the bytes of an image.
            (long.as_str(), false),
            ("/////w8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8P", false),
            ("", false),
        ] {
            assert_eq!(head(file.as_bytes()).is_some(), expected, "{file}");
        }
        assert!(head(b"\xff\xfe\xfd").is_none());
    }
}
