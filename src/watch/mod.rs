//! The engine over inputs that grow: each check emits the occurrences that are certain by then.
//!
//! A check maps new records to rows and reduces them together with the retained rows. An occurrence
//! that no later record can change is emitted at once; any other waits for the watermark. Rows that
//! no rule requires any more are dropped. All information that persists between two checks is in a
//! [`WatchState`], which may be stored. This module must not depend on where records come from or where
//! findings go: no clock, no file, no output.

mod check;
mod occurrence_kind;
mod retain;
mod state;
mod saved_incidents;
mod saved_state;
mod emit;
mod watermark;

pub use check::{Check, Watch, WatchOptions};
pub use occurrence_kind::id;
pub use saved_state::{BadState, SavedState};
pub use state::{RetainedRow, WatchState};
