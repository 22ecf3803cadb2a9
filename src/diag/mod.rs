//! Diagnostics: code, message, labels and help; their rendering; terminal escaping.
//!
//! It uses sources. It must not know policies, records or rules: the code that finds a problem
//! writes its message.

pub mod codes;
mod diagnostic;
mod escape;
mod example;
mod render;
mod suggest;

pub use diagnostic::{Code, Diagnostic, Label, Level};
pub use escape::{escape, escaped, is_hostile};
pub use example::{Example, Form, examples};
pub use render::{render, render_line};
pub use suggest::{did_you_mean, nearest};
