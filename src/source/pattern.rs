//! Matching a path against a glob.

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

impl PathPattern {
    /// A glob whose paths are relative to `base`.
    ///
    /// # Errors
    ///
    /// What is wrong with the glob, as the end of a sentence.
    pub fn new(base: &Path, text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        let plain = text.strip_prefix("./").unwrap_or(text);
        let glob = glob::Pattern::new(plain)
            .map_err(|error| format!("character {}: {}", error.pos + 1, error.msg))?;
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
    fn a_pattern_is_meant_from_its_folder() {
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
        for wrong in ["", "a**", "[a"] {
            assert!(PathPattern::new(Path::new("/p"), wrong).is_err(), "{wrong}");
        }
    }
}
