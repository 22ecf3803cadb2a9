//! Address ranges as arguments; shared by `in_cidr` and `subnet_of`.

use crate::expr::{BadArgument, Constant};
use crate::value::{Cidr, CidrError, CidrSet};

/// The ranges of the argument at the index.
pub(super) fn ranges(constants: &[Constant], index: usize) -> Result<CidrSet, BadArgument> {
    let mut ranges = Vec::new();
    let texts = constants.get(index).map(Constant::texts).unwrap_or_default();
    for (item, text) in texts.into_iter().enumerate() {
        let wrong = |error: CidrError| BadArgument::new(index, error.to_string()).of_item(item);
        ranges.push(Cidr::parse(text).map_err(wrong)?);
    }
    Ok(CidrSet::new(ranges))
}
