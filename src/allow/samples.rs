//! Varied sample records, to measure how much an entry covers.
//!
//! Whether an entry is too broad depends on what it covers, not on how it is written: `*-*`, two
//! halves of the address space and `event.ok == true || event.ok == false` accept as much as `*`.
//!
//! The samples are like real records: derived fields follow from the fields that they are derived
//! from, and a field that the provider does not have is missing. The samples of a provider form
//! groups, by address and by whether the tables of the project have rows. If an entry covers a
//! whole group, it is assumed to cover every such record.

use std::sync::LazyLock;

use super::condition::Condition;
use crate::expr::{Bindings, Expr};
use crate::record::field::{self, cred, event};
use crate::record::{FieldId, Provider, Record, derive, reference};
use crate::value::{Elem, Items, Json, RecordKind, Time, Type, Value};

/// Samples of each provider; enough that a condition of a few tests is not true for a whole group
/// by chance.
const SAMPLES: usize = 192;

/// The clock while samples are evaluated, later than every time in them.
const CLOCK: Time = Time(1_800_000_000_000_000);

const HOUR: i64 = 3_600_000_000;

const WORDS: [&str; 16] = [
    "bolt", "wem", "quick", "zyx", "thud", "vamp", "jog", "lynx", "fnord", "chip", "grex", "shrub",
    "dawn", "ply", "moss", "keg",
];

/// Where the address of a sample lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    LowerV4,
    UpperV4,
    V6,
}

/// A part of the samples of a provider.
#[derive(Debug, Clone, Copy)]
enum Group {
    /// The samples with addresses of this network.
    Network(Network),
    /// The samples with, or without, values from the tables of the project.
    Tables(bool),
}

const GROUPS: [Group; 5] = [
    Group::Network(Network::LowerV4),
    Group::Network(Network::UpperV4),
    Group::Network(Network::V6),
    Group::Tables(true),
    Group::Tables(false),
];

/// One sample: an event, or the row of a credential, with a row of its key for the kind `key`.
struct SampleRecord {
    provider: Provider,
    network: Network,
    tables: bool,
    record: Record<'static>,
    cred: Option<Record<'static>>,
}

impl SampleRecord {
    fn new(kind: RecordKind, provider: Provider, index: usize) -> Self {
        let network = [Network::LowerV4, Network::UpperV4, Network::V6][index % 3];
        let seed = Seed { provider, index, network, tables: index.is_multiple_of(2) };
        Self {
            provider,
            network,
            tables: seed.tables,
            record: seed.record(kind),
            cred: (kind == RecordKind::Key).then(|| seed.record(RecordKind::Cred)),
        }
    }

    fn is_in(&self, group: Group) -> bool {
        match group {
            Group::Network(network) => self.network == network,
            Group::Tables(tables) => self.tables == tables,
        }
    }

    fn bindings(&self) -> Bindings<'_> {
        Bindings { cred: self.cred.as_ref(), ..Bindings::of(&self.record, CLOCK) }
    }
}

fn of_kind(kind: RecordKind) -> &'static [SampleRecord] {
    static EVENTS: LazyLock<Vec<SampleRecord>> = LazyLock::new(|| all(RecordKind::Event));
    static CREDS: LazyLock<Vec<SampleRecord>> = LazyLock::new(|| all(RecordKind::Cred));
    static KEYS: LazyLock<Vec<SampleRecord>> = LazyLock::new(|| all(RecordKind::Key));
    fn all(kind: RecordKind) -> Vec<SampleRecord> {
        let of = |provider| (0..SAMPLES).map(move |index| SampleRecord::new(kind, provider, index));
        Provider::ALL.into_iter().flat_map(of).collect()
    }
    match kind {
        RecordKind::Event => &EVENTS,
        RecordKind::Cred => &CREDS,
        RecordKind::Key => &KEYS,
    }
}

/// Whether conditions cover a whole group of samples of some provider. `always` marks the
/// conditions that are true for practically every record, whatever the samples are.
pub(super) fn all_are_covered(
    kind: RecordKind,
    conditions: &[Condition],
    always: &[bool],
    when: Option<&Expr>,
) -> bool {
    let covered = |sample: &SampleRecord| {
        let bindings = sample.bindings();
        conditions
            .iter()
            .zip(always)
            .all(|(condition, always)| *always || condition.holds(kind, &bindings))
            && when.is_none_or(|when| when.test(&bindings).unwrap_or(false))
    };
    Provider::ALL.into_iter().any(|provider| {
        GROUPS.into_iter().any(|group| {
            let of = |sample: &&SampleRecord| sample.provider == provider && sample.is_in(group);
            of_kind(kind).iter().filter(of).all(covered)
        })
    })
}

/// What the values of one sample depend on.
#[derive(Debug, Clone, Copy)]
struct Seed {
    provider: Provider,
    index: usize,
    network: Network,
    tables: bool,
}

