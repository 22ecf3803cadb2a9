//! Matches on their way from map to reduce.

use std::collections::HashMap;

use super::details::{Detail, Details, Order, Place};
use crate::finding::CallRecord;
use crate::rule::Severity;
use crate::value::Value;

/// One match: a flat row. What it shares with others (call record, covering entries) is interned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) order: Order,
    /// The call record, an index into [`Group::calls`].
    pub(super) call: u32,
    /// The covering entries, an index into [`Partial::covers`]; 0 is the empty set.
    pub(super) cover: u32,
    /// The values of the rule's measures, an index into [`Group::measured`].
    pub(super) measured: u32,
    /// Which of the rule's steps it meets.
    pub(super) step: u8,
    pub(super) severity: Severity,
    pub(super) ok: Option<bool>,
    /// A later version of an event already delivered, which takes its place.
    pub(super) revision: bool,
}

/// The matches of one rule and one subject.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) rule: u32,
    pub(super) provider: String,
    /// The subject as a report shows it, in the order of the rule's `by`.
    pub(super) subject: Vec<Option<String>>,
    pub(super) rows: Vec<Row>,
    pub(super) calls: Vec<CallRecord>,
    call_ids: HashMap<Box<[u8]>, u32>,
    /// The values that measures took from matches, each list once, in the order of the measures.
    pub(super) measured: Vec<Vec<Value<'static>>>,
    measured_ids: HashMap<Box<[u8]>, u32>,
    /// The first matches that no entry covers.
    pub(super) counted: Details,
    /// The first matches that an entry covers.
    pub(super) covered: Details,
}

impl Group {
    pub(super) fn new(rule: u32, provider: String, subject: Vec<Option<String>>) -> Self {
        Self { rule, provider, subject, ..Self::default() }
    }

    /// The call record with this encoded key.
    pub(super) fn call(&mut self, key: &[u8], new: impl FnOnce() -> CallRecord) -> u32 {
        if let Some(&id) = self.call_ids.get(key) {
            return id;
        }
        let id = self.calls.len() as u32;
        self.calls.push(new());
        self.call_ids.insert(key.into(), id);
        id
    }

    /// The list of measured values with this encoding.
    pub(super) fn measure(&mut self, key: &[u8], values: &[Value<'static>]) -> u32 {
        if let Some(&id) = self.measured_ids.get(key) {
            return id;
        }
        let id = self.measured.len() as u32;
        self.measured.push(values.to_vec());
        self.measured_ids.insert(key.into(), id);
        id
    }

    /// Adds a match; `detail` is built only when it is among the first.
    pub(super) fn push(&mut self, row: Row, place: Place, detail: impl FnOnce() -> Detail) {
        self.rows.push(row);
        let details = if row.cover == 0 { &mut self.counted } else { &mut self.covered };
        if details.wants(row.order, row.call, place) {
            details.add(row.order, detail());
        }
    }

    fn merge(&mut self, other: Group, covers: &[u32]) {
        let mut calls = vec![0; other.calls.len()];
        for (key, id) in &other.call_ids {
            calls[*id as usize] = self.call(key, || other.calls[*id as usize].clone());
        }
        let mut measured = vec![0; other.measured.len()];
        for (key, id) in &other.measured_ids {
            measured[*id as usize] = self.measure(key, &other.measured[*id as usize]);
        }
        self.rows.extend(other.rows.into_iter().map(|row| Row {
            call: calls[row.call as usize],
            cover: covers[row.cover as usize],
            measured: measured[row.measured as usize],
            ..row
        }));
        self.counted.merge(other.counted, &calls);
        self.covered.merge(other.covered, &calls);
    }
}

/// A group under its key: rule, provider and encoded subject.
pub(super) type Keyed = (Box<[u8]>, Group);

/// The matches that one thread found; partials merge in any order.
#[derive(Debug)]
pub(super) struct Partial {
    groups: Vec<Group>,
    group_ids: HashMap<Box<[u8]>, u32>,
    /// Sets of covering entries; the first is empty.
    pub(super) covers: Vec<Vec<u32>>,
    cover_ids: HashMap<Vec<u32>, u32>,
}

impl Default for Partial {
    fn default() -> Self {
        Self {
            groups: Vec::new(),
            group_ids: HashMap::new(),
            covers: vec![Vec::new()],
            cover_ids: HashMap::from([(Vec::new(), 0)]),
        }
    }
}

impl Partial {
    /// The group with this key (rule, provider and encoded subject).
    pub(super) fn group(&mut self, key: &[u8], new: impl FnOnce() -> Group) -> &mut Group {
        let id = match self.group_ids.get(key) {
            Some(&id) => id as usize,
            None => {
                self.group_ids.insert(key.into(), self.groups.len() as u32);
                self.groups.push(new());
                self.groups.len() - 1
            }
        };
        &mut self.groups[id]
    }

