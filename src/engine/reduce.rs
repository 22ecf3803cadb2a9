//! The matches of each rule and subject to one finding.

use std::collections::{BTreeMap, BTreeSet};

use super::account::FileReport;
use super::details::{Detail, Order, Place};
use super::matches::{Group, Keyed, Row};
use crate::finding::{
    CallRecord, Calls, Finding, Location, Occurrence, Sample, Suppression, VerdictRole, fingerprint,
};
use crate::plan::Plan;
use crate::rule::Severity;
use crate::value::Time;

/// Rows of evidence in a finding; the rest is one exact row.
const CALLS: usize = 200;
/// Samples in a finding, and for one call record.
const SAMPLES: usize = 60;
const SAMPLES_PER_CALL: usize = 3;

/// What one allowlist entry covered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Matches that it covers.
    pub matches: u64,
    /// Of those, matches that no entry with a smaller id covers.
    pub first_credit: u64,
    /// Indices of the rules whose matches it covered.
    pub rules: BTreeSet<usize>,
    /// Severities of those matches.
    pub severities: BTreeMap<Severity, u64>,
    /// The first of them.
    pub first: Option<Time>,
    /// The last of them.
    pub last: Option<Time>,
}

/// What the groups come to.
#[derive(Debug, Default)]
pub(super) struct Reduced {
    pub(super) findings: Vec<Finding>,
    /// For each allowlist entry, by its index.
    pub(super) coverage: Vec<Coverage>,
    pub(super) duplicates: u64,
    pub(super) suppressed: u64,
}

/// Folds the groups, sorted by rule, into findings.
pub(super) fn reduce(
    mut groups: Vec<Keyed>,
    covers: &[Vec<u32>],
    plan: &Plan<'_>,
    files: &[FileReport],
) -> Reduced {
    let mut reduced = Reduced {
        coverage: vec![Coverage::default(); plan.allowlist.entries.len()],
        ..Reduced::default()
    };
    for of_rule in groups.chunk_by_mut(|a, b| a.1.rule == b.1.rule) {
        reduced.duplicates += merge_duplicates(of_rule);
        for (key, group) in of_rule {
            if group.rows.is_empty() {
                continue;
            }
            for row in group.rows.iter().filter(|row| row.cover != 0) {
                credit(&mut reduced.coverage, &covers[row.cover as usize], row, group.rule);
                reduced.suppressed += 1;
            }
            reduced.findings.push(finding(key, group, covers, plan, files));
        }
    }
    reduced
}

/// Leaves one match of each event and step: of several versions of an event the one that updates
/// the others, else the first by content. Returns how many went; rows come out in the total order.
fn merge_duplicates(groups: &mut [Keyed]) -> u64 {
    let rank = |row: &Row| {
        let version = (!row.revision, row.order.content, row.order.time);
        (row.order.id, version, row.step)
    };
    // Half of the id brings candidates together: there may be millions of rows, and few candidates.
    let mut all: Vec<(u64, u32, u32)> = Vec::new();
    for (group, (_, of)) in (0u32..).zip(groups.iter()) {
        let identified = (0u32..).zip(&of.rows).filter(|(_, row)| row.order.id != 0);
        all.extend(identified.map(|(index, row)| (row.order.id as u64, group, index)));
    }
    all.sort_unstable();
    let mut gone = 0;
    for alike in all.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        let ranked = |&(_, group, index): &(u64, u32, u32)| {
            (rank(&groups[group as usize].1.rows[index as usize]), group, index)
        };
        let mut alike: Vec<_> = alike.iter().map(ranked).collect();
        alike.sort_unstable();
        for versions in alike.chunk_by(|a, b| a.0.0 == b.0.0) {
            let first = versions[0].0;
            let mut last = None;
            for &((_, version, step), group, index) in versions {
                if version == first.1 && last.replace(step) != Some(step) {
                    continue;
                }
                // Marked with an impossible call record, and removed below.
                groups[group as usize].1.rows[index as usize].call = u32::MAX;
                gone += 1;
            }
        }
    }
    for (_, group) in groups {
        group.rows.retain(|row| row.call != u32::MAX);
        group.rows.sort_unstable_by_key(|row| row.order);
    }
    gone
}

fn credit(coverage: &mut [Coverage], entries: &[u32], row: &Row, rule: u32) {
    for (position, &entry) in entries.iter().enumerate() {
        let Some(of) = coverage.get_mut(entry as usize) else { continue };
        of.matches += 1;
        of.first_credit += u64::from(position == 0);
        of.rules.insert(rule as usize);
        *of.severities.entry(row.severity).or_default() += 1;
        widen(&mut of.first, &mut of.last, time(row));
    }
}

