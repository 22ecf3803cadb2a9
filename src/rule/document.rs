//! The kind of a policy file, which its only top-level key determines.

use crate::diag::codes::policy as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::source::Sources;
use crate::yaml::{Node, NodeKind, Scalar};

/// The kind of a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// One rule.
    Rule,
    /// One list.
    List,
    /// Named expressions.
    Definitions,
    /// A reference table.
    Table,
    /// Allowlist entries.
    Entries,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [DocumentKind; 5] = [
        DocumentKind::Rule,
        DocumentKind::List,
        DocumentKind::Definitions,
        DocumentKind::Table,
        DocumentKind::Entries,
    ];

    /// The top-level key.
    pub fn key(self) -> &'static str {
        match self {
            DocumentKind::Rule => "rule",
            DocumentKind::List => "list",
            DocumentKind::Definitions => "definitions",
            DocumentKind::Table => "table",
            DocumentKind::Entries => "entries",
        }
    }
}

/// The kind of a policy file, determined by its top-level key.
///
/// # Errors
///
/// The document is not a mapping, or its top-level keys are not exactly one known kind.
pub fn document_kind(document: &Node) -> Result<DocumentKind, Diagnostic> {
    let keys = DocumentKind::ALL.map(DocumentKind::key);
    let unknown = |message: String| Diagnostic::error(&codes::UNKNOWN_DOCUMENT, message);
    let expected = "expected one of `rule`, `list`, `definitions`, `table`, `entries`";
    let entries = document.entries();
    let mut found = entries.iter().filter_map(|entry| {
        let kind = DocumentKind::ALL.into_iter().find(|kind| kind.key() == entry.key.text())?;
        Some((kind, entry.key.span()))
    });
    match (found.next(), found.next()) {
        (Some((first, at)), Some((second, again))) => {
            let (first, second) = (first.key(), second.key());
            Err(unknown(format!(
                "a policy file contains either a `{first}` or a `{second}`, not both"
            ))
            .at(again, "the second top key")
            .at(at, "the first top key")
            .help("put each into a file of its own"))
        }
        (Some((kind, _)), None) => Ok(kind),
        (None, _) => Err(match (&document.kind, entries.first()) {
            (_, Some(entry)) => {
                let written = escaped(entry.key.text(), 60);
                unknown(format!("`{written}` is not a kind of policy file"))
                    .at(entry.key.span(), expected)
                    .help(did_you_mean(entry.key.text(), keys).unwrap_or_else(|| {
                        "put the content below a top-level key for its kind".to_owned()
                    }))
            }
            (NodeKind::Null | NodeKind::Mapping(_), None) => {
                unknown("the policy file is empty".to_owned()).at(document.span, expected)
            }
            _ => unknown("a policy file is a mapping with one top key".to_owned())
                .at(document.span, expected),
        }),
    }
}

/// Whether a text can be the id of a rule, a list or a table. Any other text is not suggested.
fn is_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(allowed)
}

/// Checks that an id equals the name of its file.
pub(super) fn id_is_file_name(id: &Scalar, sources: &Sources) -> Option<Diagnostic> {
    let name = sources.file(id.span().file).stem();
    let written = escaped(id.text(), 60);
    let named = escaped(name, 60);
    // An id of another form is a separate error.
    (id.text() != name && is_id(id.text())).then(|| {
        Diagnostic::error(
            &crate::diag::codes::rule::ID_IS_NOT_FILE_NAME,
            format!("the id `{written}` is not the name of its file, `{named}`"),
        )
        .at(id.span(), format!("expected `{named}`"))
        .help(match is_id(name) {
            true => format!("write `id: {named}`, or rename the file to `{written}.yaml`"),
            // The name of the file cannot be an id.
            false => format!("rename the file to `{written}.yaml`"),
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_top_key_determines_the_kind() {
        let cases = [
            ("rule: {}", Ok(DocumentKind::Rule)),
            ("list: {}", Ok(DocumentKind::List)),
            ("definitions: {}", Ok(DocumentKind::Definitions)),
            ("table: {}", Ok(DocumentKind::Table)),
            ("entries: []", Ok(DocumentKind::Entries)),
            ("rules: {}", Err("`rules` is not a kind of policy file [did you mean `rule`?]")),
            (
                "id: x\nwhen: y",
                Err("`id` is not a kind of policy file [put the content below a top-level \
                     key for its kind]"),
            ),
            ("", Err("the policy file is empty []")),
            ("{}", Err("the policy file is empty []")),
            ("- rule", Err("a policy file is a mapping with one top key []")),
            (
                "rule: {}\nlist: {}",
                Err(
                    "a policy file contains either a `rule` or a `list`, not both [put each into a \
                     file of its own]",
                ),
            ),
        ];
        for (text, expected) in cases {
            let mut sources = Sources::default();
            let file = sources.add("test.yaml", text);
            let node = crate::yaml::parse(file, &sources).unwrap();
            let kind = document_kind(&node)
                .map_err(|error| format!("{} [{}]", error.message, error.help.join(" ")));
            assert_eq!(kind, expected.map_err(str::to_owned), "for {text:?}");
        }
    }
}
