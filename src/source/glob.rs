//! Walks the paths that match a glob.
//!
//! The walk of the `glob` crate follows symbolic links to folders, even in cycles. So only its
//! patterns are used, one for each part of the path. `*` and `?` match within one folder. `**`
//! descends into all folders below and does not follow links, so the walk always ends.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A glob over paths below a folder.
#[derive(Debug)]
pub struct GlobWalk {
    /// The folder before the first part with a wildcard.
    folder: PathBuf,
    parts: Vec<Part>,
    /// Whether wildcards skip hidden names and never follow a link to a folder.
    strict: bool,
    /// Whether only folders match: the pattern ends with a slash.
    only_folders: bool,
}

/// One part of a glob.
#[derive(Debug)]
enum Part {
    /// `**`.
    AnyFolders,
    /// A name with wildcards.
    Pattern(glob::Pattern),
    /// A name without wildcards.
    Name(PathBuf),
}

/// One result of a walk.
#[derive(Debug)]
pub enum GlobEntry {
    /// A file or folder that matches the glob.
    Path(PathBuf),
    /// A link to a folder that `**` reached; it is not followed.
    FolderLink(PathBuf),
    /// A folder that cannot be read.
    Unreadable(PathBuf, io::Error),
}

/// Whether a text contains a wildcard.
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

impl GlobWalk {
    /// Parses a pattern whose paths are relative to `base`. With `strict`, wildcards skip names
    /// that begin with a dot and never follow a link to a folder. Otherwise wildcards match such
    /// names too, and only `**` does not follow links.
    ///
    /// # Errors
    ///
    /// The index of the character at which the pattern is invalid, from 0, and the reason.
    pub fn new(base: &Path, text: &str, strict: bool) -> Result<Self, glob::PatternError> {
        glob::Pattern::new(text)?;
        let mut folder = base.to_owned();
        let mut parts = Vec::new();
        for component in Path::new(text).components() {
            let name = component.as_os_str().to_str().unwrap_or_default();
            if name == "**" {
                // Two `**` in a row are equivalent to one.
                if !matches!(parts.last(), Some(Part::AnyFolders)) {
                    parts.push(Part::AnyFolders);
                }
            } else if is_glob(name) {
                parts.push(Part::Pattern(glob::Pattern::new(name)?));
            } else if parts.is_empty() {
                folder.push(component);
            } else if component != Component::CurDir {
                parts.push(Part::Name(component.as_os_str().into()));
            }
        }
        let only_folders = text.ends_with(std::path::is_separator);
        Ok(Self { folder, parts, strict, only_folders })
    }

    /// The folder before the first part with a wildcard, as written.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Calls `named` for every path that matches the glob. The entries of a folder are visited in
    /// the order of their names.
    pub fn walk(&self, named: &mut dyn FnMut(GlobEntry)) {
        if self.folder().as_os_str().is_empty() || self.folder().is_dir() {
            self.descend(&self.folder, &self.parts, self.strict, named);
        }
    }

    /// If `inside` is true, wildcards do not follow links from this folder on.
    fn descend(
        &self,
        folder: &Path,
        parts: &[Part],
        inside: bool,
        named: &mut dyn FnMut(GlobEntry),
    ) {
        let Some((part, rest)) = parts.split_first() else {
            return named(GlobEntry::Path(folder.to_owned()));
        };
        match part {
            // A folder includes everything below it.
            Part::AnyFolders if rest.is_empty() => named(GlobEntry::Path(folder.to_owned())),
            Part::AnyFolders => {
                self.descend(folder, rest, true, named);
                for path in list(folder, named) {
                    if self.hides(&path) || !path.is_dir() {
                    } else if !path.is_symlink() {
                        self.descend(&path, parts, true, named);
                    } else if !self.names(rest, &path) {
                        named(GlobEntry::FolderLink(path));
                    }
                }
            }
            Part::Name(name) => {
                let path = folder.join(name);
                if path.symlink_metadata().is_ok() {
                    // A link is followed if the pattern spells its name.
                    self.step(path, rest, false, named);
                }
            }
            Part::Pattern(_) => {
                for path in list(folder, named) {
                    if self.names(parts, &path) {
                        self.step(path, rest, inside, named);
                    }
                }
            }
        }
    }

    /// Continues with a path that matches the parts so far.
    fn step(&self, path: PathBuf, rest: &[Part], inside: bool, named: &mut dyn FnMut(GlobEntry)) {
        if path.is_dir() {
            if inside && path.is_symlink() {
                named(GlobEntry::FolderLink(path));
            } else {
                self.descend(&path, rest, inside, named);
            }
        } else if rest.is_empty() && !self.only_folders {
            named(GlobEntry::Path(path));
        }
    }