    pub(super) fn cover(&mut self, entries: &[u32]) -> u32 {
        if let Some(&id) = self.cover_ids.get(entries) {
            return id;
        }
        let id = self.covers.len() as u32;
        self.covers.push(entries.to_vec());
        self.cover_ids.insert(entries.to_vec(), id);
        id
    }

    pub(super) fn merge(&mut self, other: Partial) {
        let covers: Vec<u32> = other.covers.iter().map(|set| self.cover(set)).collect();
        for (key, group) in keyed(other.groups, other.group_ids) {
            let head = || Group::new(group.rule, group.provider.clone(), group.subject.clone());
            self.group(&key, head).merge(group, &covers);
        }
    }

    /// Every group with its key, by rule and then by key, and the sets of covering entries.
    pub(super) fn into_groups(self) -> (Vec<Keyed>, Vec<Vec<u32>>) {
        (keyed(self.groups, self.group_ids), self.covers)
    }
}

fn keyed(groups: Vec<Group>, ids: HashMap<Box<[u8]>, u32>) -> Vec<Keyed> {
    let mut keys: Vec<(u32, Box<[u8]>)> = ids.into_iter().map(|(key, id)| (id, key)).collect();
    keys.sort_unstable();
    let mut groups: Vec<_> = keys.into_iter().map(|(_, key)| key).zip(groups).collect();
    groups.sort_by(|a, b| (a.1.rule, &a.0).cmp(&(b.1.rule, &b.0)));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::encode;

    /// A match that measured these values, of a thread of its own.
    fn partial(values: &[i64]) -> Partial {
        let values: Vec<Value<'static>> = values.iter().map(|value| Value::Int(*value)).collect();
        let mut key = Vec::new();
        values.iter().for_each(|value| encode(value, &mut key));
        let mut partial = Partial::default();
        let group = partial.group(b"subject", || Group::new(0, String::new(), Vec::new()));
        let measured = group.measure(&key, &values);
        let call = group.call(b"call", || CallRecord {
            ak: None,
            source: None,
            method: None,
            service: None,
            api: None,
            user: None,
            ok: None,
            day: None,
        });
        let order = Order { time: 0, id: 1, content: 0 };
        group.rows.push(Row {
            order,
            call,
            cover: 0,
            measured,
            step: 0,
            severity: Severity::Low,
            ok: None,
            revision: false,
        });
        partial
    }

    #[test]
    fn what_a_match_measured_survives_the_merge_of_threads() {
        let mut all = Partial::default();
        for values in [&[1, 2][..], &[3, 4], &[1, 2]] {
            all.merge(partial(values));
        }
        let group = &all.groups[0];
        let of = |row: &Row| format!("{:?}", group.measured[row.measured as usize]);
        let measured: Vec<String> = group.rows.iter().map(of).collect();
        assert_eq!(measured, ["[Int(1), Int(2)]", "[Int(3), Int(4)]", "[Int(1), Int(2)]"]);
        assert_eq!(group.measured.len(), 2, "equal lists are kept once");
    }
}
