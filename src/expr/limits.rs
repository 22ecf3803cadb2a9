//! How large an expression may be.
//!
//! The limits hold at load, so that no policy file can exhaust the stack or the memory of a run.

/// Most bytes of one expression.
pub const MAX_SOURCE: usize = 16 * 1024;

/// Most brackets, and most nodes, inside each other.
pub const MAX_NESTING: usize = 64;

/// Most items of a list literal.
pub const MAX_LIST: usize = 4_096;

/// Most bytes of a string literal.
pub const MAX_STRING: usize = 8 * 1024;

/// Most definitions inside each other.
pub const MAX_DEFINITIONS: usize = 16;

/// Most nodes of one compiled expression, definitions included.
pub const MAX_NODES: usize = 20_000;

/// Most bytes of a compiled regular expression.
pub const MAX_REGEX: usize = 1 << 20;

/// Levels that Rhai's parser may go down; it counts each operand of a flat `||` as one.
pub(super) const PARSER_DEPTH: usize = 512;

/// Stack of the thread that parses, enough for [`PARSER_DEPTH`].
pub(super) const PARSER_STACK: usize = 64 * 1024 * 1024;
