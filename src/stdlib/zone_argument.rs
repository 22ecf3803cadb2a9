//! The zone argument of the calendar functions.

use crate::expr::{BadArgument, Constant};
use crate::value::Zone;

/// The zone named by a constant argument.
pub(super) fn zone(constants: &[Constant], index: usize) -> Result<Zone, BadArgument> {
    let name = constants.get(index).and_then(Constant::text).unwrap_or_default();
    Zone::parse(name).ok_or_else(|| BadArgument {
        help: Some("use a name such as `Asia/Shanghai`, `UTC` or `+08:00`".to_owned()),
        ..BadArgument::new(index, format!("`{name}` is not a time zone"))
    })
}
