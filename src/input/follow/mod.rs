//! Inputs that go on: which bytes are new at each check.
//!
//! A growing file of lines is read from where the last whole line ended; anything else is read once
//! it is whole. Files are known by what they are and how they begin, so that one which was renamed
//! goes on and one which was replaced begins anew.

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
