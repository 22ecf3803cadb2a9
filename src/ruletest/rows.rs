//! Rows of a table as tests write them, with a cell for each relevant column.

use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::record::{Columns, Format, Origin, same_name};
use crate::yaml::{Node, NodeKind};

/// Rows as in a file, one per line, and facts about that file.
pub(super) struct TestTable {
    pub(super) text: String,
    pub(super) origin: Origin,
    pub(super) rows: u64,
}

impl TestTable {
    /// Reads the rows of a tabular format. They are written as a mapping of columns to cells, as a
    /// sequence of mappings for the rows of one user, or as text. The text has a header line, or
    /// its columns are in the vendor's order. Returns `None` after an error.
    pub(super) fn read(
        raw: &Node,
        format: &'static dyn Format,
        out: &mut Vec<Diagnostic>,
    ) -> Option<TestTable> {
        if let Some(text) = raw.text() {
            return Some(pasted(text, format));
        }
        let rows: Vec<&Node> = match &raw.kind {
            NodeKind::Sequence(items) => items.iter().collect(),
            _ => vec![raw],
        };
        let errors = out.len();
        let mut names: Vec<&str> = Vec::new();
        for entry in rows.iter().flat_map(|row| row.entries()) {
            let name = entry.key.text();
            if !format.columns().iter().any(|column| same_name(column, name)) {
                out.push(unknown(format, entry.key.text()).at(entry.key.span(), "unknown column"));
            } else if !names.iter().any(|column| same_name(column, name)) {
                names.push(name);
            }
        }
        let mut text = String::new();
        for row in &rows {
            let cells = names.iter().map(|name| {
                let mut of = row.entries().iter().filter(|entry| same_name(entry.key.text(), name));
                let Some(entry) = of.next() else { return String::new() };
                if of.next().is_some()
                    || !matches!(entry.value.kind, NodeKind::Scalar(_) | NodeKind::Null)
                {
                    let message =
                        format!("the column `{}` has one text as its value", escaped(name, 60));
                    out.push(
                        Diagnostic::error(&codes::TEST, message)
                            .at(entry.key.span(), "this column"),
                    );
                }
                cell(entry.value.text().unwrap_or_default())
            });
            let cells: Vec<String> = cells.collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        let columns = Some(Columns::new(names.into_iter().map(str::to_owned)));
        let origin = Origin { columns, ..Origin::default() };
        (out.len() == errors).then_some(TestTable { text, origin, rows: rows.len() as u64 })
    }
}

/// Rows pasted from a file.
fn pasted(text: &str, format: &'static dyn Format) -> TestTable {
    let text = text.trim();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    // Quoted names that contain commas are not supported here; they are rare, and a mapping can be
    // used for them.
    let names = Columns::new(first.split(',').map(|name| name.trim().trim_matches('"').to_owned()));
    let (columns, text) = if format.knows(&names) {
        (names, rest)
    } else {
        (Columns::new(format.columns().iter().map(|&name| name.to_owned())), text)
    };
    let rows = text.lines().count() as u64;
    TestTable {
        text: text.to_owned(),
        origin: Origin { columns: Some(columns), ..Origin::default() },
        rows,
    }
}

fn unknown(format: &'static dyn Format, name: &str) -> Diagnostic {
    let columns = format.columns();
    let (shown, format) = (escaped(name, 60), format.name());
    let help = did_you_mean(name, columns.iter().copied())
        .unwrap_or_else(|| format!("its columns are `{}`", columns.join("`, `")));
    Diagnostic::error(&codes::TEST, format!("the format `{format}` has no column `{shown}`"))
        .help(help)
}

/// A cell with the quoting of CSV.
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r'].as_slice()) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
