//! `incidents` of the project file: what joins findings.

use crate::diag::Diagnostic;
use crate::diag::codes::policy as codes;
use crate::record::derive::MAX_IDENTITIES;
use crate::value::Duration;
use crate::yaml::{Node, Shape, ShapeKey};

pub(super) static INCIDENTS: Shape = Shape::Object(&[
    ShapeKey::optional(
        "window",
        Shape::Duration,
        "The longest time between two actions of one identity that are joined; `24h` by default.",
    ),
    ShapeKey::optional(
        "shared_address",
        Shape::Count,
        "The largest number of identities that may call from an address that joins findings; 10 by default, at most 64.",
    ),
]);

/// What joins findings, where the project file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IncidentSettings {
    /// The longest time between two actions that are joined.
    pub window: Option<Duration>,
    /// The largest number of identities that may call from an address that joins findings.
    pub shared_address: Option<usize>,
}

impl IncidentSettings {
    /// Reads the settings of one project file, which take precedence over earlier ones.
    pub(super) fn read(&mut self, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
        let window = node.get("window").and_then(Node::seconds);
        let window = window.and_then(|seconds| seconds.checked_mul(Duration::SECOND));
        self.window = window.map(Duration).or(self.window);
        let Some(shared) = node.get("shared_address") else { return };
        let count = shared.int().and_then(|count| usize::try_from(count).ok());
        match count.filter(|count| *count <= MAX_IDENTITIES) {
            Some(count) => self.shared_address = Some(count),
            None => diagnostics.push(
                Diagnostic::error(
                    &codes::INVALID_VALUE,
                    format!("`shared_address` is larger than {MAX_IDENTITIES}"),
                )
                .at(shared.span, "identities of one address that are counted"),
            ),
        }
    }
}
