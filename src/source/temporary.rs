//! Temporary files.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// A file without a name. The system removes it when it is dropped or when the program ends.
#[derive(Debug)]
pub struct Temporary(File);

impl Temporary {
    /// Creates a file in the system's folder for temporary files.
    ///
    /// # Errors
    ///
    /// If the system cannot create it.
    #[cfg(feature = "native")]
    pub fn create() -> io::Result<Self> {
        tempfile::tempfile().map(Self)
    }
}

impl Read for Temporary {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Temporary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Seek for Temporary {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}
