//! Observes the records of a test while they are evaluated.

use crate::expr::Bindings;
use crate::source::Sources;

/// Receives each record of a test that the rule reads.
pub(super) trait RecordObserver {
    /// A record, before the rule is evaluated on it.
    fn record(&mut self, bindings: &Bindings<'_>, sources: &Sources);
}
