//! Parts of allowlist entries as YAML.

use crate::allow::Selector;
use crate::yaml::written_scalar;

/// The values of selectors.
pub(crate) type Selected = Vec<(Selector, Vec<String>)>;

/// A list of texts in one line.
pub(crate) fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| written_scalar(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Selectors as a block, each on a line that is indented by this many spaces.
pub(crate) fn block(selectors: &Selected, indent: usize) -> String {
    if selectors.is_empty() {
        return " {}".to_owned();
    }
    let line = |(selector, values): &(Selector, Vec<String>)| {
        format!("\n{:indent$}{}: {}", "", selector.name(), list(values))
    };
    selectors.iter().map(line).collect()
}

/// Selectors in one line.
pub(super) fn flow(selectors: &Selected) -> String {
    let of = |(selector, values): &(Selector, Vec<String>)| {
        format!("{}: {}", selector.name(), list(values))
    };
    match selectors.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", selectors.iter().map(of).collect::<Vec<_>>().join(", ")),
    }
}