fn time(row: &Row) -> Option<Time> {
    (row.order.time != i64::MIN).then_some(Time(row.order.time))
}

fn widen(first: &mut Option<Time>, last: &mut Option<Time>, time: Option<Time>) {
    let Some(time) = time else { return };
    *first = Some(first.map_or(time, |t| t.min(time)));
    *last = Some(last.map_or(time, |t| t.max(time)));
}

fn finding(
    key: &[u8],
    group: &Group,
    covers: &[Vec<u32>],
    plan: &Plan<'_>,
    files: &[FileReport],
) -> Finding {
    let rule = &plan.rules[group.rule as usize];
    let counts = |row: &&Row| row.cover == 0;
    let suppressed = group.rows.iter().filter(|row| row.cover != 0).count() as u64;
    let all_covered = suppressed == group.rows.len() as u64;
    // A suppressed finding describes what was suppressed; any other one what counts.
    let shown = |row: &&Row| all_covered || counts(row);

    let mut severity = rule.severity;
    let (mut first, mut last) = (None, None);
    let (mut count, mut ok, mut failed) = (0, 0, 0);
    let mut days: BTreeMap<Option<&str>, Occurrence> = BTreeMap::new();
    for row in group.rows.iter().filter(shown) {
        severity = severity.max(row.severity);
        widen(&mut first, &mut last, time(row));
        count += 1;
        ok += u64::from(row.ok == Some(true));
        failed += u64::from(row.ok == Some(false));
        let day = group.calls[row.call as usize].day.as_deref();
        let occurrence = days.entry(day).or_insert_with(|| Occurrence {
            day: day.map(str::to_owned),
            count: 0,
            first: None,
            last: None,
        });
        occurrence.count += 1;
        widen(&mut occurrence.first, &mut occurrence.last, time(row));
    }

    let first_order = group.rows.iter().find(shown).map(|row| row.order);
    let details = if all_covered { &group.covered } else { &group.counted };
    // The first by the total order. Where versions of one event disagree so much that it was not
    // kept, the first that was kept says where to look.
    let lead = first_order
        .and_then(|order| details.get(&order).map(|detail| (order, detail)))
        .or_else(|| details.first().map(|(order, detail)| (*order, detail)));
    let (calls, others) = evidence(group, all_covered, files);
    Finding {
        rule: group.rule as usize,
        severity,
        provider: group.provider.clone(),
        subject: rule
            .by
            .iter()
            .zip(&group.subject)
            .map(|((text, _), value)| (text.clone(), value.clone()))
            .collect(),
        message: lead.map_or_else(|| rule.title.clone(), |(_, detail)| detail.message.clone()),
        // The key begins with the rule's index, which a new rule would shift.
        fingerprint: fingerprint(rule.renamed_from.as_deref().unwrap_or(&rule.id), &key[4..]),
        count: if all_covered { 0 } else { count },
        ok: if all_covered { 0 } else { ok },
        failed: if all_covered { 0 } else { failed },
        suppressed,
        first,
        last,
        occurrences: days.into_values().collect(),
        calls,
        others,
        sample: lead.map_or_else(Sample::default, |(order, detail)| {
            sample(order, detail, &group.provider, files)
        }),
        suppression: all_covered.then(|| suppression(group, covers, plan)),
        role: if all_covered { VerdictRole::Suppressed } else { VerdictRole::Gates },
    }
}

fn suppression(group: &Group, covers: &[Vec<u32>], plan: &Plan<'_>) -> Suppression {
    let indices: BTreeSet<u32> =
        group.rows.iter().flat_map(|row| covers[row.cover as usize].iter().copied()).collect();
    let entries: BTreeMap<&str, &str> = indices
        .into_iter()
        .filter_map(|index| plan.allowlist.entries.get(index as usize))
        .map(|entry| (entry.id.as_str(), entry.reason.as_str()))
        .collect();
    let (entry, reason) = entries.first_key_value().unwrap_or((&"", &""));
    Suppression {
        entry: (*entry).to_owned(),
        reason: (*reason).to_owned(),
        entries: entries.keys().map(|id| (*id).to_owned()).collect(),
    }
}

