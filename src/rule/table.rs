//! Tables as declared.

use std::sync::Arc;

use super::document::id_is_file_name;
use super::name;
use crate::diag::codes::{policy, table as codes};
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::source::Sources;
use crate::table::{self, Column, ColumnType, Declaration, Match, RESERVED_IDS, Table};
use crate::yaml::{self, Node, Scalar, Shape, ShapeKey};

/// The shape of a table file.
pub static TABLE_FILE: Shape = Shape::Object(&[ShapeKey::required(
    "table",
    Shape::Object(&[
        ShapeKey::required(
            "id",
            Shape::Str,
            "Its name, also the name of its file; expressions refer to it as `lookup(\"NAME\", key)`.",
        ),
        ShapeKey::optional("description", Shape::Str, "Its content, and the source of its rows."),
        ShapeKey::required("key", KEY, "How rows are found."),
        ShapeKey::required(
            "columns",
            Shape::Map(&Shape::Enum(ColumnType::WORDS)),
            "The type of each column, by name; the key is one of them.",
        ),
        ShapeKey::optional(
            "scanned",
            Shape::Bool,
            "Whether its data file may also be the report of a secret scanner, SARIF or JSON: each \
             access key in it is a row.",
        ),
        ShapeKey::optional(
            "file",
            Shape::Str,
            "A CSV, JSON or YAML file with its rows, relative to this file; the project file can \
             name another.",
        ),
        ShapeKey::optional(
            "rows",
            Shape::List(&Shape::Map(&Shape::Any)),
            "Its rows, when they are few: a mapping of columns for each.",
        ),
    ]),
    "Reference data that a key finds.",
)]);

const KEY: Shape = Shape::Object(&[
    ShapeKey::required("column", Shape::Str, "The key column, of type `str`."),
    ShapeKey::optional(
        "match",
        Shape::Enum(Match::WORDS),
        "`exact` (the default), or `cidr`: an address is found in the smallest range that \
         contains it.",
    ),
]);

/// A table as declared.
#[derive(Debug)]
pub struct DeclaredTable {
    /// The table with the rows of its declaration.
    pub table: Table,
    /// The data file that the declaration names.
    pub file: Option<Scalar>,
}

/// Loads a table file; `document` is its whole document.
///
/// If there is an error but the columns are known, a table without rows is returned, so that
/// expressions that name it give no further errors.
pub fn load_table(document: &Node, sources: &Sources) -> (Option<DeclaredTable>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    yaml::check(document, &TABLE_FILE, &mut diagnostics);
    let Some(body) = document.get("table") else { return (None, diagnostics) };
    let id = body.get("id").and_then(Node::scalar);
    if let Some(id) = id {
        diagnostics.extend(id_is_file_name(id, sources));
        diagnostics.extend(name::member(id, "table"));
        diagnostics.extend(reserved(id));
    }
    let entries = body.get("columns").map(Node::entries).unwrap_or(&[]);
    diagnostics.extend(entries.iter().filter_map(|entry| name::member(&entry.key, "column")));
    let columns: Vec<Column> = entries
        .iter()
        .filter_map(|entry| {
            let ty = ColumnType::parse(entry.value.text()?)?;
            Some(Column { name: entry.key.text().to_owned(), ty })
        })
        .collect();
    let key = body.get("key").and_then(|key| key.get("column")).and_then(Node::scalar);
    if let Some(key) = key {
        diagnostics.extend(key_column(key, &columns));
    }
    let file = body.get("file").and_then(Node::scalar);
    if let (Some(file), Some(rows)) = (file, body.get("rows")) {
        diagnostics.push(
            Diagnostic::error(&policy::INVALID_VALUE, "a table has either a `file` or `rows`")
                .at(rows.span, "the rows")
                .at(file.span(), "the file"),
        );
    }
    let (Some(id), Some(key)) = (id, key) else { return (None, diagnostics) };
    let matching = body.get("key").and_then(|key| key.get("match")).and_then(Node::text);
    let declaration = Arc::new(Declaration {
        id: id.text().to_owned(),
        description: body.get("description").and_then(Node::text).unwrap_or_default().to_owned(),
        key: columns.iter().position(|column| column.name == key.text()).unwrap_or_default(),
        columns,
        scanned: body.get("scanned").and_then(Node::bool).unwrap_or(false),
        matching: matching.and_then(Match::parse).unwrap_or(Match::Exact),
        span: Some(id.span()),
    });
    if diagnostics.iter().any(Diagnostic::is_error) {
        // The columns are unknown, so rows cannot be checked.
        return (Some(DeclaredTable { table: Table::empty(declaration), file: None }), diagnostics);
    }
    match table::from_nodes(&declaration, body.get("rows").map_or(&[], Node::items)) {
        Ok(table) => (Some(DeclaredTable { table, file: file.cloned() }), diagnostics),
        Err(errors) => {
            diagnostics.extend(errors);
            (Some(DeclaredTable { table: Table::empty(declaration), file: None }), diagnostics)
        }
    }
}

fn reserved(id: &Scalar) -> Option<Diagnostic> {
    RESERVED_IDS.contains(&id.text()).then(|| {
        let message = format!(
            "the table id `{}` is reserved for the credential reports of the run",
            id.text()
        );
        Diagnostic::error(&codes::RESERVED_ID, message)
            .at(id.span(), "this id is reserved")
            .help("choose another id, and name the file like it")
    })
}

fn key_column(key: &Scalar, columns: &[Column]) -> Option<Diagnostic> {
    let written = escaped(key.text(), 60);
    match columns.iter().find(|column| column.name == key.text()) {
        Some(column) if column.ty == ColumnType::Str => None,
        Some(column) => {
            let message = format!("the key column `{written}` is of type `{}`", column.ty.name());
            Some(
                Diagnostic::error(&codes::KEY_COLUMN, message)
                    .at(key.span(), "expected a column of type `str`"),
            )
        }
        None => {
            let names = columns.iter().map(|column| column.name.as_str());
            let message = format!("the key column `{written}` is not one of the columns");
            Some(
                Diagnostic::error(&codes::KEY_COLUMN, message)
                    .at(key.span(), "expected one of the columns below")
                    .maybe_help(did_you_mean(key.text(), names)),
            )
        }
    }
}
