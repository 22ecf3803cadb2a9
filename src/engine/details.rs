//! The first matches of a finding, retained in full.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::rows::{Order, RecordPosition};

/// Matches retained for one call record, and for one finding.
///
/// A report shows three and sixty. The slack leaves room for several versions of one event, of
/// which only one counts.
const PER_CALL: usize = 4;
const PER_FINDING: usize = 72;
/// The first matches by time are retained regardless of their weight, because the first match that
/// counts leads the finding.
const LEADS: usize = 4;

/// One match, retained in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detail {
    /// Digest of the call record without its day.
    pub(super) call: u64,
    /// Severity and weight of the match.
    pub(super) rank: (u8, u8),
    pub(super) place: RecordPosition,
    /// The message of the finding if this match leads it.
    pub(super) message: String,
    /// The record, redacted.
    pub(super) text: String,
    /// The parameters of the call, redacted.
    pub(super) request: Option<String>,
    pub(super) id: Option<String>,
    pub(super) request_id: Option<String>,
    /// The name of the record below its provider and format: account, region and id of an event;
    /// account, user and slot of a key.
    pub(super) name: String,
}

/// Sorts the weightiest match first, and matches of equal weight in the total order.
type Ranked = (Reverse<(u8, u8)>, Order);

/// The first matches in the total order, at most [`LEADS`], and the weightiest, at most
/// [`PER_CALL`] for a call record and [`PER_FINDING`] in all.
///
/// The weightiest matches are a greedy basis of a truncated partition matroid. The basis of a union
/// is the basis of the union of the bases, so the result does not depend on the order or the split
/// of the input.
#[derive(Debug, Default)]
pub(super) struct Details {
    by_order: BTreeMap<Order, Detail>,
    leads: BTreeSet<Order>,
    ranked: BTreeSet<Ranked>,
    /// The matches in `ranked`, by call record.
    of_call: BTreeMap<u64, Vec<Ranked>>,
    /// Bytes that the details take.
    bytes: usize,
}

impl Detail {
    fn bytes(&self) -> usize {
        let more = [&self.request, &self.id, &self.request_id].into_iter().flatten();
        let texts = [&self.message, &self.text, &self.name].into_iter().chain(more);
        size_of::<(Order, Self)>() + size_of::<Ranked>() + texts.map(String::len).sum::<usize>()
    }
}

impl Details {
    /// Whether a match with this order would be retained, so that its detail is worth building.
    pub(super) fn wants(
        &self,
        order: Order,
        call: u64,
        rank: (u8, u8),
        place: RecordPosition,
    ) -> bool {
        if let Some(same) = self.by_order.get(&order) {
            return place < same.place;
        }
        self.leads(order) || self.ranks((Reverse(rank), order), call)
    }

    fn leads(&self, order: Order) -> bool {
        self.leads.len() < LEADS || self.leads.last().is_none_or(|last| order < *last)
    }

    fn ranks(&self, ranked: Ranked, call: u64) -> bool {
        let full = |of: &Vec<Ranked>| of.len() >= PER_CALL && of.last() < Some(&ranked);
        !self.of_call.get(&call).is_some_and(full)
            && (self.ranked.len() < PER_FINDING
                || self.ranked.last().is_none_or(|last| ranked < *last))
    }

    /// Retains a match if it is among the first or the weightiest.
    pub(super) fn add(&mut self, order: Order, detail: Detail) {
        if let Some(same) = self.by_order.get_mut(&order) {
            if detail.place < same.place {
                self.bytes = self.bytes + detail.bytes() - same.bytes();
                *same = detail;
            }
            return;
        }
        let (call, ranked) = (detail.call, (Reverse(detail.rank), order));
        let (leads, ranks) = (self.leads(order), self.ranks(ranked, call));
        if !leads && !ranks {
            return;
        }
        self.bytes += detail.bytes();
        self.by_order.insert(order, detail);
        if leads {
            self.leads.insert(order);
            if self.leads.len() > LEADS
                && let Some(out) = self.leads.pop_last()
            {
                self.release(out);
            }
        }
        if ranks {
            self.ranked.insert(ranked);
            let of_call = self.of_call.entry(call).or_default();
            of_call.insert(of_call.partition_point(|of| *of < ranked), ranked);
            let out = if of_call.len() > PER_CALL { of_call.pop() } else { None };
            if let Some(out) = out {
                self.ranked.remove(&out);
                self.release(out.1);
            }
            if self.ranked.len() > PER_FINDING
                && let Some(out) = self.ranked.pop_last()
            {
                let call = self.by_order.get(&out.1).map(|detail| detail.call);
                if let Some(of_call) = call.and_then(|call| self.of_call.get_mut(&call)) {
                    of_call.retain(|of| *of != out);
                }
                self.release(out.1);
            }
        }
    }

