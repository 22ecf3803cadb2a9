//! Decodes base64, and gzip inside it.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::bufread::MultiGzDecoder;

use crate::input::frame::MAX_RECORD;
use crate::input::json::Fault;
use crate::record::SkipReason;

/// The shortest text that is tried as base64: an encoded record is longer.
const SHORTEST: usize = 24;

/// The text that is encoded in `text`; `None` if it is not base64 of text or of gzip.
///
/// # Errors
///
/// If gzip data is damaged, or expands to more bytes than a record may have.
pub(super) fn decoded(text: &str) -> Result<Option<String>, Fault> {
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    if text.len() < SHORTEST || !text.as_bytes().iter().take(SHORTEST).all(is_base64) {
        return Ok(None);
    }
    let Ok(bytes) = STANDARD.decode(text) else { return Ok(None) };
    if !bytes.starts_with(b"\x1f\x8b") {
        return Ok(String::from_utf8(bytes).ok());
    }
    let mut out = String::new();
    let limit = MAX_RECORD as u64;
    match MultiGzDecoder::new(&*bytes).take(limit + 1).read_to_string(&mut out) {
        Ok(_) if out.len() as u64 > limit => {
            let detail =
                format!("the gzip data in its envelope expands to more than {limit} bytes");
            Err(Fault { reason: SkipReason::TooLong, detail })
        }
        Ok(_) => Ok(Some(out)),
        Err(error) => {
            let detail = format!("the gzip data in its envelope cannot be read: {error}");
            Err(Fault { reason: SkipReason::Syntax, detail })
        }
    }
}
