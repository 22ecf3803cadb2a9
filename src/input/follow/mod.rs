//! Inputs that grow: which bytes are new at each check.
//!
//! A growing file of lines is read from the end of the last complete line; any other file is read
//! once it is complete. A file is identified by its device, its inode and its first bytes, so that
//! a renamed file continues and a replaced one is read from its beginning.

mod due;
#[allow(clippy::module_inception)]
mod follow;
mod followed_file;
mod identify;
mod round;
mod snapshot;

pub use follow::Follow;
pub use followed_file::{FollowState, FollowedFile};
pub use round::Round;
