//! Rows that stand in YAML: in a declaration, or in the test of a rule.

use std::borrow::Cow;
use std::sync::Arc;

use super::build::{Builder, Raw};
use super::{Declaration, Table};
use crate::diag::codes::table as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::source::Span;
use crate::yaml::{Entry, Node, NodeKind};

/// The table with these rows, each a mapping by the names of the columns.
///
/// Every value is checked against its column; a column that a row leaves out is missing there.
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

/// A value of YAML as a column takes it.
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

fn unknown_column(declaration: &Declaration, entry: &Entry) -> Diagnostic {
    let written = entry.key.text();
    let names = || declaration.columns.iter().map(|column| column.name.as_str());
    let message =
        format!("the table `{}` has no column `{}`", declaration.id, escaped(written, 60));
    Diagnostic::error(&codes::UNKNOWN_COLUMN, message).at(entry.key.span(), "no such column").help(
        did_you_mean(written, names()).unwrap_or_else(|| {
            format!("its columns are {}", names().collect::<Vec<_>>().join(", "))
        }),
    )
}
