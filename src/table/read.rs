//! Reads data files into tables.

use std::sync::Arc;

use super::data::{Data, Mistake};
use super::{Declaration, csv, json, rows, scanned};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};
use crate::yaml::Node;

/// The table with the rows of a CSV text.
///
/// `file` registers the text among the sources. It is called only if there is something to report.
///
/// # Errors
///
/// The text is not CSV, the header lacks a column, or values cannot be in their columns. Each
/// diagnostic points at its place in the text.
pub fn from_csv(
    declaration: &Arc<Declaration>,
    text: &str,
    file: &mut dyn FnMut() -> FileId,
) -> Result<Data, Vec<Diagnostic>> {
    csv::read(declaration, text).map_err(|mistakes| problems(mistakes, file()))
}

/// The table with the rows of a JSON text; `file` as in [`from_csv`].
///
/// # Errors
///
/// The text is not JSON of the expected shape, or values cannot be in their columns. Each
/// diagnostic points at its place in the text.
pub fn from_json(
    declaration: &Arc<Declaration>,
    text: &str,
    file: &mut dyn FnMut() -> FileId,
) -> Result<Data, Vec<Diagnostic>> {
    let report = declaration.scanned.then(|| scanned::read(declaration, text)).flatten();
    report
        .unwrap_or_else(|| json::read(declaration, text))
        .map_err(|mistakes| problems(mistakes, file()))
}

/// The table with the rows of a YAML file; `document` is the whole document.
///
/// # Errors
///
/// The document does not have the shape of a table, or values cannot be in their columns.
pub fn from_yaml(declaration: &Arc<Declaration>, document: &Node) -> Result<Data, Vec<Diagnostic>> {
    rows::read(declaration, document)
}

fn problems(mistakes: Vec<Mistake>, file: FileId) -> Vec<Diagnostic> {
    let diagnostic = |mistake: Mistake| {
        let diagnostic = Diagnostic::error(mistake.code, mistake.message).maybe_help(mistake.help);
        mistake.places.into_iter().fold(diagnostic, |diagnostic, (at, label)| {
            diagnostic.at(Span::new(file, at.start, at.end), label)
        })
    };
    mistakes.into_iter().map(diagnostic).collect()
}