impl Seed {
    fn record(self, kind: RecordKind) -> Record<'static> {
        let mut record = Record::new(kind);
        let carried = |field: &FieldId| {
            let from_table = reference::fields().contains(*field);
            let sources = field.field().sources;
            sources.iter().any(|(of, _)| *of == self.provider) && (self.tables || !from_table)
        };
        for field in field::of_kind(kind).filter(carried) {
            record.set(field, self.value(field));
        }
        if kind != RecordKind::Event {
            return record;
        }
        // Most callers belong to the account of the log.
        let account = record.get(event::ACCOUNT).clone();
        record.set(event::CALLER_ACCOUNT, account);
        // A successful call has neither a code nor a message.
        if *record.get(event::OK) == Value::Bool(true) {
            record.set(event::CODE, Value::Missing);
            record.set(event::MESSAGE, Value::Missing);
        }
        let derived = [event::SOURCE, event::IP_SCOPE, event::NAME, event::OPERATION];
        for field in derived.into_iter().chain([event::ACTOR, event::CALLER]) {
            record.set(field, Value::Missing);
        }
        derive::complete(&mut record);
        record
    }

    /// A number below `count` that varies with the sample and the field.
    fn pick(self, field: FieldId, count: usize) -> usize {
        let mut mixed = (field.slot() as u64 + 1) << 32 | self.index as u64;
        for _ in 0..3 {
            mixed = (mixed ^ mixed >> 31).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        (mixed >> 33) as usize % count
    }

    fn address(self, field: FieldId) -> String {
        let (nth, pick) = (self.index / 3, self.pick(field, usize::MAX >> 33));
        match self.network {
            Network::LowerV4 => format!("{}.{}.2.3", 11 + nth % 89, pick % 256),
            Network::UpperV4 => format!("{}.{}.2.3", 128 + nth % 44, pick % 256),
            Network::V6 => format!("2{:03x}:db8::{:x}", pick % 4096, pick >> 12 & 0xffff),
        }
    }

    fn value(self, field: FieldId) -> Value<'static> {
        let pick = |count: usize| self.pick(field, count);
        let word = |nth: usize| WORDS[(pick(usize::MAX >> 8) >> (4 * nth)) % WORDS.len()];
        let text = |text: String| Value::Str(text.into());
        match field {
            event::PROVIDER | cred::PROVIDER => text(self.provider.name().to_owned()),
            event::IP => text(self.address(field)),
            event::SERVICE => text(word(0).to_owned()),
            event::API => text(format!("{}{}", word(1), word(2))),
            event::ACCOUNT | cred::ACCOUNT => text(format!("{:012}", pick(1_000_000_000))),
            _ => match field.field().ty {
                Type::Bool => Value::Bool(pick(2) == 0),
                Type::Int => Value::Int([0, 1, 2, 7, 30, 90, 365, 4_000][pick(8)]),
                Type::Enum(def) => text(def.values[pick(def.values.len())].to_owned()),
                // From an hour ago to fifteen years ago.
                Type::Time => {
                    let hours = 1_i64 << pick(17);
                    let more = (hours * HOUR / 1_000).saturating_mul(pick(1_000) as i64);
                    Value::Time(Time(CLOCK.0 - hours * HOUR - more))
                }
                Type::Str => {
                    text(format!("{}-{}.{}_{}@{}", word(0), word(1), word(2), word(3), pick(1_000)))
                }
                Type::List(Elem::Str) => Value::List(Items::Owned(vec![text(word(0).to_owned())])),
                Type::Untyped => Value::Json(Json::new("{}")),
                _ => Value::Missing,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn samples_of_a_group_are_varied() {
        for (provider, group) in
            Provider::ALL.into_iter().flat_map(|of| GROUPS.map(|group| (of, group)))
        {
            let events = || {
                let all = of_kind(RecordKind::Event).iter();
                let of = move |of: &&SampleRecord| of.provider == provider && of.is_in(group);
                all.filter(of).map(|of| &of.record)
            };
            for field in field::of_kind(RecordKind::Event) {
                let values: BTreeSet<String> =
                    events().map(|event| format!("{:?}", event.get(field))).collect();
                let path = field.field().path();
                let sources = field.field().sources;
                if !sources.iter().any(|(of, _)| *of == provider) {
                    assert_eq!(values, BTreeSet::from(["Missing".to_owned()]), "{path}");
                    continue;
                }
                match (field, field.field().ty) {
                    (event::PROVIDER, _) => assert_eq!(values.len(), 1),
                    (event::ACCOUNT_NAME, _) if matches!(group, Group::Tables(false)) => {
                        assert_eq!(values.len(), 1, "{path}");
                    }
                    (event::SERVICE, _) => assert!(values.len() > 10, "{path}: {}", values.len()),
                    (_, Type::Bool) => assert_eq!(values.len(), 2, "{path}"),
                    // Half of the records do not have these.
                    (event::CODE | event::MESSAGE | event::ACCOUNT_NAME, _) => {
                        assert!(values.len() > 20, "{path}");
                    }
                    (_, Type::Str) => assert!(values.len() > 40, "{path}: {}", values.len()),
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

    #[test]
    fn samples_are_like_real_records() {
        for sample in of_kind(RecordKind::Event) {
            let at = |field: FieldId| sample.record.get(field).as_str().unwrap().to_owned();
            assert_eq!(at(event::SOURCE), at(event::IP));
            assert_eq!(at(event::IP_SCOPE), "public", "{}", at(event::IP));
            assert_eq!(at(event::NAME), format!("{}.{}", at(event::SERVICE), at(event::API)));
            assert_eq!(
                at(event::OPERATION),
                format!("{}:{}", at(event::PROVIDER), at(event::NAME))
            );
            assert_eq!(sample.record.get(event::ACCOUNT_NAME).is_missing(), !sample.tables);
            assert!(sample.record.get(event::TIME).as_time().unwrap() < CLOCK);
        }
    }
}
