//! Rule files to rules.
//!
//! [`Loader`](loader::Loader) holds what every part is loaded with; each construct of a rule has a
//! file. Everything is checked that can be, whatever is wrong elsewhere: a misspelt severity does
//! not hide a misspelt field. There is a rule only if there is no error.

mod construct;
mod correlate;
mod first_seen;
mod loader;
mod rule;
mod sequence;

pub use loader::Overrides;
pub use rule::load;