    /// Whether the first of these parts matches this entry of a folder.
    fn names(&self, parts: &[Part], path: &Path) -> bool {
        match (parts.first(), path.file_name()) {
            (Some(Part::Name(part)), Some(name)) => part == name,
            (Some(Part::Pattern(pattern)), Some(name)) => {
                let meant = pattern.as_str().starts_with('.') || !self.hides(path);
                meant && pattern.matches(&name.to_string_lossy())
            }
            _ => false,
        }
    }

    fn hides(&self, path: &Path) -> bool {
        self.strict
            && path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    }
}

/// The entries of a folder, in the order of their names.
fn list(folder: &Path, named: &mut dyn FnMut(GlobEntry)) -> Vec<PathBuf> {
    let shown = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut paths = Vec::new();
    match fs::read_dir(shown) {
        Ok(entries) => {
            for entry in entries {
                match entry {
                    Ok(entry) => paths.push(folder.join(entry.file_name())),
                    Err(error) => named(GlobEntry::Unreadable(folder.to_owned(), error)),
                }
            }
        }
        Err(error) => named(GlobEntry::Unreadable(folder.to_owned(), error)),
    }
    paths.sort_unstable();
    paths
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn walk(base: &Path, pattern: &str) -> String {
        let mut found = Vec::new();
        let relative = |path: &Path| path.strip_prefix(base).unwrap().display().to_string();
        GlobWalk::new(base, pattern, false).unwrap().walk(&mut |named| {
            found.push(match named {
                GlobEntry::Path(path) => relative(&path),
                GlobEntry::FolderLink(path) => format!("link {}", relative(&path)),
                GlobEntry::Unreadable(path, error) => format!("{}: {error}", relative(&path)),
            });
        });
        found.join(" ")
    }

    fn tree() -> tempfile::TempDir {
        let scratch = tempfile::tempdir().unwrap();
        for folder in ["a/b", "a/.git", "c"] {
            fs::create_dir_all(scratch.path().join(folder)).unwrap();
        }
        for file in ["a/1.log", "a/b/2.log", "a/.git/3.log", "c/4.txt", "[1].log"] {
            fs::write(scratch.path().join(file), "").unwrap();
        }
        scratch
    }

    #[test]
    fn a_glob_matches_paths_part_by_part() {
        let scratch = tree();
        for (pattern, expected) in [
            ("*", "[1].log a c"),
            ("*/", "a c"),
            ("*/*.log", "a/1.log"),
            ("a/*/*.log", "a/.git/3.log a/b/2.log"),
            ("**/*.log", "[1].log a/1.log a/.git/3.log a/b/2.log"),
            ("**/**/*.log", "[1].log a/1.log a/.git/3.log a/b/2.log"),
            ("a/**", "a"),
            ("**/b/*", "a/b/2.log"),
            ("*/../c/*", "c/4.txt c/4.txt"),
            ("*/./1.log", "a/1.log"),
            ("[[]1].log", "[1].log"),
            ("?/4.txt", "c/4.txt"),
            ("a/1.log/*", ""),
            ("none/*", ""),
        ] {
            let found = walk(scratch.path(), pattern).replace("a/../c", "c").replace("c/../c", "c");
            assert_eq!(found, expected, "{pattern}");
        }
        for wrong in ["a**", "[a", "**b/c", "a/***"] {
            assert!(GlobWalk::new(Path::new(""), wrong, false).is_err(), "{wrong}");
        }
    }

    #[test]
    fn strict_wildcards_skip_hidden_names() {
        let scratch = tree();
        let count = |pattern: &str, strict: bool| {
            let mut count = 0;
            let glob = GlobWalk::new(scratch.path(), pattern, strict).unwrap();
            glob.walk(&mut |_| count += 1);
            count
        };
        for (pattern, all, shown) in
            [("a/*/*", 2, 1), ("**/3.log", 1, 0), ("a/.g*/*", 1, 1), ("a/.git/*", 1, 1)]
        {
            assert_eq!((count(pattern, false), count(pattern, true)), (all, shown), "{pattern}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_to_folders_are_followed_only_by_name() {
        let scratch = tree();
        let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, scratch.path().join(at));
        link("..", "a/up").unwrap();
        link(".", "a/self").unwrap();
        link("1.log", "a/same.log").unwrap();
        for (pattern, expected) in [
            ("**/*.log", "[1].log a/1.log a/same.log a/.git/3.log a/b/2.log link a/self link a/up"),
            ("**/self", "a/self link a/up"),
            (
                "**/*",
                "[1].log a c a/.git a/1.log a/b a/same.log link a/self link a/up a/.git/3.log a/b/2.log c/4.txt",
            ),
            ("*/self/1.log", "a/self/1.log"),
            ("a/s*/1.log", "a/self/1.log"),
        ] {
            assert_eq!(walk(scratch.path(), pattern), expected, "{pattern}");
        }
    }
}
