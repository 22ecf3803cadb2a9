//! The size of a log, so that it can be cut before a service refuses it.

use std::io;

use serde::Serialize;
use serde_json::ser::CompactFormatter;

use super::Inert;

/// Counts what is written.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The size of a value as it is written, in bytes.
pub(super) fn size(value: &impl Serialize) -> io::Result<usize> {
    let mut counter = Counter(0);
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut counter,
        Inert(CompactFormatter),
    ))?;
    Ok(counter.0)
}

/// How many of these values fit into so many bytes, with the commas between them.
pub(super) fn fitting(values: &[impl Serialize], mut bytes: usize) -> io::Result<usize> {
    for (at, value) in values.iter().enumerate() {
        match bytes.checked_sub(size(value)? + 1) {
            Some(left) => bytes = left,
            None => return Ok(at),
        }
    }
    Ok(values.len())
}
