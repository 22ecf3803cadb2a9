//! The format of a data file, its content, and its mistakes.

use super::Table;
use crate::diag::codes::table as codes;

/// How a data file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFormat {
    /// Values separated by commas, below a line of names.
    Csv,
    /// An array of objects.
    Json,
    /// A sequence of mappings.
    Yaml,
}

impl DataFormat {
    /// The format of a file with this name, by its extension.
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

/// A table that was read, with the remaining content of its file.
#[derive(Debug)]
pub struct Data {
    /// The table.
    pub table: Table,
    /// Columns that the declaration does not name; they were not read.
    pub extra: Vec<String>,
    /// The number of findings in a scanner's report that show no access key and become no rows.
    pub unread: u64,
}

/// A mistake in a text: a message, labelled places, help.
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
