//! What looks at the records of a test while they are evaluated.

use crate::expr::Bindings;
use crate::source::Sources;

/// Sees each record of a test that the rule reads.
pub(super) trait Watch {
    /// A record, before the rule is evaluated on it.
    fn record(&mut self, bindings: &Bindings<'_>, sources: &Sources);
}
