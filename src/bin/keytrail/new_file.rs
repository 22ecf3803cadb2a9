//! New files. A file that exists is never overwritten.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::exit::Failure;

/// Creates a file and the folders above it.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes())
    });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => Failure::because(format!("cannot write {}: {error}", path.display())),
    })
}

/// The failure if a file exists.
pub(crate) fn exists(path: &Path) -> Failure {
    Failure::because(format!("{} exists and is not overwritten", path.display()))
}
