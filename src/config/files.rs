//! Finds the files of the policy: those that ship with Keytrail, and those that paths name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::builtin_files;
use crate::diag::codes::{config as codes, policy as policy_codes};
use crate::diag::{Diagnostic, nearest};
use crate::source::{FileId, Sources, Span, walk};

/// The prefix of names of built-in files: `builtin:rules/detections/create-access-key.yaml`.
pub const BUILTIN_PREFIX: &str = "builtin:rules/";

/// The value of `extends` for all rules that ship with Keytrail.
pub(super) const BUILTIN_EXTENDED: &str = "builtin:extended";

/// The folder of the built-in rules of the extended pack.
const EXTENDED: &str = "extended/";

/// Adds the built-in files, sorted by name. The rules of the extended pack are left out unless
/// `extended` is set, before anything reads them.
pub(super) fn add_builtin(sources: &mut Sources, extended: bool) -> Vec<FileId> {
    let files = builtin_files::FILES.iter();
    let files = files.filter(|(path, _)| extended || !path.starts_with(EXTENDED));
    files.map(|&(path, text)| sources.add(format!("{BUILTIN_PREFIX}{path}"), text)).collect()
}

/// The ids of the built-in rules of the extended pack, in order.
pub(super) fn extended_rules() -> impl Iterator<Item = &'static str> {
    let name = |(path, _): &(&'static str, _)| path.strip_prefix(EXTENDED)?.strip_suffix(".yaml");
    builtin_files::FILES.iter().filter_map(name)
}

/// How to enable the rule with this id; `None` if it is not a rule of the extended pack.
pub fn extended_help(id: &str) -> Option<String> {
    let known = extended_rules().any(|rule| rule == id);
    known.then(|| {
        format!(
            "it is a rule of the extended pack; add `{BUILTIN_EXTENDED}` to `extends` in \
             keytrail.yaml, or pass --extended"
        )
    })
}

/// Whether a file ships with Keytrail.
pub(super) fn is_builtin(sources: &Sources, file: FileId) -> bool {
    sources.file(file).name.starts_with(BUILTIN_PREFIX)
}

/// Where the tests of a built-in rule begin. They are at the end of its file.
pub(super) fn tests_of_builtin(text: &str) -> Option<usize> {
    let starts = TESTS.iter().filter_map(|key| text.find(key));
    starts.min().map(|line_break| line_break + 1)
}

/// The lines that begin the tests of a rule: the records that they share, and the tests.
const TESTS: [&str; 2] = ["\n  base:\n", "\n  tests:\n"];

/// A path, folder or glob, and the folder that it is relative to.
#[derive(Debug, Clone)]
pub(super) struct PolicyPath {
    pub(super) base: PathBuf,
    pub(super) text: String,
    /// Where it was written; `None` on the command line.
    pub(super) span: Option<Span>,
}

impl PolicyPath {
    /// The path that is opened.
    pub(super) fn full(&self) -> PathBuf {
        self.base.join(&self.text)
    }

    /// A suggestion of a file with a similar name, if the named file does not exist.
    pub(super) fn did_you_mean(&self, root: &Path) -> Option<String> {
        let wanted = self.full();
        let (folder, name) = (wanted.parent()?, wanted.file_name()?.to_str()?);
        let siblings = walk::names_in(folder);
        let near = nearest(name, siblings.iter().map(String::as_str).filter(|own| *own != name))?;
        Some(format!("did you mean `{}`?", walk::relative(&folder.join(near), root)))
    }
}

/// Loads every file that the paths name. Each is loaded once; the result is sorted by the shown
/// name.
pub(super) fn load(
    paths: &[PolicyPath],
    root: &Path,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<FileId> {
    let mut found: BTreeMap<PathBuf, (String, PathBuf, Option<Span>)> = BTreeMap::new();
    for path in paths {
        match walk::expand(&path.base, &path.text) {
            Ok(files) => {
                for file in files {
                    let shown = (walk::relative(&file, root), file, path.span);
                    let first = found.entry(walk::resolve(&shown.1)).or_insert(shown.clone());
                    if shown.0 < first.0 {
                        *first = shown;
                    }
                }
            }
            Err(errors) => {
                for mut error in errors {
                    let full = path.base.join(&error.path);
                    error.kind = sources.refusal(&full).unwrap_or(error.kind);
                    let named = error.path == Path::new(&path.text);
                    let name =
                        if named { path.text.clone() } else { walk::relative(&error.path, root) };
                    let message = format!("cannot load policy files from {name}: {}", error.kind);
                    let diagnostic = Diagnostic::error(&codes::NO_SUCH_POLICY, message)
                        .maybe_help(named.then(|| path.did_you_mean(root)).flatten());
                    diagnostics.push(at(diagnostic, path.span));
                }
            }
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort();
    let mut loaded = Vec::with_capacity(found.len());
    for (name, path, span) in found {
        match sources.load(&path, name.as_str()) {
            Ok(file) => loaded.push(file),
            Err(error) => {
                let message = format!("cannot read the policy file {name}: {}", error.kind);
                diagnostics.push(at(Diagnostic::error(&policy_codes::UNREADABLE, message), span));
            }
        }
    }
    loaded
}

fn at(diagnostic: Diagnostic, span: Option<Span>) -> Diagnostic {
    match span {
        Some(span) => diagnostic.at(span, ""),
        None => diagnostic,
    }
}
