//! A page that a browser shows without a server: the posture as one file.

use std::io;

use super::super::inert::write_line;
use super::super::page::{Frame, element};
use super::{PostureFacts, convert};
use crate::posture::Posture;

pub(in crate::output) const SCRIPT: &str = include_str!("posture.js");

const FRAME: Frame =
    Frame { title: "Keytrail posture", instead: "keytrail posture --format human", script: SCRIPT };

/// Writes the complete posture as a page.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(posture: &Posture, facts: &PostureFacts, out: &mut dyn io::Write) -> io::Result<()> {
    let converted = convert::posture(posture, facts);
    FRAME.write(out, |out| element(out, "posture", |data| write_line(&converted, data)))
}
