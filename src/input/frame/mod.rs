//! Splits a stream of bytes into records.
//!
//! The container is recognised by content: an array below a key of [`CONTAINERS`](sniff) with other
//! keys around, `[…]`, one record a line, objects one after the other, or the rows of a table. A
//! line may begin with a time before its record. A record that is not well formed is skipped alone:
//! the splitter continues with the next one.

mod framer;
mod table_header;
mod line_prefix;
mod resync;
mod sniff;
mod unknown_content;

pub(super) use framer::{Ending, Framer, WINDOW};
pub(super) use line_prefix::line_prefix;
pub(super) use sniff::QUERY_ROWS;
pub(super) use table_header::{Tables, record_column, trusted};

/// The longest record. CloudTrail's own limit is 1 MiB.
pub(super) const MAX_RECORD: usize = 16 << 20;

/// Keys of containers are short: at most this much is buffered before an array that may be one.
const KEY_REACH: usize = 4096;
