//! All allowlist entries of the policy, with look-up by rule and record.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entry::{AllowlistEntry, EntryState};
use super::guard::Guard;
use super::index::{EntryLookup, Group};
use crate::expr::{Bindings, EvalError};
use crate::record::FieldSet;
use crate::rule::Rule;
use crate::value::{RecordKind, Time};

/// All allowlist entries of the policy. The engine tests every match against them.
#[derive(Debug, Clone, Default)]
pub struct Allowlist {
    /// The entries, sorted by id.
    pub entries: Vec<AllowlistEntry>,
    /// The matches that no entry may cover.
    pub guards: Vec<Guard>,
    groups: Vec<Group>,
    /// The groups of each rule.
    by_rule: Vec<Vec<u32>>,
    fields: Vec<FieldSet>,
}

impl Allowlist {
    /// An index over entries; `kinds` are the record kinds of the rules.
    pub(super) fn new(
        mut entries: Vec<(AllowlistEntry, EntryLookup)>,
        kinds: &[RecordKind],
    ) -> Self {
        entries.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let mut groups: BTreeMap<Arc<[usize]>, (Group, [FieldSet; 3])> = BTreeMap::new();
        for (index, (entry, lookup)) in entries.iter().enumerate() {
            let (group, fields) = groups
                .entry(entry.rules.clone())
                .or_insert_with_key(|rules| (Group::new(rules.clone()), Default::default()));
            group.add(u32::try_from(index).unwrap_or(u32::MAX), lookup);
            for (set, kind) in fields.iter_mut().zip(RecordKind::ALL) {
                *set = set.union(entry.fields(kind));
            }
        }
        let mut list = Self {
            entries: entries.into_iter().map(|(entry, _)| entry).collect(),
            guards: Vec::new(),
            groups: Vec::with_capacity(groups.len()),
            by_rule: vec![Vec::new(); kinds.len()],
            fields: vec![FieldSet::EMPTY; kinds.len()],
        };
        for (mut group, fields) in groups.into_values() {
            group.finish();
            let index = u32::try_from(list.groups.len()).unwrap_or(u32::MAX);
            for &rule in group.rules.iter() {
                let (Some(kind), Some(own)) = (kinds.get(rule), list.by_rule.get_mut(rule)) else {
                    continue;
                };
                own.push(index);
                let of = RecordKind::ALL.iter().position(|k| k == kind).unwrap_or_default();
                list.fields[rule] = list.fields[rule].union(fields[of]);
            }
            list.groups.push(group);
        }
        list
    }

    /// Adds guards; `kinds` are the record kinds of the rules.
    pub(super) fn guard(&mut self, guards: Vec<Guard>, kinds: &[RecordKind]) {
        for guard in &guards {
            for &rule in guard.rules.iter() {
                // Without an entry there is nothing to guard.
                let covered = self.by_rule.get(rule).is_some_and(|groups| !groups.is_empty());
                if let (Some(kind), Some(fields), true) =
                    (kinds.get(rule), self.fields.get_mut(rule), covered)
                {
                    *fields = fields.union(guard.fields(*kind));
                }
            }
        }
        self.guards = guards;
    }

    /// Adds the guards of another version of the policy; `rules` are the ids and kinds of the rules
    /// of this one. Their conditions keep the lists and definitions of the other version.
    pub fn adopt_guards(&mut self, other: &Allowlist, rules: &[(&str, RecordKind)]) {
        let mut guards = std::mem::take(&mut self.guards);
        guards.extend(other.guards.iter().map(|guard| guard.for_rules(rules)));
        let kinds: Vec<RecordKind> = rules.iter().map(|(_, kind)| *kind).collect();
        self.guard(guards, &kinds);
    }

    /// The first guard that forbids entries to cover a match of a rule.
    pub fn guarding(
        &self,
        rule: usize,
        kind: RecordKind,
        bindings: &Bindings<'_>,
    ) -> Option<&Guard> {
        self.guards.iter().find(|guard| guard.holds(rule, kind, bindings))
    }

    /// The same entries and guards for one rule, which has the index 0.
    #[must_use]
    pub fn for_rule(&self, rule: usize) -> Self {
        Self {
            entries: self.entries.clone(),
            guards: self
                .guards
                .iter()
                .filter(|guard| guard.rules.contains(&rule))
                .map(|guard| Guard { rules: [0].into(), ..guard.clone() })
                .collect(),
            groups: self.groups.clone(),
            by_rule: vec![self.by_rule.get(rule).cloned().unwrap_or_default()],
            fields: vec![self.fields(rule)],
        }
    }

    /// The entries that name a rule, in order of id.
    pub fn of_rule(&self, rule: usize) -> Vec<&AllowlistEntry> {
        let groups = self.by_rule.get(rule).into_iter().flatten();
        let groups = groups.filter_map(|&group| self.groups.get(group as usize));
        let mut found: Vec<u32> = groups.flat_map(Group::entries).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|index| self.entries.get(index as usize)).collect()
    }

    /// The fields that are read to decide whether a match of the rule is covered.
    pub fn fields(&self, rule: usize) -> FieldSet {
        self.fields.get(rule).copied().unwrap_or_default()
    }

    /// Pushes the index of every entry that covers this match of a rule, in order of id. No entry
    /// covers a match that a guard forbids to cover.
    ///
    /// `clock` is the run clock: expired entries cover nothing. If the `when` of an entry fails,
    /// that entry covers nothing, the other entries are still tested, and the first failure is
    /// returned.
    ///
    /// # Errors
    ///
    /// The first failure of a `when`; the other entries are still in `covering`.
    pub fn covering(
        &self,
        rule: usize,
        definition: &Rule,
        bindings: &Bindings<'_>,
        clock: Time,
        covering: &mut Vec<u32>,
    ) -> Result<(), EvalError> {
        self.covering_kind(rule, definition.on, bindings, clock, covering)
    }

    pub(super) fn covering_kind(
        &self,
        rule: usize,
        kind: RecordKind,
        bindings: &Bindings<'_>,
        clock: Time,
        covering: &mut Vec<u32>,
    ) -> Result<(), EvalError> {
        let start = covering.len();
        for &group in self.by_rule.get(rule).into_iter().flatten() {
            if let Some(group) = self.groups.get(group as usize) {
                group.candidates(kind, bindings, covering);
            }
        }
        // Candidates are appended to the existing items; those that cover the match are moved to
        // the front.
        let Some(found) = covering.get_mut(start..) else { return Ok(()) };
        found.sort_unstable();
        let mut failure = None;
        let (mut count, mut previous) = (0, None);
        for at in 0..found.len() {
            let index = found[at];
            if previous.replace(index) == Some(index) {
                continue;
            }
            let Some(entry) = self.entries.get(index as usize) else { continue };
            if entry.state(clock) == EntryState::Expired {
                continue;
            }
            match entry.covers(kind, bindings) {
                Ok(true) => {
                    found[count] = index;
                    count += 1;
                }
                Ok(false) => {}
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if count > 0 && self.guarding(rule, kind, bindings).is_some() {
            count = 0;
        }
        covering.truncate(start + count);
        failure.map_or(Ok(()), Err)
    }

    /// The number of entries that are tested for a match.
    #[cfg(test)]
    pub(super) fn tried(&self, rule: usize, kind: RecordKind, bindings: &Bindings<'_>) -> usize {
        let mut found = Vec::new();
        for &group in &self.by_rule[rule] {
            self.groups[group as usize].candidates(kind, bindings, &mut found);
        }
        found.len()
    }
}
