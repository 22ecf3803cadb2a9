//! Files and locations: relative URIs under named bases, and the list of files that were read.
//!
//! No absolute path, `..` or host name appears. They differ between machines and reveal more about
//! a machine than the reader of a finding needs.

use std::collections::BTreeMap;

use super::log::{Artifact, ArtifactLocation, Location, LogicalLocation, Message};
use super::log::{PhysicalLocation, Region};
use super::text;
use crate::finding::{self, Sample};
use crate::output::{Folders, Style};
use crate::record::FileStatus;
use crate::report::{Facts, FileReport, Report};

/// The base of the project's files: rules and allowlists.
const PROJECT: &str = "SRCROOT";
/// The base of files that are built into the program.
const BUILTIN: &str = "KEYTRAIL";

/// Characters shown of a record at its location.
const SNIPPET: usize = 1_000;

/// The index in `artifacts` of every input that was read.
pub(super) struct Locations<'r> {
    report: &'r Report,
    indices: BTreeMap<(usize, &'r str), usize>,
    /// Where the files are, if their paths are those below the repository.
    folders: Option<&'r Folders>,
    /// Whether records on one line get lines of their own.
    numbered: bool,
    /// Files that are not listed.
    pub(super) left_out: usize,
}

impl<'r> Locations<'r> {
    /// A line of a policy file; `None` if the file is outside the project.
    pub(super) fn policy_line(&self, file: &str, line: usize, builtin: bool) -> Option<Location> {
        let below = self.folders.filter(|_| !builtin).and_then(|of| of.policy(file));
        policy_line(below.as_deref().unwrap_or(file), line, builtin)
    }

    pub(super) fn new(report: &'r Report, style: &'r Style) -> Self {
        let profile = style.sarif;
        let mut places = Self {
            report,
            indices: BTreeMap::new(),
            folders: style.folders.as_ref().filter(|_| profile.paths_of_repository()),
            numbered: profile.identifies_by_line(),
            left_out: artifacts(report).count().saturating_sub(profile.most_artifacts()),
        };
        for file in artifacts(report).take(profile.most_artifacts()) {
            let next = places.indices.len();
            let account = &file.account;
            places.indices.entry((account.root, &account.path)).or_insert(next);
        }
        places
    }

    /// Every input that was read, with its hash, as evidence of what the run covered.
    pub(super) fn artifacts(&self, report: &Report) -> Vec<Artifact> {
        let mut listed = vec![None; self.indices.len()];
        for file in artifacts(report) {
            let account = &file.account;
            let index = self.indices.get(&(account.root, account.path.as_str()));
            let Some(place) = index.and_then(|&index| listed.get_mut(index)) else { continue };
            let hash = account.sha256.map(|hash| {
                let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                ("sha-256", hex)
            });
            *place = Some(Artifact {
                location: ArtifactLocation {
                    index: None,
                    ..self.input(account.root, &account.path)
                },
                length: account.bytes,
                roles: vec!["analysisTarget"],
                hashes: hash.into_iter().collect(),
            });
        }
        listed.into_iter().flatten().collect()
    }

    /// The bases, described but without a URI.
    pub(super) fn bases(&self, report: &Report) -> BTreeMap<String, ArtifactLocation> {
        let described = |text: String| ArtifactLocation {
            description: Some(Message::new(text)),
            ..ArtifactLocation::default()
        };
        let mut bases: BTreeMap<String, ArtifactLocation> = report
            .roots
            .iter()
            .enumerate()
            .map(|(index, root)| (base(index), described(root_description(&report.facts, root))))
            .collect();
        let project = match self.folders {
            Some(_) => "The root of the repository.",
            None => "The root of the project with its policy.",
        };
        bases.insert(PROJECT.into(), described(project.into()));
        let version = report.facts.version;
        bases.insert(
            BUILTIN.into(),
            described(format!("The policy that is part of Keytrail {version}.")),
        );
        bases
    }

    /// An input file.
    pub(super) fn input(&self, root: usize, path: &str) -> ArtifactLocation {
        let below = self.folders.and_then(|of| of.input(&self.report.shown_path(root, path)));
        let base = if below.is_some() { PROJECT.to_owned() } else { base(root) };
        ArtifactLocation {
            uri: Some(uri(below.as_deref().unwrap_or(path))),
            uri_base_id: Some(base),
            index: self.indices.get(&(root, path)).copied(),
            description: None,
        }
    }

    /// A line of an input file.
    pub(super) fn input_line(&self, root: usize, path: &str, line: u64) -> Location {
        let region = Region { start_line: line.max(1), ..Region::default() };
        physical(self.input(root, path), Some(region))
    }

    /// The location of a record, with its text if that is available.
    pub(super) fn record(&self, facts: &Facts, sample: &Sample) -> Location {
        let location = &sample.location;
        let snippet = (!sample.text.is_empty())
            .then(|| Message::new(text::data(facts, &sample.text, SNIPPET)));
        let line = location.line.max(1);
        let number = self.numbered.then(|| number(location)).flatten();
        let of_number = |line| Region {
            start_line: line,
            end_line: Some(line),
            snippet: snippet.clone(),
            ..Region::default()
        };
        let region = number.map(of_number).unwrap_or_else(|| Region {
            start_line: line,
            start_column: Some(location.column.max(1)),
            end_line: Some(location.end_line.max(line)),
            end_column: Some(location.end_column.max(1)),
            byte_offset: Some(location.offset),
            byte_length: Some(location.length),
            snippet: snippet.clone(),
        });
        let name = text::data(facts, &sample.name, 500);
        let logical = (!name.is_empty()).then(|| {
            vec![LogicalLocation {
                name: name.rsplit('/').next().unwrap_or_default().to_owned(),
                fully_qualified_name: name,
                kind: "object",
            }]
        });
        Location {
            logical_locations: logical,
            ..physical(self.input(location.root, &location.path), Some(region))
        }
    }
}

