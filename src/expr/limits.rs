//! Size limits of expressions.
//!
//! The limits are checked at load, so that no policy file can exhaust the stack or the memory of a
//! run.

/// The maximum number of bytes of one expression.
pub const MAX_SOURCE: usize = 16 * 1024;

/// The maximum nesting depth of brackets, and of nodes.
pub const MAX_NESTING: usize = 64;

/// The maximum number of items of a list literal.
pub const MAX_LIST: usize = 4_096;

/// The maximum number of bytes of a string literal.
pub const MAX_STRING: usize = 8 * 1024;

/// The maximum nesting depth of definitions.
pub const MAX_DEFINITIONS: usize = 16;

/// The maximum number of nodes of one compiled expression, including definitions.
pub const MAX_NODES: usize = 20_000;

/// The maximum number of bytes of a compiled regular expression.
pub const MAX_REGEX: usize = 1 << 20;

/// The maximum depth of an expression. It depends on the stack on which the expression is compiled
/// and evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Depth {
    /// Levels that Rhai's parser may descend; it counts each operand of a flat `||` as one level.
    pub(super) parser: usize,
    /// The nesting depth of nodes, including definitions.
    pub(super) tree: usize,
}

impl Depth {
    /// On a thread with a stack of `PARSER_STACK` bytes.
    #[cfg(feature = "native")]
    pub(super) const LARGE_STACK: Depth =
        Depth { parser: 512, tree: MAX_NESTING * (MAX_DEFINITIONS + 1) };
    /// If no thread can be started, on a stack of 1 MiB.
    #[cfg(any(test, not(feature = "native")))]
    pub(super) const SMALL_STACK: Depth = Depth { parser: 128, tree: MAX_NESTING };
    /// The depth for this build.
    #[cfg(feature = "native")]
    pub(super) const HERE: Depth = Depth::LARGE_STACK;
    /// The depth for this build.
    #[cfg(not(feature = "native"))]
    pub(super) const HERE: Depth = Depth::SMALL_STACK;
}

/// Stack size of the thread that parses, large enough for [`Depth::LARGE_STACK`].
#[cfg(feature = "native")]
pub(super) const PARSER_STACK: usize = 64 * 1024 * 1024;