/// The call records with what was seen of each: the smallest by key, and the rest in two numbers.
fn evidence(
    group: &Group,
    all_covered: bool,
    files: &[FileReport],
) -> (Vec<Calls>, Option<(u64, u64)>) {
    let mut by_call: BTreeMap<&CallRecord, (Calls, Vec<Order>)> = BTreeMap::new();
    for row in &group.rows {
        let call = &group.calls[row.call as usize];
        let (seen, orders) = by_call.entry(call).or_insert_with(|| {
            let seen = Calls {
                call: call.clone(),
                count: 0,
                suppressed: 0,
                first: None,
                last: None,
                samples: Vec::new(),
            };
            (seen, Vec::new())
        });
        seen.count += 1;
        seen.suppressed += u64::from(row.cover != 0);
        widen(&mut seen.first, &mut seen.last, time(row));
        if (all_covered || row.cover == 0) && orders.len() < SAMPLES_PER_CALL {
            orders.push(row.order);
        }
    }
    let rows = by_call.len();
    let total: u64 = by_call.values().map(|(seen, _)| seen.count).sum();
    let mut kept: Vec<(Calls, Vec<Order>)> = by_call.into_values().take(CALLS).collect();

    let mut orders: Vec<(Order, usize)> = kept
        .iter()
        .enumerate()
        .flat_map(|(index, (_, orders))| orders.iter().map(move |order| (*order, index)))
        .collect();
    orders.sort_unstable();
    orders.truncate(SAMPLES);
    let details = if all_covered { &group.covered } else { &group.counted };
    for (order, index) in orders {
        if let Some(detail) = details.get(&order) {
            kept[index].0.samples.push(sample(order, detail, &group.provider, files));
        }
    }
    let calls: Vec<Calls> = kept.into_iter().map(|(seen, _)| seen).collect();
    let left: u64 = total - calls.iter().map(|seen| seen.count).sum::<u64>();
    let others = (rows > calls.len()).then(|| ((rows - calls.len()) as u64, left));
    (calls, others)
}

fn sample(order: Order, detail: &Detail, provider: &str, files: &[FileReport]) -> Sample {
    let format = files
        .get(detail.place.file as usize)
        .and_then(|file| file.formats.keys().next().copied())
        .unwrap_or("-");
    Sample {
        time: (order.time != i64::MIN).then_some(Time(order.time)),
        id: detail.id.clone(),
        request_id: detail.request_id.clone(),
        name: format!("{provider}/{format}/{}", detail.name),
        text: detail.text.clone(),
        location: location(detail.place, files),
    }
}

fn location(place: Place, files: &[FileReport]) -> Location {
    let account = files.get(place.file as usize).map(|file| &file.account);
    let pointer = account.map_or_else(String::new, |account| account.pointer(place.ordinal));
    Location {
        root: account.map_or(0, |account| account.root),
        path: account.map_or_else(String::new, |account| account.path.clone()),
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        offset: place.offset,
        length: place.length,
        pointer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u128, version: (bool, u64), step: u8) -> Row {
        let order = Order { time: 0, id, content: version.1 };
        let severity = Severity::Low;
        Row { order, call: 0, cover: 0, measured: 0, step, severity, ok: None, revision: version.0 }
    }

    /// What is left of these rows, each in a group of its own: content and step.
    fn left(rows: &[Row]) -> (u64, Vec<(u64, u8)>) {
        let keyed = |row: &Row| {
            let mut group = Group::new(0, String::new(), Vec::new());
            group.rows.push(*row);
            (Box::default(), group)
        };
        let mut groups: Vec<Keyed> = rows.iter().map(keyed).collect();
        let gone = merge_duplicates(&mut groups);
        let rows = groups.iter().flat_map(|(_, group)| &group.rows);
        let mut rows: Vec<_> = rows.map(|row| (row.order.content, row.step)).collect();
        rows.sort_unstable();
        (gone, rows)
    }

    #[test]
    fn an_event_counts_once_for_each_step_and_in_one_version() {
        let (old, new) = ((false, 7), (true, 9));
        for (what, rows, gone, expected) in [
            ("twice", vec![row(1, old, 0), row(1, old, 0)], 1, vec![(7, 0)]),
            ("two steps", vec![row(1, old, 0), row(1, old, 1)], 0, vec![(7, 0), (7, 1)]),
            (
                "two steps, twice",
                vec![row(1, old, 0), row(1, old, 1), row(1, old, 1), row(1, old, 0)],
                2,
                vec![(7, 0), (7, 1)],
            ),
            ("updated", vec![row(1, old, 0), row(1, new, 0)], 1, vec![(9, 0)]),
            ("updated to another step", vec![row(1, old, 0), row(1, new, 1)], 1, vec![(9, 1)]),
            ("two events", vec![row(1, old, 0), row(2, old, 0)], 0, vec![(7, 0), (7, 0)]),
            ("without an id", vec![row(0, old, 0), row(0, old, 0)], 0, vec![(7, 0), (7, 0)]),
        ] {
            assert_eq!(left(&rows), (gone, expected.clone()), "{what}");
            let backwards: Vec<Row> = rows.into_iter().rev().collect();
            assert_eq!(left(&backwards), (gone, expected), "{what}, backwards");
        }
    }
}
