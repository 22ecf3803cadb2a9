//! Inputs that go on: which bytes are new at each check.
//!
//! A growing file of lines is read from where the last whole line ended; anything else is read once
//! it is whole. Files are known by what they are and how they begin, so that one which was renamed
//! goes on and one which was replaced begins anew.

mod due;
mod followed;
mod look;
mod place;
mod round;

pub use followed::{Follow, Followed, Standing};
pub use round::Round;
