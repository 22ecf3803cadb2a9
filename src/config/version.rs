//! The version of Keytrail that a project needs.

use crate::diag::codes::config as codes;
use crate::diag::{Diagnostic, escaped};
use crate::yaml::Node;

/// The version of this program.
const OWN: &str = env!("CARGO_PKG_VERSION");

/// Why this program does not read a project that requires a version; `None` if it does.
pub(super) fn refused(requires: &Node) -> Option<Diagnostic> {
    let text = requires.text().unwrap_or_default();
    let error = |message: String| Diagnostic::error(&codes::NEEDS_LATER, message);
    match (parsed(text), parsed(OWN)) {
        (Some(needed), Some(own)) if needed <= own => None,
        (Some(_), _) => Some(
            error(format!("the project needs Keytrail {text} or later, and this is {OWN}"))
                .at(requires.span, "")
                .help("install a later release, or use the revision of the project that this one reads"),
        ),
        (None, _) => Some(
            error(format!("`{}` is not a version", escaped(text, 40)))
                .at(requires.span, "expected one like `0.1.0`"),
        ),
    }
}

fn parsed(text: &str) -> Option<[u64; 3]> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

#[cfg(test)]
mod tests {
    use super::parsed;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(parsed("0.10.0") > parsed("0.9.9"));
        assert_eq!(parsed("1.2.3"), Some([1, 2, 3]));
        for odd in ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "1.2.-3"] {
            assert_eq!(parsed(odd), None, "{odd}");
        }
    }
}
