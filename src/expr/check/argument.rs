//! The arguments of definitions.

use super::super::ir::{Ir, Op};

/// A parameter of a definition with the argument of the call that is being expanded.
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) value: Ir,
}

impl Argument {
    /// Its value inside `closures` nested closures of the definition.
    pub(super) fn inside(&self, closures: usize) -> Ir {
        match closures {
            0 => self.value.clone(),
            _ => shift(&self.value, closures, 0),
        }
    }
}

/// The same node inside `more` further closures. Parameters are counted from the innermost closure,
/// so those of closures around the node are renumbered. Parameters of the `own` closures inside it
/// keep their numbers.
fn shift(ir: &Ir, more: usize, own: usize) -> Ir {
    match &ir.op {
        Op::Local(depth, name) if *depth >= own => {
            Ir { op: Op::Local(depth + more, name.clone()), ..ir.clone() }
        }
        Op::Each(each, list, body) => {
            let list = Box::new(shift(list, more, own));
            let body = Box::new(shift(body, more, own + 1));
            Ir { op: Op::Each(*each, list, body), ..ir.clone() }
        }
        _ => ir.map_children(&mut |part| shift(part, more, own)),
    }
}
