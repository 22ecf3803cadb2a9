//! What the formats of the three audit trails share.
//!
//! Most keys have the same names in all trails, so [`cloud`] decides which cloud wrote a record,
//! and [`Spelling`] contains the spelling of the keys in each trail. [`Surroundings`] describes
//! what may be around a record. An [`EventBuilder`] collects the fields that are needed, and a
//! [`Call`] collects the fields from which others are derived.

mod call;
pub(super) mod cloud;
mod defaults;
mod paths;
mod part;
mod promise;
mod event_builder;
mod rounded;
mod spelling;
mod surroundings;
mod written;

pub(super) use call::Call;
pub(super) use defaults::Defaults;
pub(super) use event_builder::EventBuilder;
pub(super) use part::{after, before, cut, list};
pub(super) use paths::paths;
pub(super) use promise::Promises;
pub(super) use rounded::drop_rounded;
pub(super) use spelling::Spelling;
pub(super) use surroundings::{Recognized, Surroundings, WrappedRow};
pub(super) use written::written;

use crate::record::field::of_kind;
use crate::record::{FieldSet, Provider, reference};
use crate::value::RecordKind;

/// The fields that a trail of this provider can fill.
pub(super) fn carries(provider: Provider) -> FieldSet {
    // Some fields come from reference tables, not from the record.
    of_kind(RecordKind::Event)
        .filter(|id| !reference::fields().contains(*id))
        .filter(|id| id.field().sources.iter().any(|(of, _)| *of == provider))
        .collect()
}

/// The note for a record with a string that begins like a JSON object but is not one.
pub(super) const TORN: &str =
    "a part of the record begins like a JSON object but is not one: it was read as text";

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