    /// Drops a detail that is no longer among the first or the weightiest.
    fn release(&mut self, order: Order) {
        let Some(detail) = self.by_order.get(&order) else { return };
        if !self.leads.contains(&order) && !self.ranked.contains(&(Reverse(detail.rank), order)) {
            self.bytes -= detail.bytes();
            self.by_order.remove(&order);
        }
    }

    /// The approximate size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The details in the total order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Order, &Detail)> {
        self.by_order.iter()
    }

    pub(super) fn get(&self, order: &Order) -> Option<&Detail> {
        self.by_order.get(order)
    }

    pub(super) fn first(&self) -> Option<(&Order, &Detail)> {
        self.by_order.first_key_value()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn detail(call: u64, rank: (u8, u8), offset: u64) -> Detail {
        let place = RecordPosition { offset, ..RecordPosition::default() };
        let text = String::new();
        Detail {
            call,
            rank,
            place,
            message: text.clone(),
            text,
            request: None,
            id: None,
            request_id: None,
            name: String::new(),
        }
    }

    fn add(details: &mut Details, (time, call, offset): (i64, u64, u64)) {
        let order = Order { time, id: u128::from(call), content: 0 };
        // All copies of a match have the same weight.
        let new = detail(call, ((time % 3) as u8, (call % 2) as u8), offset);
        if details.wants(order, call, new.rank, new.place) {
            details.add(order, new);
        }
    }

    proptest! {
        #[test]
        fn retained_details_do_not_depend_on_order_or_split(
            matches in prop::collection::vec((0i64..400, 0u64..40, 0u64..3), 0..600),
            cut in 0usize..600,
        ) {
            let mut whole = Details::default();
            matches.iter().for_each(|m| add(&mut whole, *m));

            let mut reversed = Details::default();
            matches.iter().rev().for_each(|m| add(&mut reversed, *m));
            prop_assert_eq!(&whole.by_order, &reversed.by_order);

            let (left, right) = matches.split_at(cut.min(matches.len()));
            let (mut a, mut b) = (Details::default(), Details::default());
            left.iter().for_each(|m| add(&mut a, *m));
            right.iter().for_each(|m| add(&mut b, *m));
            a.by_order.into_iter().for_each(|(order, detail)| b.add(order, detail));
            prop_assert_eq!(&whole.by_order, &b.by_order);

            prop_assert!(whole.ranked.len() <= PER_FINDING && whole.leads.len() <= LEADS);
            prop_assert_eq!(whole.bytes, whole.by_order.values().map(Detail::bytes).sum::<usize>());
            for of in whole.of_call.values() {
                prop_assert!(of.len() <= PER_CALL && of.is_sorted());
            }
            let mut all: Vec<Order> = matches
                .iter()
                .map(|(time, call, _)| Order { time: *time, id: u128::from(*call), content: 0 })
                .collect();
            all.sort_unstable();
            all.dedup();
            prop_assert!(all.iter().take(LEADS).all(|order| whole.get(order).is_some()));
            let retained = whole.by_order.keys().filter(|order| {
                let ranked = (Reverse(whole.by_order[*order].rank), **order);
                whole.leads.contains(*order) || whole.ranked.contains(&ranked)
            });
            prop_assert_eq!(retained.count(), whole.by_order.len());
        }
    }
}
