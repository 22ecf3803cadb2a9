//! What an evaluation reports on its way.

use super::env::{EvalError, Fault};
use super::ir::{Ir, NodeId};
use crate::value::Value;

/// Watches an evaluation: [`Expr::trace`](super::Expr::trace) calls it for every node that is worked
/// out, after its parts.
///
/// A node that the outcome does not depend on is not evaluated and not reported, such as what follows a
/// false operand of `&&`. The body of a closure is reported once for each item.
pub trait Trace {
    /// The value of a node, or why it has none. A node of which only the truth matters, such as an
    /// operand of `&&`, has the value `true` or `false`.
    fn node(&self, id: NodeId, outcome: Result<&Value<'_>, &EvalError>);
}

/// What the evaluation is compiled with: with [`Unwatched`] nothing of the hook is left.
pub(super) trait Hook: Copy {
    /// Whether nodes are reported at all.
    const ON: bool;
    fn node(self, ir: &Ir, outcome: Result<&Value<'_>, &Fault>);
}

/// Nobody watches.
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
