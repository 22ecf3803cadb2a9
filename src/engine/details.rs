//! The first matches of a finding, retained in full.

use std::collections::BTreeMap;

use super::rows::{Order, RecordPosition};

/// Matches retained for one call record, and for one finding.
///
/// A report shows three and sixty. The slack leaves room for several versions of one event, of
/// which only one counts.
const PER_CALL: usize = 4;
const PER_FINDING: usize = 72;

/// One match, retained in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detail {
    /// Digest of the call record.
    pub(super) call: u64,
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

/// The first matches in the total order, at most [`PER_CALL`] for a call record and
/// [`PER_FINDING`] in all.
///
/// The retained matches are a greedy basis of a truncated partition matroid. The basis of a union
/// is the basis of the union of the bases, so the result does not depend on the order or the split
/// of the input.
#[derive(Debug, Default)]
pub(super) struct Details {
    kept: BTreeMap<Order, Detail>,
    of_call: BTreeMap<u64, Vec<Order>>,
    /// Bytes that the details take.
    bytes: usize,
}

impl Detail {
    fn bytes(&self) -> usize {
        let more = [&self.request, &self.id, &self.request_id].into_iter().flatten();
        let texts = [&self.message, &self.text, &self.name].into_iter().chain(more);
        size_of::<(Order, Self)>() + size_of::<Order>() + texts.map(String::len).sum::<usize>()
    }
}

impl Details {
    /// Whether a match with this order would be retained, so that its detail is worth building.
    pub(super) fn wants(&self, order: Order, call: u64, place: RecordPosition) -> bool {
        if let Some(same) = self.kept.get(&order) {
            return place < same.place;
        }
        let full = |orders: &Vec<Order>| orders.len() >= PER_CALL && orders.last() < Some(&order);
        if self.of_call.get(&call).is_some_and(full) {
            return false;
        }
        self.kept.len() < PER_FINDING
            || self.kept.last_key_value().is_none_or(|(last, _)| order < *last)
    }

    /// Retains a match if it is among the first.
    pub(super) fn add(&mut self, order: Order, detail: Detail) {
        if let Some(same) = self.kept.get_mut(&order) {
            if detail.place < same.place {
                self.bytes = self.bytes + detail.bytes() - same.bytes();
                *same = detail;
            }
            return;
        }
        let call = detail.call;
        let orders = self.of_call.entry(call).or_default();
        orders.insert(orders.partition_point(|o| *o < order), order);
        let out = if orders.len() > PER_CALL { orders.pop() } else { None };
        self.bytes += detail.bytes();
        self.kept.insert(order, detail);
        if let Some(out) = out {
            self.bytes -= self.kept.remove(&out).map_or(0, |detail| detail.bytes());
        }
        if self.kept.len() > PER_FINDING
            && let Some((last, dropped)) = self.kept.pop_last()
        {
            self.bytes -= dropped.bytes();
            if let Some(orders) = self.of_call.get_mut(&dropped.call) {
                orders.retain(|o| *o != last);
            }
        }
    }

    /// The approximate size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The details in the total order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Order, &Detail)> {
        self.kept.iter()
    }

    pub(super) fn get(&self, order: &Order) -> Option<&Detail> {
        self.kept.get(order)
    }

    pub(super) fn first(&self) -> Option<(&Order, &Detail)> {
        self.kept.first_key_value()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn detail(call: u64, offset: u64) -> Detail {
        let place = RecordPosition { offset, ..RecordPosition::default() };
        let text = String::new();
        Detail {
            call,
            place,
            message: text.clone(),
            text,
            request: None,
            id: None,
            request_id: None,
            name: String::new(),
        }
    }

    fn keep(details: &mut Details, (time, call, offset): (i64, u64, u64)) {
        let order = Order { time, id: u128::from(call), content: 0 };
        let new = detail(call, offset);
        if details.wants(order, call, new.place) {
            details.add(order, new);
        }
    }

    proptest! {
        #[test]
        fn neither_order_nor_split_changes_what_is_kept(
            matches in prop::collection::vec((0i64..400, 0u64..40, 0u64..3), 0..600),
            cut in 0usize..600,
        ) {
            let mut whole = Details::default();
            matches.iter().for_each(|m| keep(&mut whole, *m));

            let mut reversed = Details::default();
            matches.iter().rev().for_each(|m| keep(&mut reversed, *m));
            prop_assert_eq!(&whole.kept, &reversed.kept);

            let (left, right) = matches.split_at(cut.min(matches.len()));
            let (mut a, mut b) = (Details::default(), Details::default());
            left.iter().for_each(|m| keep(&mut a, *m));
            right.iter().for_each(|m| keep(&mut b, *m));
            a.kept.into_iter().for_each(|(order, detail)| b.add(order, detail));
            prop_assert_eq!(&whole.kept, &b.kept);

            prop_assert!(whole.kept.len() <= PER_FINDING);
            prop_assert_eq!(whole.bytes, whole.kept.values().map(Detail::bytes).sum::<usize>());
            for orders in whole.of_call.values() {
                prop_assert!(orders.len() <= PER_CALL && orders.is_sorted());
            }
        }
    }
}
