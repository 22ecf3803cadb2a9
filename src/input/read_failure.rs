//! Why the end of a file was not reached.

use std::{fmt, io};

/// Why a file was not read to its end. The reader reports it for the record in which the bytes end.
#[derive(Debug)]
pub(super) enum ReadFailure {
    /// The file has fewer bytes than when it was opened.
    Shrank {
        /// Its size in bytes when it was opened.
        size: u64,
        /// The bytes that were read.
        read: u64,
    },
    /// Reading or decompressing a compressed file failed.
    Compressed {
        /// The stored bytes that were read.
        read: u64,
        /// The error.
        error: io::Error,
    },
    /// Reading failed.
    Io(io::Error),
}

impl fmt::Display for ReadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadFailure::Shrank { size, read } => {
                write!(f, "the file shrank from {size} to {read} bytes while read")
            }
            ReadFailure::Compressed { read, error } => {
                write!(f, "reading failed within the first {read} bytes as stored: {error}")
            }
            ReadFailure::Io(error) => write!(f, "reading failed: {error}"),
        }
    }
}
