//! Finds and reads the data files of tables.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::files::PolicyPath;
use crate::diag::codes::table as codes;
use crate::diag::{Diagnostic, escaped};
use crate::source::{LoadError, Sources, walk};
use crate::table::{self, Data, DataFormat, Declaration, Table};
use crate::yaml;

/// A data file that was read but is not stored: its name and the SHA-256 of its text.
pub(super) type Digested = (String, String);

/// Reads the data file of a table; errors and notes are appended to `problems`.
pub(super) fn read(
    declaration: &Arc<Declaration>,
    file: &PolicyPath,
    root: &Path,
    sources: &mut Sources,
    digests: &mut Vec<Digested>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Table> {
    let path = file.full();
    let name = walk::relative(&path, root);
    let failed = |reason: &dyn fmt::Display| {
        let message =
            format!("cannot read the data file {name} of the table `{}`: {reason}", declaration.id);
        at(Diagnostic::error(&codes::DATA_FILE, message), file)
    };
    let Some(format) = DataFormat::of(&file.text) else {
        let diagnostic = failed(&"its name does not end in `.csv`, `.json`, `.yaml` or `.yml`");
        problems.push(diagnostic);
        return None;
    };
    let missing = |error: LoadError| failed(&error.kind).maybe_help(file.did_you_mean(root));
    let read = if format == DataFormat::Yaml {
        match sources.load(&path, name.as_str()) {
            Ok(file) => yaml::parse(file, sources)
                .and_then(|document| table::from_yaml(declaration, &document)),
            Err(error) => Err(vec![missing(error)]),
        }
    } else {
        match sources.read_table(&path) {
            Ok(text) => {
                digests.push((name.clone(), digest(&text)));
                let mut register = || sources.add(name.as_str(), &text);
                match format {
                    DataFormat::Csv => table::from_csv(declaration, &text, &mut register),
                    _ => table::from_json(declaration, &text, &mut register),
                }
            }
            Err(error) => Err(vec![missing(error)]),
        }
    };
    match read {
        Ok(Data { table, extra, unread }) => {
            problems.extend(without_key(declaration, &name, unread).map(|note| at(note, file)));
            problems.extend(extra_columns(declaration, &name, &extra).map(|note| at(note, file)));
            Some(table)
        }
        Err(errors) => {
            problems.extend(errors);
            None
        }
    }
}

/// Reports findings without a key: if a scanner redacts the key, the leaked key is unknown.
fn without_key(declaration: &Declaration, name: &str, unread: u64) -> Option<Diagnostic> {
    let findings = match unread {
        0 => return None,
        1 => format!("1 finding of {name} shows no access key id and becomes no row"),
        count => format!("{count} findings of {name} show no access key id and become no rows"),
    };
    let message = format!("{findings} of the table `{}`", declaration.id);
    let help = "configure the scanner to show the keys that it found, or remove such findings from the file";
    Some(Diagnostic::warning(&codes::WITHOUT_KEY, message).help(help))
}

fn extra_columns(declaration: &Declaration, name: &str, extra: &[String]) -> Option<Diagnostic> {
    const SHOWN: usize = 8;
    let shown = extra.iter().take(SHOWN).map(|name| format!("`{}`", escaped(name, 40)));
    let mut shown = shown.collect::<Vec<_>>().join(", ");
    match extra.len() {
        0 => return None,
        count if count > SHOWN => shown += &format!(" and {} more", count - SHOWN),
        _ => {}
    }
    let message = format!(
        "{name} has columns that the table `{}` does not declare; they are not read: {shown}",
        declaration.id
    );
    Some(Diagnostic::note(&codes::EXTRA_COLUMNS, message))
}

fn at(diagnostic: Diagnostic, file: &PolicyPath) -> Diagnostic {
    match file.span {
        Some(span) => diagnostic.at(span, "this file"),
        None => diagnostic,
    }
}

/// The folder that paths in a declaration are relative to: that of its file.
pub(super) fn folder(name: &str, root: &Path) -> PathBuf {
    root.join(name).parent().unwrap_or(root).to_owned()
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
