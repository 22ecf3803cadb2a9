//! Rows that are written in YAML: in a declaration, or in the test of a rule.

use std::borrow::Cow;
use std::sync::Arc;

use super::build::{Builder, Raw};
use super::data::Data;
use super::header::{Header, lacking, twice};
use super::{Declaration, Table};
use crate::diag::codes::table as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::source::Span;
use crate::yaml::{MappingEntry, Node, NodeKind};

/// The table with these rows. Each is a mapping from column names to values.
///
/// Every value is checked against its column. A column that a row leaves out is missing in it.
///
/// # Errors
///
/// A row is not a mapping, has an unknown column, or has a value that cannot be in its column.
pub fn from_nodes(declaration: &Arc<Declaration>, rows: &[Node]) -> Result<Table, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut builder = Builder::new(declaration.clone());
    let mut values = Vec::new();
    for row in rows {
        if !matches!(row.kind, NodeKind::Mapping(_)) {
            let message = format!("a row of the table `{}` is a mapping", declaration.id);
            diagnostics.push(
                Diagnostic::error(&codes::ROW, message)
                    .at(row.span, "expected `{column: value, …}`"),
            );
        }
        for entry in row.entries() {
            if declaration.column(entry.key.text()).is_none() {
                diagnostics.push(unknown_column(declaration, entry));
            }
        }
        values.clear();
        values.extend(
            declaration.columns.iter().map(|column| row.get(&column.name).map_or(Raw::Empty, raw)),
        );
        if !builder.row(&mut values) {
            break;
        }
    }
    let place = |row: usize, column: usize| -> Option<Span> {
        let row = rows.get(row)?;
        let name = &declaration.columns.get(column)?.name;
        Some(row.get(name).map_or(row.span, |value| value.span))
    };
    match builder.finish() {
        Ok(table) if diagnostics.is_empty() => Ok(table),
        Ok(_) => Err(diagnostics),
        Err(problems) => {
            diagnostics.extend(problems.into_iter().map(|problem| problem.diagnostic(&place)));
            Err(diagnostics)
        }
    }
}

/// The table of a data file: a sequence of mappings that may have further columns.
pub(super) fn read(
    declaration: &Arc<Declaration>,
    document: &Node,
) -> Result<Data, Vec<Diagnostic>> {
    let mut header = Header::new(declaration);
    let mut builder = Builder::new(declaration.clone());
    let wrong = |message: String, at: Span, label: &str| {
        Err(vec![Diagnostic::error(&codes::ROW, message).at(at, label)])
    };
    let NodeKind::Sequence(rows) = &document.kind else {
        let message =
            format!("the data file of the table `{}` is a sequence of rows", declaration.id);
        return wrong(message, document.span, "expected `- column: value` for each row");
    };
    let mut places: Vec<Vec<Span>> = Vec::new();
    for row in rows {
        if !matches!(row.kind, NodeKind::Mapping(_)) {
            let message = format!("a row of the table `{}` is a mapping", declaration.id);
            return wrong(message, row.span, "expected `column: value` for each column");
        }
        let mut values: Vec<Option<Raw<'_>>> = vec![None; declaration.columns.len()];
        let mut spans = vec![row.span; declaration.columns.len()];
        for entry in row.entries() {
            let Some(column) = header.column(entry.key.text()) else { continue };
            spans[column] = entry.value.span;
            if values[column].replace(raw(&entry.value)).is_some() {
                return wrong(twice(declaration, column), entry.key.span(), "here again");
            }
        }
        places.push(spans);
        let mut values: Vec<Raw<'_>> =
            values.into_iter().map(|value| value.unwrap_or(Raw::Empty)).collect();
        if !builder.row(&mut values) {
            break;
        }
    }
    let place = |row: usize, column: usize| places.get(row)?.get(column).copied();
    match builder.finish() {
        Err(problems) => {
            Err(problems.into_iter().map(|problem| problem.diagnostic(&place)).collect())
        }
        Ok(table) => match lacking(declaration, &header).filter(|_| !rows.is_empty()) {
            Some(message) => wrong(message, document.span, "in none of its rows"),
            None => Ok(Data { table, extra: header.into_extra(), unread: 0 }),
        },
    }
}

/// A YAML value as input for a column.
pub(super) fn raw(node: &Node) -> Raw<'_> {
    match &node.kind {
        NodeKind::Null => Raw::Empty,
        NodeKind::Scalar(scalar) if scalar.text().is_empty() => Raw::Empty,
        NodeKind::Scalar(scalar) => Raw::Text(Cow::Borrowed(scalar.text())),
        NodeKind::Sequence(items) => {
            let texts = items.iter().map(|item| item.text().map(str::to_owned));
            texts.collect::<Option<_>>().map_or(Raw::Other, Raw::Texts)
        }
        NodeKind::Mapping(_) => Raw::Other,
    }
}

fn unknown_column(declaration: &Declaration, entry: &MappingEntry) -> Diagnostic {
    let written = entry.key.text();
    let names = || declaration.columns.iter().map(|column| column.name.as_str());
    let message =
        format!("the table `{}` has no column `{}`", declaration.id, escaped(written, 60));
    Diagnostic::error(&codes::UNKNOWN_COLUMN, message).at(entry.key.span(), "no such column").help(
        did_you_mean(written, names()).unwrap_or_else(|| {
            format!("available columns: {}", names().collect::<Vec<_>>().join(", "))
        }),
    )
}
