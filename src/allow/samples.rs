//! Varied sample records, to measure how much an entry covers.
//!
//! Whether an entry is too broad depends on what it covers, not on how it is written: `*-*`, two
//! halves of the address space and `event.ok == true || event.ok == false` accept as much as `*`.
//! If an entry covers every sample of a provider, it is assumed to cover every record of that
//! provider.

use std::sync::LazyLock;

use super::condition::Condition;
use crate::expr::{Bindings, Expr};
use crate::record::field::{self, cred, event};
use crate::record::{FieldId, Provider, Record};
use crate::value::{RecordKind, Time, Type, Value};

/// Samples of each provider; enough that a condition of a few tests is not true for all of them by
/// chance.
const SAMPLES: usize = 64;

const WORDS: [&str; 16] = [
    "bolt", "wem", "quick", "zyx", "thud", "vamp", "jog", "lynx", "fnord", "chip", "grex", "shrub",
    "dawn", "ply", "moss", "keg",
];

/// One sample: an event, with the rows of a credential and a key.
struct SampleRecord {
    provider: Provider,
    event: Record<'static>,
    cred: Record<'static>,
    key: Record<'static>,
}

static ALL: LazyLock<Vec<SampleRecord>> = LazyLock::new(|| {
    let of = |provider: Provider| {
        (0..SAMPLES).map(move |index| SampleRecord {
            provider,
            event: record(RecordKind::Event, provider, index),
            cred: record(RecordKind::Cred, provider, index),
            key: record(RecordKind::Key, provider, index),
        })
    };
    Provider::ALL.into_iter().flat_map(of).collect()
});

/// Whether conditions cover every sample of some provider. `always` marks the conditions that are
/// true for practically every record, whatever the samples are.
pub(super) fn all_are_covered(
    kind: RecordKind,
    conditions: &[Condition],
    always: &[bool],
    when: Option<&Expr>,
) -> bool {
    let covered = |sample: &SampleRecord| {
        let bindings = Bindings {
            event: (kind == RecordKind::Event).then_some(&sample.event),
            cred: (kind != RecordKind::Event).then_some(&sample.cred),
            key: (kind == RecordKind::Key).then_some(&sample.key),
            ..Bindings::none(Time(1_767_225_600_000_000))
        };
        conditions
            .iter()
            .zip(always)
            .all(|(condition, always)| *always || condition.holds(kind, &bindings))
            && when.is_none_or(|when| when.test(&bindings).unwrap_or(false))
    };
    Provider::ALL
        .into_iter()
        .any(|of| ALL.iter().filter(|sample| sample.provider == of).all(covered))
}

fn record(kind: RecordKind, provider: Provider, index: usize) -> Record<'static> {
    let mut record = Record::new(kind);
    for field in field::of_kind(kind) {
        record.set(field, value(field, provider, index));
    }
    // A successful call has no error code.
    if *record.get(event::OK) == Value::Bool(true) {
        record.set(event::CODE, Value::Missing);
    }
    record
}

/// A number below `count` that varies with the sample and the field.
fn pick(field: FieldId, index: usize, count: usize) -> usize {
    let mut mixed = (field.slot() as u64 + 1) << 32 | index as u64;
    for _ in 0..3 {
        mixed = (mixed ^ mixed >> 31).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    (mixed >> 33) as usize % count
}

fn value(field: FieldId, provider: Provider, index: usize) -> Value<'static> {
    let pick = |count: usize| pick(field, index, count);
    let word = |nth: usize| WORDS[(pick(usize::MAX >> 8) >> (4 * nth)) % WORDS.len()];
    let text = |text: String| Value::Str(text.into());
    match field {
        event::PROVIDER | cred::PROVIDER => text(provider.name().to_owned()),
        event::OPERATION => text(format!("{}:{}.{}{}", provider.name(), word(0), word(1), word(2))),
        event::IP if index % 4 == 3 => {
            text(format!("2{:03x}:db8::{:x}", pick(4096), pick(usize::MAX >> 33)))
        }
        event::IP => text(format!("{}.{}.2.3", 4 * (index % 56) + 1, pick(256))),
        event::ACCOUNT | cred::ACCOUNT => text(format!("{:012}", pick(1_000_000_000))),
        _ => match field.field().ty {
            Type::Bool => Value::Bool(pick(2) == 0),
            Type::Int => Value::Int([0, 1, 2, 7, 30, 90, 365, 4_000][pick(8)]),
            Type::Enum(def) => text(def.values[pick(def.values.len())].to_owned()),
            Type::Time => {
                Value::Time(Time(1_600_000_000_000_000 + pick(5_000) as i64 * 37_000_000_000))
            }
            Type::Str => {
                text(format!("{}-{}.{}_{}@{}", word(0), word(1), word(2), word(3), pick(1_000)))
            }
            _ => Value::Missing,
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn samples_have_little_in_common() {
        let events = || ALL.iter().filter(|of| of.provider == Provider::Aws).map(|of| &of.event);
        for field in field::of_kind(RecordKind::Event) {
            let values: BTreeSet<String> =
                events().map(|event| format!("{:?}", event.get(field))).collect();
            let path = field.field().path();
            match field.field().ty {
                Type::Bool => assert_eq!(values.len(), 2, "{path}"),
                // Only failed calls have a code.
                Type::Str if field == event::CODE => assert!(values.len() > 20, "{path}"),
                Type::Str => assert!(values.len() > 40, "{path}: {}", values.len()),
                _ => {}
            }
        }
        // No letter occurs in every user name, although the separators do.
        for letter in 'a'..='z' {
            let has =
                |event: &Record<'_>| event.get(event::USER).as_str().unwrap().contains(letter);
            assert!(!events().all(has), "{letter}");
        }
    }
}
