//! An index that finds the entries that may cover a match without testing every entry.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

use super::condition::{each_key, text};
use super::selector::Selector;
use crate::expr::Bindings;
use crate::record::field::event;
use crate::value::{Cidr, RecordKind, parse_ip, write_folded};

/// One value that a record must have for an entry to cover it, as a hash.
///
/// Two values may have the same hash, so every entry that the index returns is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IndexKey(u64);

impl IndexKey {
    /// The key for a text that a selector compares.
    pub(super) fn text(selector: Selector, text: &str) -> Self {
        let mut hasher = rustc_hash::FxHasher::default();
        selector.hash(&mut hasher);
        write_folded(&mut hasher, text.as_bytes());
        Self(hasher.finish())
    }

    /// The key for a range.
    pub(super) fn range(range: Cidr) -> Self {
        let mut hasher = rustc_hash::FxHasher::default();
        range.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// How the index finds an entry.
#[derive(Debug, Clone, Default)]
pub(super) enum EntryLookup {
    /// By the exact values of one selector.
    Texts(Selector, Vec<IndexKey>),
    /// By the ranges of its `ip`.
    Ranges(Vec<Cidr>),
    /// The entry is not indexed and is always tested.
    #[default]
    Scan,
}

/// The entries that name the same rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// The rules, ascending.
    pub(super) rules: Arc<[usize]>,
    /// Sorted.
    keyed: Vec<(IndexKey, u32)>,
    /// Selectors whose values are in `keyed`.
    selectors: Vec<Selector>,
    /// Lengths of the prefixes that are in `keyed`, for IPv4 and IPv6.
    prefixes: [Vec<u8>; 2],
    scan: Vec<u32>,
}

impl Group {
    /// A group of entries over these rules.
    pub(super) fn new(rules: Arc<[usize]>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Adds an entry; call [`Group::finish`] after the last.
    pub(super) fn add(&mut self, entry: u32, lookup: &EntryLookup) {
        match lookup {
            EntryLookup::Scan => self.scan.push(entry),
            EntryLookup::Texts(selector, keys) => {
                add(&mut self.selectors, *selector);
                self.keyed.extend(keys.iter().map(|&key| (key, entry)));
            }
            EntryLookup::Ranges(ranges) => {
                for &range in ranges {
                    let family = usize::from(range.network().is_ipv6());
                    add(&mut self.prefixes[family], range.prefix());
                    self.keyed.push((IndexKey::range(range), entry));
                }
            }
        }
    }

    /// Sorts the group, which makes it ready for look-ups.
    pub(super) fn finish(&mut self) {
        self.keyed.sort_unstable();
        self.keyed.dedup();
    }

    /// Its entries; one may occur more than once.
    pub(super) fn entries(&self) -> impl Iterator<Item = u32> + '_ {
        self.scan.iter().copied().chain(self.keyed.iter().map(|&(_, entry)| entry))
    }

    /// Pushes every entry that may cover the record; an entry may be pushed more than once.
    pub(super) fn candidates(
        &self,
        kind: RecordKind,
        bindings: &Bindings<'_>,
        found: &mut Vec<u32>,
    ) {
        found.extend_from_slice(&self.scan);
        for &selector in &self.selectors {
            if selector == Selector::Ak && kind != RecordKind::Event {
                each_key(kind, bindings, &mut |id, _| {
                    id.inspect(|id| self.look_up(IndexKey::text(selector, id), found));
                    false
                });
            } else if let Some(&field) = selector.fields(kind).first()
                && let Some(text) = text(bindings, field)
            {
                self.look_up(IndexKey::text(selector, text), found);
            }
        }
        if let Some(ip) = self.address(kind, bindings) {
            for &prefix in &self.prefixes[usize::from(ip.is_ipv6())] {
                if let Some(range) = Cidr::around(ip, prefix) {
                    self.look_up(IndexKey::range(range), found);
                }
            }
        }
    }

    fn address(&self, kind: RecordKind, bindings: &Bindings<'_>) -> Option<IpAddr> {
        let used = kind == RecordKind::Event && self.prefixes.iter().any(|p| !p.is_empty());
        if used { text(bindings, event::IP).and_then(parse_ip) } else { None }
    }

    fn look_up(&self, key: IndexKey, found: &mut Vec<u32>) {
        let from = self.keyed.partition_point(|&(own, _)| own < key);
        let rest = self.keyed.get(from..).unwrap_or_default();
        found.extend(rest.iter().take_while(|&&(own, _)| own == key).map(|&(_, entry)| entry));
    }
}

fn add<T: PartialEq>(set: &mut Vec<T>, item: T) {
    if !set.contains(&item) {
        set.push(item);
    }
}
