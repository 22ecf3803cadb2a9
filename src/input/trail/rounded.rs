//! Ids that a tool stored as numbers and rounded.

use crate::input::json::{Fields, decode};
use crate::record::derive::is_rounded;
use crate::record::{Defect, FieldGap, FieldId};

/// Removes ids that were rounded, because each could be one of many accounts or users. Each is a
/// gap of its field, with its path from `paths`.
pub(in crate::input) fn drop_rounded(
    fields: &mut Fields<'_>,
    ids: &[(FieldId, usize)],
    paths: &'static [&'static str],
    gaps: &mut Vec<FieldGap>,
) {
    for &(field, path) in ids {
        if fields.get(path).and_then(decode).is_some_and(|id| is_rounded(&id)) {
            fields.remove(path);
            let source = paths.get(path).copied().unwrap_or_default();
            gaps.push(FieldGap { field, source, defect: Defect::Unreadable });
        }
    }
}
