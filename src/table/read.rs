//! Reads data files into tables.

use std::sync::Arc;

use super::header::Header;
use super::{Declaration, Table, csv, json, rows, scanned};
use crate::diag::codes::table as codes;
use crate::diag::{Diagnostic, escaped};
use crate::source::{FileId, Span};
use crate::yaml::Node;

/// The format of a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFormat {
    /// Comma-separated values with a header line.
    Csv,
    /// An array of objects.
    Json,
    /// A sequence of mappings.
    Yaml,
}

impl DataFormat {
    /// The format of a file with this name, determined by its extension.
    pub fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(DataFormat::Csv),
            "json" | "jsonl" | "ndjson" | "sarif" => Some(DataFormat::Json),
            "yaml" | "yml" => Some(DataFormat::Yaml),
            _ => None,
        }
    }
}

/// A table that was read, and what was ignored in its file.
#[derive(Debug)]
pub struct Data {
    /// The table.
    pub table: Table,
    /// Columns that the declaration does not have; they were not read.
    pub extra: Vec<String>,
    /// Findings of a scanner's report that contain no access key and so give no rows.
    pub unread: u64,
}

/// The table with the rows of a CSV text.
///
/// `file` registers the text among the sources. It is called only if there is something to report.
pub fn from_csv(
    declaration: &Arc<Declaration>,
    text: &str,
    file: &mut dyn FnMut() -> FileId,
) -> Result<Data, Vec<Diagnostic>> {
    csv::read(declaration, text).map_err(|mistakes| told(mistakes, file()))
}

/// The table with the rows of a JSON text; `file` as in [`from_csv`].
pub fn from_json(
    declaration: &Arc<Declaration>,
    text: &str,
    file: &mut dyn FnMut() -> FileId,
) -> Result<Data, Vec<Diagnostic>> {
    let report = declaration.scanned.then(|| scanned::read(declaration, text)).flatten();
    report
        .unwrap_or_else(|| json::read(declaration, text))
        .map_err(|mistakes| told(mistakes, file()))
}

/// The table with the rows of a YAML file; `document` is the whole document.
pub fn from_yaml(declaration: &Arc<Declaration>, document: &Node) -> Result<Data, Vec<Diagnostic>> {
    rows::read(declaration, document)
}

/// A problem in a text: a message, labelled places, and help.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) code: &'static crate::diag::Code,
    pub(super) message: String,
    pub(super) places: Vec<(std::ops::Range<usize>, String)>,
    pub(super) help: Option<String>,
}

impl Mistake {
    pub(super) fn row(message: impl Into<String>, at: std::ops::Range<usize>, label: &str) -> Self {
        let places = vec![(at, label.to_owned())];
        Self { code: &codes::ROW, message: message.into(), places, help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

fn told(mistakes: Vec<Mistake>, file: FileId) -> Vec<Diagnostic> {
    let diagnostic = |mistake: Mistake| {
        let diagnostic = Diagnostic::error(mistake.code, mistake.message).maybe_help(mistake.help);
        mistake.places.into_iter().fold(diagnostic, |diagnostic, (at, label)| {
            diagnostic.at(Span::new(file, at.start, at.end), label)
        })
    };
    mistakes.into_iter().map(diagnostic).collect()
}

/// The message for declared columns that the file lacks.
pub(super) fn lacking(declaration: &Declaration, header: &Header<'_>) -> Option<String> {
    let columns = header.lacking()?;
    Some(format!("the file lacks {columns}, which the table `{}` declares", declaration.id))
}

/// The message for a column that occurs twice.
pub(super) fn twice(declaration: &Declaration, column: usize) -> String {
    let name = declaration.columns.get(column).map_or("", |column| column.name.as_str());
    format!("the column `{}` of the table `{}` stands twice", escaped(name, 60), declaration.id)
}
