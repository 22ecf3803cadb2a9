//! The pack that a rule belongs to, and how far its findings can be trusted.

use crate::value::words;

words! {
    /// The pack that a rule belongs to.
    Pack {
        /// Precise enough to fail a run. It is loaded by default.
        Core = "core",
        /// For hunting: its findings are reported and fail a run only if the project says so.
        Extended = "extended",
    }
}

words! {
    /// How often a finding of a rule is what its title says.
    Confidence {
        /// Often something harmless: a lead for an investigation.
        Low = "low",
        /// Mostly, once the known causes are in an allowlist.
        Medium = "medium",
        /// Nearly always.
        High = "high",
    }
}