/// The number of a record that shares its line with others, from 1, in place of the line; `None` if
/// the record has a line of its own. If records are nested deeper, it is the offset.
fn number(location: &finding::Location) -> Option<u64> {
    if location.line != location.end_line || !location.pointer.starts_with('/') {
        return None;
    }
    let parts = || location.pointer.split('/').filter_map(|part| part.parse::<u64>().ok());
    let number = if parts().count() == 1 { parts().next()? } else { location.offset };
    number.checked_add(1)
}

/// A line of a policy file; `None` if the file is outside the project.
fn policy_line(file: &str, line: usize, builtin: bool) -> Option<Location> {
    // Built-in files are shown as `builtin:PATH`. Here the base replaces the prefix.
    let file = if builtin { file.strip_prefix("builtin:").unwrap_or(file) } else { file };
    let parts = || file.split(['/', '\\']);
    let outside = file.is_empty()
        || parts().any(|part| part == ".." || part.ends_with(':'))
        || parts().next() == Some("");
    if outside {
        return None;
    }
    let location = ArtifactLocation {
        uri: Some(uri(file)),
        uri_base_id: Some(if builtin { BUILTIN } else { PROJECT }.into()),
        ..ArtifactLocation::default()
    };
    let region = Region { start_line: (line as u64).max(1), ..Region::default() };
    Some(physical(location, Some(region)))
}

fn physical(artifact_location: ArtifactLocation, region: Option<Region>) -> Location {
    Location {
        physical_location: Some(PhysicalLocation { artifact_location, region }),
        ..Location::default()
    }
}

/// The files that a format recognised, including empty ones.
fn artifacts(report: &Report) -> impl Iterator<Item = &FileReport> {
    let recognized = |file: &&FileReport| {
        matches!(file.account.status, FileStatus::Read | FileStatus::Declined { .. })
    };
    report.files.iter().filter(recognized)
}

fn base(root: usize) -> String {
    format!("INPUT_{root}")
}

/// Describes a root without its location: an absolute path is reduced to its last component.
fn root_description(facts: &Facts, root: &str) -> String {
    if root == "-" {
        return "The standard input.".into();
    }
    let absolute = root.starts_with(['/', '\\', '~']) || root.as_bytes().get(1) == Some(&b':');
    let outside = root.split(['/', '\\']).any(|part| part == "..");
    let last = || root.split(['/', '\\']).rfind(|part| !matches!(*part, "" | "." | ".."));
    let shown = if absolute || outside { last().unwrap_or("root") } else { root };
    format!("The input named `{}`.", text::message(facts, shown, 200))
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    let parts: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .map(|part| if part == ".." { "_".into() } else { percent_encoded(part) })
        .collect();
    if parts.is_empty() { "stdin".into() } else { parts.join("/") }
}

fn percent_encoded(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for &byte in part.as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b'=' | b'@' | b'+' | b',' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn paths_are_relative_uris() {
        for (path, expected) in [
            ("a/b c.json", "a/b%20c.json"),
            ("100%#?.json", "100%25%23%3F.json"),
            ("/etc/passwd", "etc/passwd"),
            ("../../x", "_/_/x"),
            ("./a//b", "a/b"),
            ("C:\\logs\\a.json", "C%3A%5Clogs%5Ca.json"),
            ("dt=2024-08-01/ü.gz", "dt=2024-08-01/%C3%BC.gz"),
            ("http://x/y", "http%3A/x/y"),
            ("a\nb\u{1b}", "a%0Ab%1B"),
            ("", "stdin"),
        ] {
            assert_eq!(uri(path), expected, "{path}");
        }
    }

    #[test]
    fn the_absolute_paths_of_roots_are_not_written() {
        let facts = fixture().facts;
        for (root, expected) in [
            ("logs/2024", "The input named `logs/2024`."),
            ("/home/somebody/logs/", "The input named `logs`."),
            ("../../secret/logs", "The input named `logs`."),
            ("C:\\Users\\x\\logs", "The input named `logs`."),
            ("~/logs", "The input named `logs`."),
            ("/", "The input named `root`."),
            ("-", "The standard input."),
        ] {
            assert_eq!(root_description(&facts, root), expected, "{root}");
        }
    }

    #[test]
    fn built_in_files_have_their_own_base() {
        let place = policy_line("builtin:rules/a.yaml", 3, true).and_then(|p| p.physical_location);
        let place = place.map(|p| (p.artifact_location.uri, p.artifact_location.uri_base_id));
        assert_eq!(place, Some((Some("rules/a.yaml".into()), Some(BUILTIN.into()))));
    }

    #[test]
    fn policy_files_outside_the_project_are_not_located() {
        for (file, located) in [
            ("rules/a.yaml", true),
            ("a.yaml", true),
            ("/etc/a.yaml", false),
            ("../a.yaml", false),
            ("C:/a.yaml", false),
            ("C:\\a.yaml", false),
            ("\\\\host\\a.yaml", false),
            ("", false),
        ] {
            assert_eq!(policy_line(file, 1, false).is_some(), located, "{file}");
        }
    }
}
