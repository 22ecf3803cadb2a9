//! A stack that holds the deepest tree that the limits admit.

use std::cell::Cell;

use super::super::limits::PARSER_STACK;

thread_local! {
    static LARGE: Cell<bool> = const { Cell::new(false) };
}

/// Does some work on a large stack: here when this thread has one, else on a thread that has.
///
/// Rhai's parser and the destruction of its tree recurse. Whoever compiles many expressions does
/// all of it within one call, for a thread costs more than an expression. The error says why the
/// work was not done.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    if LARGE.get() {
        return Ok(work());
    }
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().stack_size(PARSER_STACK).spawn_scoped(scope, || {
                LARGE.set(true);
                work()
            });
        let thread = thread.map_err(|error| format!("a thread did not start: {error}"))?;
        thread.join().map_err(|_| "it failed inside Keytrail".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_stack_is_made_once() {
        let id = || std::thread::current().id();
        let ids = on_large_stack(|| (id(), on_large_stack(id)));
        let (outer, inner) = ids.unwrap_or_else(|error| panic!("{error}"));
        assert_ne!(outer, id());
        assert_eq!(inner, Ok(outer));
        assert!(!LARGE.get());
    }
}
