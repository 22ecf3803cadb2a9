//! Named queries of the project file.

use super::{Bound, QuerySource};
use crate::diag::codes::{policy, query as codes};
use crate::diag::{Diagnostic, escaped};
use crate::source::Fragment;
use crate::value::RecordKind;
use crate::yaml::{MappingEntry, Node, Scalar, Shape, ShapeKey};

/// The shape of a saved query.
pub static SAVED: Shape = Shape::Object(&[
    ShapeKey::optional(
        "on",
        Shape::Enum(RecordKind::WORDS),
        "The kind of record it reads, if the fields of `expr` do not show it.",
    ),
    ShapeKey::required("expr", Shape::Expr, "The condition on records, written as in a rule."),
    ShapeKey::optional(
        "count_by",
        Shape::List(&Shape::Expr),
        "Expressions to count the records by.",
    ),
    ShapeKey::optional("description", Shape::Str, "The purpose of the query."),
    ShapeKey::optional(
        "since",
        Shape::Str,
        "Start of the time range, inclusive: a time, a day, or a duration before the run, such as `90d`.",
    ),
    ShapeKey::optional(
        "until",
        Shape::Str,
        "End of the time range, exclusive; written like `since`.",
    ),
]);

/// A query of the project file.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// The query as written.
    pub source: QuerySource,
    /// The start of the period.
    pub since: Option<Bound>,
    /// The end of the period, exclusive.
    pub until: Option<Bound>,
    /// Its description.
    pub description: Option<String>,
}

/// Reads the entries of `queries`, whose shape is [`SAVED`]. [`QuerySource::compile`] checks the
/// expressions when the lists, tables and definitions are known.
pub fn load_saved(entries: &[MappingEntry], diagnostics: &mut Vec<Diagnostic>) -> Vec<Saved> {
    entries.iter().filter_map(|entry| saved(entry, diagnostics)).collect()
}

fn saved(entry: &MappingEntry, diagnostics: &mut Vec<Diagnostic>) -> Option<Saved> {
    let before = diagnostics.len();
    diagnostics.extend(unusable(&entry.key));
    let node = &entry.value;
    let fragment = |node: &Node| node.scalar().map(|scalar| scalar.fragment.clone());
    let count_by: Vec<Fragment> =
        node.get("count_by").map_or(&[][..], Node::items).iter().filter_map(fragment).collect();
    let since = bound(node.get("since"), diagnostics);
    let until = bound(node.get("until"), diagnostics);
    if diagnostics.len() > before {
        return None;
    }
    let on = node.get("on").and_then(Node::text).and_then(RecordKind::parse);
    let expr = node.get("expr").and_then(fragment)?;
    Some(Saved {
        name: entry.key.text().to_owned(),
        source: QuerySource { on, expr, count_by },
        since,
        until,
        description: node.get("description").and_then(Node::text).map(str::to_owned),
    })
}

fn bound(node: Option<&Node>, diagnostics: &mut Vec<Diagnostic>) -> Option<Bound> {
    let node = node?;
    let text = node.text()?;
    match Bound::parse(text) {
        Ok(bound) => Some(bound),
        Err(expected) => {
            let message = format!("`{}` is not a time bound", escaped(text, 60));
            let diagnostic = Diagnostic::error(&codes::BAD_BOUND, message);
            diagnostics.push(diagnostic.at(node.span, "").help(expected.to_string()));
            None
        }
    }
}

/// A diagnostic if a name is invalid. Names are typed after `@` in a shell, so only safe characters
/// are allowed.
fn unusable(name: &Scalar) -> Option<Diagnostic> {
    let text = name.text();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
    (!begins || !text.chars().all(plain)).then(|| {
        let message = format!("`{}` cannot be the name of a query", escaped(text, 60));
        Diagnostic::error(&policy::INVALID_VALUE, message)
            .at(name.span(), "expected lower-case letters, digits, `-` and `_`")
    })
}
