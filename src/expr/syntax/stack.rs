//! A stack that is large enough for the deepest tree within the limits.

use std::fmt;

/// Runs `work` on a large stack: on this thread if it has one, else on a new thread.
///
/// Rhai's parser and the destructor of its tree are recursive. Compile many expressions within one
/// call, because starting a thread costs more than compiling an expression. Without the feature
/// `native` there are no threads: `work` runs on this thread, and expressions are limited to a
/// smaller depth.
///
/// # Errors
///
/// If the work was not done.
#[cfg(feature = "native")]
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, StackError> {
    use super::super::limits::PARSER_STACK;
    if LARGE.get() {
        return Ok(work());
    }
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().stack_size(PARSER_STACK).spawn_scoped(scope, || {
                LARGE.set(true);
                work()
            });
        thread.map_err(StackError::NoThread)?.join().map_err(|_| StackError::Panicked)
    })
}

#[cfg(feature = "native")]
thread_local! {
    static LARGE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs `work` on this thread: there are no others.
///
/// # Errors
///
/// Never; the type is the same as in a build with the feature `native`.
#[cfg(not(feature = "native"))]
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, StackError> {
    Ok(work())
}

/// Why [`on_large_stack`] did not do its work.
#[derive(Debug)]
pub enum StackError {
    /// The system did not start a thread.
    NoThread(std::io::Error),
    /// The work panicked.
    Panicked,
}

impl fmt::Display for StackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StackError::NoThread(error) => write!(f, "a thread did not start: {error}"),
            StackError::Panicked => f.write_str("it failed inside Keytrail"),
        }
    }
}

impl std::error::Error for StackError {}

#[cfg(all(test, feature = "native"))]
mod tests {
    use super::*;

    #[test]
    fn a_nested_call_reuses_the_large_stack() {
        let id = || std::thread::current().id();
        let ids = on_large_stack(|| (id(), on_large_stack(id)));
        let (outer, inner) = ids.unwrap_or_else(|error| panic!("{error}"));
        assert_ne!(outer, id());
        assert_eq!(inner.ok(), Some(outer));
        assert!(!LARGE.get());
    }
}
