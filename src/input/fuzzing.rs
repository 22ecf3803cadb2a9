//! Entry points for fuzz targets; not part of the library's API.

use super::frame::{Ending, Framer};
use super::json::{Fields, Shape};
use crate::record::{Batch, SkipReason};

/// The result of splitting some bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Offset, line, column, ordinal and length of each record.
    pub records: Vec<(u64, u64, u64, u64, usize)>,
    /// Offset, line, ordinal and reason of each skip.
    pub skipped: Vec<(u64, u64, u64, SkipReason)>,
    /// The container of the records.
    pub container: &'static str,
    /// What the bytes contain, if no format reads them.
    pub other: Option<String>,
    /// Notes.
    pub notes: Vec<&'static str>,
    /// The size of the largest batch.
    pub largest_batch: usize,
}

/// Splits bytes that come in chunks of these sizes, again and again. `window` is the number of
/// bytes that are examined to recognise a format, `limit` the length of the longest record.
pub fn split(bytes: &[u8], chunks: &[usize], window: usize, limit: usize) -> Split {
    let mut framer = Framer::with_limits(window, limit);
    let mut split = Split::default();
    let mut batch = Batch::default();
    let mut rest = bytes;
    let mut sizes = chunks.iter().cycle().map(|&size| size.max(1));
    loop {
        let size = sizes.next().unwrap_or(rest.len()).min(rest.len());
        let (chunk, later) = rest.split_at(size);
        rest = later;
        batch.bytes.extend_from_slice(chunk);
        // As at the end of a file, where the last read returns nothing.
        let ending = if size == 0 { Ending::Eof } else { Ending::More };
        let done = framer.run(&mut batch, ending);
        for placed in batch.records.drain(..) {
            let text = &batch.bytes[placed.start..placed.end];
            let at = placed.offset as usize;
            assert_eq!(
                bytes.get(at..at + text.len()),
                Some(text),
                "a record has the position that it states"
            );
            let place = (placed.offset, placed.line, placed.column, placed.ordinal, text.len());
            split.records.push(place);
        }
        let skipped = batch.skipped.drain(..);
        split.skipped.extend(skipped.map(|s| (s.offset, s.line, s.ordinal, s.reason)));
        batch.bytes.drain(..done);
        split.largest_batch = split.largest_batch.max(batch.bytes.len());
        if ending == Ending::Eof {
            assert!(batch.bytes.is_empty(), "nothing is left");
            split.container = framer.container();
            split.other = framer.other().map(ToString::to_string);
            split.notes = framer.notes().collect();
            return split;
        }
    }
}

/// The texts that these paths have in a JSON text, and whether it is an object.
///
/// # Errors
///
/// Why the text is not read.
pub fn project<'t>(
    text: &'t str,
    paths: &[&'static str],
) -> Result<(bool, Vec<Option<&'t str>>), SkipReason> {
    let shape = Shape::new(paths, |_| true);
    let fields = Fields::read(text, &shape).map_err(|fault| fault.reason)?;
    Ok((fields.object, (0..paths.len()).map(|path| fields.get(path)).collect()))
}
