//! Splits a stream of bytes into records.
//!
//! The container is told by content: `{"Records":[…]}`, `{"Events":[…]}` and
//! `{"QueryResultRows":[…]}` with other keys around, the second also inside a `Response`; `[…]`,
//! one record a line, objects one after the other, or the rows of a table. A record that is not
//! well formed costs itself: the splitter goes on at the next one.

mod framer;
mod head;
mod place;
mod resync;
mod scan;
mod sniff;

pub(super) use framer::{Ending, Framer, WINDOW};
pub(super) use head::{Tables, trusted};
pub(super) use scan::too_deep;

/// The longest record. CloudTrail's own limit is 1 MiB.
pub(super) const MAX_RECORD: usize = 16 << 20;

/// The deepest nesting of a record.
pub(super) const MAX_DEPTH: usize = 512;

/// Keys of containers are short: no more is kept in front of an array that may be one.
const KEY_REACH: usize = 4096;
