//! The first text of a rule.

use crate::value::RecordKind;

/// Whether a text can be the id of a rule.
pub fn is_rule_id(text: &str) -> bool {
    let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(well_formed)
        && !text.ends_with('-')
        && !text.contains("--")
}

/// The text of a rule over records of a kind, with a test on both sides. `schema` is the path of the
/// JSON schema for editors, relative to the file.
pub fn rule(id: &str, on: RecordKind, schema: Option<&str>) -> String {
    let template = match on {
        RecordKind::Event => include_str!("templates/event.yaml"),
        RecordKind::Cred => include_str!("templates/cred.yaml"),
        RecordKind::Key => include_str!("templates/key.yaml"),
    };
    let mut title = id.replace('-', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let header = match schema {
        Some(path) => format!("# yaml-language-server: $schema={path}\n"),
        None => String::new(),
    };
    header + &template.replace("NEW-ID", id).replace("NEW-TITLE", &title)
}
