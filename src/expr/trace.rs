//! Traces of an evaluation.

use super::env::{EvalError, Fault};
use super::ir::{Ir, NodeId};
use crate::value::Value;

/// Watches an evaluation. [`Expr::trace`](super::Expr::trace) calls it for every evaluated node,
/// after the node's parts.
///
/// If the result does not depend on a node, the node is neither evaluated nor reported. An example
/// is an operand after a false operand of `&&`. The body of a closure is reported once for each
/// item.
pub trait Trace {
    /// Reports the value of a node, or the error. If only the truth of a node matters, such as that
    /// of an operand of `&&`, its value is `true` or `false`.
    fn node(&self, id: NodeId, outcome: Result<&Value<'_>, &EvalError>);
}

/// The compile-time parameter of an evaluation. With [`Unwatched`] the hook compiles to nothing.
pub(super) trait Hook: Copy {
    /// Whether nodes are reported at all.
    const ON: bool;
    fn node(self, ir: &Ir, outcome: Result<&Value<'_>, &Fault>);
}

/// The hook of an evaluation that nothing watches.
#[derive(Clone, Copy)]
pub(super) struct Unwatched;

impl Hook for Unwatched {
    const ON: bool = false;

    fn node(self, _: &Ir, _: Result<&Value<'_>, &Fault>) {}
}

impl Hook for &dyn Trace {
    const ON: bool = true;

    fn node(self, ir: &Ir, outcome: Result<&Value<'_>, &Fault>) {
        Trace::node(self, ir.id, outcome.map_err(|fault| &**fault));
    }
}
