//! The engine over inputs that go on: check after check, each telling what is certain by then.
//!
//! A check maps new records to rows and reduces them together with the rows kept so far. What a
//! later record could change is emitted when none can come any more; what it cannot is emitted at once.
//! Rows that no rule can need again are dropped. Everything that a watch knows is a [`State`],
//! which may be stored between two checks. This module must not know where records come from or
//! where findings go: no clock, no file, no output.

mod check;
mod occurrence_kind;
mod retain;
mod state;
mod saved_state;
mod emit;
mod watermark;

pub use check::{Check, Watch, WatchOptions};
pub use occurrence_kind::id;
pub use saved_state::{BadState, SavedState};
pub use state::{Row, State};
