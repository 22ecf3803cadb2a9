//! Destinations of reports. A file is written completely or not at all.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// The destination of a report.
#[derive(Debug, Clone)]
pub(crate) enum Destination {
    /// Standard output.
    Stdout,
    /// A regular file, or a file to create.
    File {
        /// The path as the user typed it.
        typed: PathBuf,
        /// The canonical path of its folder, joined with its name.
        real: PathBuf,
    },
    /// A device or a pipe, which is written to directly.
    Device(PathBuf),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Destination::Stdout => f.write_str("standard output"),
            Destination::File { typed: path, .. } | Destination::Device(path) => {
                write!(f, "{}", path.display())
            }
        }
    }
}

impl PartialEq for Destination {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Destination::Stdout, Destination::Stdout) => true,
            (Destination::File { real: a, .. }, Destination::File { real: b, .. }) => a == b,
            (Destination::Device(a), Destination::Device(b)) => a == b,
            _ => false,
        }
    }
}

impl Destination {
    /// The path of a regular file, with symbolic links resolved.
    pub(crate) fn real(&self) -> Option<&Path> {
        match self {
            Destination::File { real, .. } => Some(real),
            Destination::Stdout | Destination::Device(_) => None,
        }
    }

    /// The destination with this path; fails if it cannot be written.
    pub(crate) fn of(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Ok(Destination::Stdout);
        }
        let refused =
            |why: &str| Failure::because(format!("cannot write {}: {why}", path.display()));
        let link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => return Err(refused("it is a folder")),
            Ok(meta) if !meta.is_file() => return Ok(Destination::Device(path.to_owned())),
            _ if link => {
                return Err(refused("it is a symbolic link").help("name the file it points to"));
            }
            Ok(meta) if meta.permissions().readonly() => return Err(refused("it is read-only")),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(refused(&error.to_string())),
        }
        let name = path.file_name().ok_or_else(|| refused("it has no file name"))?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().map_err(|error| {
            refused(&format!("its folder {} cannot be used: {error}", folder.display()))
        })?;
        let real = folder.join(name);
        // Checks that files can be created in the folder; the draft is removed immediately.
        Draft::new(path, &real).map_err(|error| refused(&error.to_string()))?;
        Ok(Destination::File { typed: path.to_owned(), real })
    }
}

/// Fails if one of the destinations is an input.
pub(crate) fn reject_inputs<'p, 'd>(
    destinations: impl Iterator<Item = &'d Destination>,
    mut inputs: impl Iterator<Item = &'p Path>,
) -> Result<(), Failure> {
    let written: Vec<&Path> = destinations.filter_map(Destination::real).collect();
    if written.is_empty() {
        return Ok(());
    }
    let is_written =
        |input: &&Path| input.canonicalize().is_ok_and(|real| written.contains(&real.as_path()));
    match inputs.find(is_written) {
        Some(input) => Err(Failure::because(format!(
            "a report would be written over the input {}",
            input.display()
        ))),
        None => Ok(()),
    }
}

/// The content of a file that is being written. It is written to a temporary file in the same
/// folder, which is renamed at the end. If it is dropped before that, the temporary file is removed
/// and the old file remains unchanged.
#[derive(Debug)]
pub(crate) struct Draft {
    path: PathBuf,
    typed: PathBuf,
    real: PathBuf,
    file: File,
}

impl Draft {
    fn new(typed: &Path, real: &Path) -> io::Result<Self> {
        let mut taken = io::ErrorKind::AlreadyExists.into();
        for attempt in 0..100 {
            let name = format!(".keytrail-{}-{attempt}.tmp", std::process::id());
            let path = real.with_file_name(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    return Ok(Self { path, typed: typed.to_owned(), real: real.to_owned(), file });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
                Err(error) => return Err(error),
            }
        }
        Err(taken)
    }

    /// Writes a complete draft and syncs it to disk.
    pub(crate) fn write(
        typed: &Path,
        real: &Path,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Self, Failure> {
        let write = || {
            let draft = Self::new(typed, real)?;
            let mut writer = BufWriter::new(&draft.file);
            content(&mut writer)?;
            writer.flush()?;
            drop(writer);
            if let Ok(old) = fs::metadata(real) {
                draft.file.set_permissions(old.permissions())?;
            }
            draft.file.sync_all()?;
            Ok(draft)
        };
        write().map_err(|error| cannot_write(typed, &error))
    }

    /// Renames the draft to its final name.
    pub(crate) fn publish(self) -> Result<(), Failure> {
        fs::rename(&self.path, &self.real).map_err(|error| cannot_write(&self.typed, &error))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After publishing, no file has this name any more.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes to a device or pipe.
pub(crate) fn write_device(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| cannot_write(path, &error);
    let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    let mut writer = BufWriter::new(file);
    content(&mut writer).map_err(failed)?;
    writer.flush().map_err(failed)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::because(format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io;

    use super::{Destination, Draft};

    fn folder(name: &str) -> std::path::PathBuf {
        let id = std::process::id();
        let folder = std::env::temp_dir().join(format!("keytrail-place-{name}-{id}"));
        std::fs::create_dir_all(&folder).unwrap();
        folder.canonicalize().unwrap()
    }

    #[test]
    fn a_failed_write_leaves_only_the_old_file() {
        let folder = folder("failure");
        let path = folder.join("report");
        std::fs::write(&path, "old").unwrap();
        let written = Draft::write(&path, &path, |file| {
            file.write_all(b"half of it")?;
            Err(io::Error::other("the disk burns"))
        });
        let failure = written.unwrap_err().render(false);
        assert_eq!(failure, format!("error: cannot write {}: the disk burns\n", path.display()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);

        let draft = Draft::write(&path, &path, |file| file.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        draft.publish().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn different_spellings_of_a_path_are_one_destination() {
        let folder = folder("same");
        std::fs::create_dir(folder.join("sub")).unwrap();
        let destination = |name: &str| Destination::of(&folder.join(name)).unwrap();
        assert_eq!(destination("a"), destination("sub/../a"));
        assert_ne!(destination("a"), destination("sub/a"));
        assert_eq!(Destination::of("-".as_ref()).unwrap(), Destination::Stdout);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_new_report_keeps_the_permissions_of_the_old_one() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("mode");
        let path = folder.join("report");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        Draft::write(&path, &path, |file| file.write_all(b"new")).unwrap().publish().unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
