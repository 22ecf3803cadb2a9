//! Matching a path against a glob.

use std::fmt;
use std::path::{Path, PathBuf};

use super::walk;

/// A glob over the paths below a folder.
///
/// `*` and `?` match within one folder, `**` matches all folders below. Paths are compared with `/`
/// between their parts. A path outside the folder begins with `../`.
#[derive(Debug, Clone)]
pub struct PathPattern {
    base: PathBuf,
    glob: glob::Pattern,
}

/// Why a glob cannot be used. The project file reports it at the `path` of an input.
///
/// `Display` gives the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathPatternError {
    /// It is empty.
    Empty,
    /// Its syntax is wrong.
    Syntax {
        /// The number of the character at which it is wrong, from 1.
        character: usize,
        /// The reason.
        reason: &'static str,
    },
}

impl fmt::Display for PathPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathPatternError::Empty => f.write_str("it is empty"),
            PathPatternError::Syntax { character, reason } => {
                write!(f, "character {character}: {reason}")
            }
        }
    }
}

impl std::error::Error for PathPatternError {}

impl PathPattern {
    /// A glob whose paths are relative to `base`.
    ///
    /// # Errors
    ///
    /// The glob is empty, or its syntax is wrong.
    pub fn new(base: &Path, text: &str) -> Result<Self, PathPatternError> {
        if text.is_empty() {
            return Err(PathPatternError::Empty);
        }
        let plain = text.strip_prefix("./").unwrap_or(text);
        let glob = glob::Pattern::new(plain).map_err(|error| PathPatternError::Syntax {
            character: error.pos + 1,
            reason: error.msg,
        })?;
        Ok(Self { base: base.to_owned(), glob })
    }

    /// The glob as written, without a leading `./`.
    pub fn text(&self) -> &str {
        self.glob.as_str()
    }

    /// Whether it matches the file at this absolute path.
    pub fn matches(&self, path: &Path) -> bool {
        if Path::new(self.text()).is_absolute() {
            self.matches_name(&format!("/{}", walk::relative(path, Path::new("/"))))
        } else {
            let relative = walk::relative(path, &self.base);
            // A wildcard never matches `../`: a pattern matches outside the folder only if it
            // begins with `../`.
            let outside = relative.starts_with("../") && !self.text().starts_with("../");
            !outside && self.matches_name(&relative)
        }
    }

    /// Whether it matches this name, which need not be a path, such as the name of standard input.
    pub fn matches_name(&self, name: &str) -> bool {
        let options =
            glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
        self.glob.matches_with(name, options)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_pattern_is_relative_to_its_folder() {
        for (pattern, path, expected) in [
            ("reports/*.csv", "/p/reports/a.csv", true),
            ("./reports/*.csv", "/p/reports/a.csv", true),
            ("reports/*.csv", "/p/reports/old/a.csv", false),
            ("reports/*.csv", "/q/reports/a.csv", false),
            ("reports/**", "/p/reports/old/a.csv", true),
            ("**/*.csv", "/p/a.csv", true),
            ("**/*.csv", "/p/x/y/a.csv", true),
            ("**/*.csv", "/q/a.csv", false),
            ("*.csv", "/p/x/a.csv", false),
            ("../logs/*", "/logs/a.json", true),
            ("/logs/*", "/logs/a.json", true),
            ("/logs/*", "/p/logs/a.json", false),
            ("a.csv", "/p/x/../a.csv", true),
            ("A.csv", "/p/a.csv", false),
        ] {
            let pattern = PathPattern::new(Path::new("/p"), pattern).unwrap();
            assert_eq!(pattern.matches(Path::new(path)), expected, "{} {path}", pattern.text());
        }
        for (pattern, expected) in [("-", true), ("*", true), ("**", true), ("*.csv", false)] {
            let pattern = PathPattern::new(Path::new("/p"), pattern).unwrap();
            assert_eq!(pattern.matches_name("-"), expected, "{}", pattern.text());
        }
        for (wrong, error) in [
            ("", "it is empty"),
            ("a**", "character 1: recursive wildcards must form a single path component"),
            ("[a", "character 1: invalid range pattern"),
        ] {
            let found = PathPattern::new(Path::new("/p"), wrong).unwrap_err();
            assert_eq!(found.to_string(), error, "{wrong}");
        }
    }
}
