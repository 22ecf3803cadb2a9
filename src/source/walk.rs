//! Finds policy files: paths, folders and globs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::glob::{GlobEntry, GlobWalk, is_glob};
use super::lexical::normal;
pub use super::lexical::normalized;
use super::{LoadError, LoadErrorKind};

/// The policy files that one path, folder or glob matches, sorted by the bytes of their paths.
///
/// A path is taken as is. A folder is searched for `.yaml` and `.yml`; hidden files are skipped,
/// and symbolic links to folders are not followed because they could form cycles. Such a link is an
/// error, because its files would be missing from the policy. A pattern that matches no file is an
/// error too.
///
/// # Errors
///
/// Every path that cannot be used, sorted.
pub fn expand(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, Vec<LoadError>> {
    let failed = |kind| vec![LoadError { path: PathBuf::from(pattern), kind }];
    let path = base.join(pattern);
    let mut found = FoundFiles::default();
    if pattern.is_empty() {
        return Err(failed(LoadErrorKind::EmptyPath));
    } else if path.is_dir() {
        found.walk(&path);
    } else if path.symlink_metadata().is_ok() {
        found.files.insert(path);
    } else if !is_glob(pattern) {
        return Err(failed(LoadErrorKind::NotFound));
    } else {
        found.glob(base, pattern).map_err(failed)?;
    }
    if !found.errors.is_empty() {
        found.errors.sort_by(|a, b| a.path.cmp(&b.path));
        found.errors.dedup_by(|a, b| a.path == b.path);
        return Err(found.errors);
    }
    if found.files.is_empty() {
        return Err(failed(LoadErrorKind::NoPolicyFile));
    }
    Ok(found.files.into_iter().collect())
}

/// The file with this name in `directory` or the nearest folder above it that has one.
///
/// Any kind of entry with that name is returned, so one that cannot be read causes an error later
/// instead of being ignored.
pub fn find_upward(directory: &Path, name: &str) -> Option<PathBuf> {
    let start = fs::canonicalize(directory).ok()?;
    start.ancestors().map(|folder| folder.join(name)).find(|path| path.symlink_metadata().is_ok())
}

/// The names of the entries of a folder; none if it cannot be read.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// The path with every symbolic link resolved, so that each file has one path.
pub fn resolve(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// `path` relative to `base`, with `/` between its parts.
pub fn relative(path: &Path, base: &Path) -> String {
    let (path, base) = (normal(path), normal(base));
    let shared = path.iter().zip(&base).take_while(|(a, b)| a == b).count();
    let comparable = base.first().is_none_or(|first| path.first() == Some(first))
        && !base.iter().any(|part| part == "..");
    if !comparable {
        return path.join("/").replace("//", "/");
    }
    let up = std::iter::repeat_n("..", base.len() - shared);
    let name: Vec<&str> = up.chain(path[shared..].iter().map(String::as_str)).collect();
    if name.is_empty() { ".".to_owned() } else { name.join("/") }
}

/// Whether the path is a regular file, or a link to one.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

#[derive(Default)]
struct FoundFiles {
    files: BTreeSet<PathBuf>,
    errors: Vec<LoadError>,
}

impl FoundFiles {
    fn walk(&mut self, folder: &Path) {
        let mut pending = vec![folder.to_owned()];
        while let Some(folder) = pending.pop() {
            for path in self.list(&folder) {
                self.visit(path, &mut pending);
            }
        }
    }

    fn visit(&mut self, path: PathBuf, pending: &mut Vec<PathBuf>) {
        if is_hidden(&path) {
        } else if path.is_symlink() && path.is_dir() {
            self.errors.push(LoadError { path, kind: LoadErrorKind::FolderLink });
        } else if path.is_dir() {
            pending.push(path);
        } else if is_yaml(&path) {
            self.files.insert(path);
        }
    }

    /// Adds the files that a glob matches.
    fn glob(&mut self, base: &Path, pattern: &str) -> Result<(), LoadErrorKind> {
        let glob = GlobWalk::new(base, pattern, true)
            .map_err(|e| LoadErrorKind::Glob { pattern: pattern.to_owned(), reason: e.msg })?;
        glob.walk(&mut |named| match named {
            GlobEntry::Path(path) if path.is_dir() && !path.is_symlink() => self.walk(&path),
            GlobEntry::Path(path) | GlobEntry::FolderLink(path) => {
                self.visit(path, &mut Vec::new())
            }
            GlobEntry::Unreadable(path, error) => {
                self.errors.push(LoadError { path, kind: LoadErrorKind::Io(Arc::new(error)) });
            }
        });
        Ok(())
    }

    /// The entries of a folder, sorted.
    fn list(&mut self, folder: &Path) -> Vec<PathBuf> {
        match fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => {
                let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
                paths.sort_unstable();
                paths
            }
            Err(e) => {
                let kind = LoadErrorKind::Io(Arc::new(e));
                self.errors.push(LoadError { path: folder.to_owned(), kind });
                Vec::new()
            }
        }
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn names(base: &Path, pattern: &str) -> String {
        let line = |e: &LoadError| format!("{}: {}", relative(&e.path, base), e.kind);
        match expand(base, pattern) {
            Ok(files) => files.iter().map(|f| relative(f, base)).collect::<Vec<_>>().join(" "),
            Err(errors) => errors.iter().map(line).collect::<Vec<_>>().join("; "),
        }
    }

    #[test]
    fn a_path_folder_or_glob_selects_policy_files() {
        let scratch = tempfile::tempdir().unwrap();
        let base = scratch.path().join("p[1]");
        for folder in ["rules/b", "rules/a.yml", "rules/.git", "empty"] {
            fs::create_dir_all(base.join(folder)).unwrap();
        }
        for file in ["rules/z.yaml", "rules/b/y.yml", "rules/b/README.md", "rules/a.yml/x.yaml"] {
            fs::write(base.join(file), "").unwrap();
        }
        fs::write(base.join("rules/.git/config.yaml"), "").unwrap();
        fs::write(base.join("rules/.hidden.yaml"), "").unwrap();
        for (pattern, expected) in [
            ("rules", "rules/a.yml/x.yaml rules/b/y.yml rules/z.yaml"),
            ("rules/", "rules/a.yml/x.yaml rules/b/y.yml rules/z.yaml"),
            ("rules/z.yaml", "rules/z.yaml"),
            ("rules/b/README.md", "rules/b/README.md"),
            ("rules/*", "rules/a.yml/x.yaml rules/b/y.yml rules/z.yaml"),
            ("rules/**", "rules/a.yml/x.yaml rules/b/y.yml rules/z.yaml"),
            ("rules/**/*.yml", "rules/a.yml/x.yaml rules/b/y.yml"),
            ("rules/b/*.md", "rules/b/*.md: no `.yaml` or `.yml` file is found there"),
            ("rules/.git", "rules/.git/config.yaml"),
            ("empty", "empty: no `.yaml` or `.yml` file is found there"),
            ("rles", "rles: there is no such file or folder"),
            ("rles/*.yaml", "rles/*.yaml: no `.yaml` or `.yml` file is found there"),
            ("", ": the path is empty"),
        ] {
            let shown = names(&base, pattern);
            assert_eq!(shown, expected, "{pattern}");
        }
        assert!(names(&base, "rules/[").contains("`rules/[` is not a valid glob"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_reported_and_never_followed_in_cycles() {
        use std::os::unix::fs::symlink;

        let scratch = tempfile::tempdir().unwrap();
        let base = scratch.path();
        fs::create_dir_all(base.join("rules/b")).unwrap();
        fs::write(base.join("rules/x.yaml"), "").unwrap();
        symlink("../x.yaml", base.join("rules/b/same.yaml")).unwrap();
        assert_eq!(names(base, "rules"), "rules/b/same.yaml rules/x.yaml");
        symlink("../../rules", base.join("rules/b/loop")).unwrap();
        for pattern in ["rules", "rules/**", "rules/*", "rules/**/*.yaml", "*/**/x*"] {
            assert_eq!(
                names(base, pattern),
                "rules/b/loop: it is a symbolic link to a folder, which is not followed; name the \
                 folder it leads to",
                "{pattern}"
            );
        }
    }

    #[test]
    fn names_are_relative_to_the_project() {
        for (path, base, expected) in [
            ("/p/rules/a.yaml", "/p", "rules/a.yaml"),
            ("/p/./rules/../a.yaml", "/p", "a.yaml"),
            ("/shared/a.yaml", "/p/q", "../../shared/a.yaml"),
            ("/p", "/p", "."),
            ("rules/a.yaml", "", "rules/a.yaml"),
            ("rules/a.yaml", ".", "rules/a.yaml"),
            ("/etc/a.yaml", "rules", "/etc/a.yaml"),
            ("../a.yaml", "..", "../a.yaml"),
        ] {
            assert_eq!(relative(Path::new(path), Path::new(base)), expected, "{path} {base}");
        }
    }
}
