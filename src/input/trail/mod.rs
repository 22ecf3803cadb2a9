//! What the audit trails of the clouds have in common.
//!
//! Their records share the names of most keys, so [`cloud`] says whose a record is;
//! [`Surroundings`] says what may stand around it; a [`Sheet`] takes the fields that are needed, and
//! a [`Call`] the values that derived fields are worked out from.

mod call;
pub(super) mod cloud;
mod defaults;
mod paths;
mod part;
mod promise;
mod sheet;
mod spelling;
mod surroundings;

pub(super) use call::Call;
pub(super) use defaults::Defaults;
pub(super) use part::{after, before, cut, list};
pub(super) use paths::paths;
pub(super) use promise::Promises;
pub(super) use sheet::Sheet;
pub(super) use spelling::Spelling;
pub(super) use surroundings::{Found, Row, Surroundings};

use crate::record::field::of_kind;
use crate::record::{FieldSet, Provider, reference};
use crate::value::RecordKind;

/// The fields that a trail of this provider can fill.
pub(super) fn carries(provider: Provider) -> FieldSet {
    // Some fields come from reference tables, whatever the record says.
    of_kind(RecordKind::Event)
        .filter(|id| !reference::fields().contains(*id))
        .filter(|id| id.field().sources.iter().any(|(of, _)| *of == provider))
        .collect()
}

/// What there is to say of a record with a part that [`unfold`](super::json::unfold) finds torn.
pub(super) const TORN: &str =
    "a part of the record begins like JSON and is none: it was read as text";

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
