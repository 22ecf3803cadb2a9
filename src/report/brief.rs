//! Bounds the evidence of all findings of a report, so that a report of many findings stays small.

use super::Report;
use crate::finding::{Finding, LeftOut, MAX_OTHER_OPERATIONS};

/// Call records that a brief finding shows.
pub(super) const BRIEF_CALLS: usize = 3;

impl Report {
    /// Leaves out call records of brief findings. The findings must be final, and joined to incidents.
    pub(super) fn shorten(&mut self) {
        self.findings.iter_mut().filter(|finding| finding.brief).for_each(shorten);
    }
}

/// Moves the call records beyond the first few to the sums.
fn shorten(finding: &mut Finding) {
    if finding.calls.len() <= BRIEF_CALLS {
        return;
    }
    let mut left = LeftOut::default();
    for calls in finding.calls.drain(BRIEF_CALLS..) {
        left.rows += 1;
        left.count += calls.count;
        add(&mut left, calls.call.operation(), calls.count);
    }
    // What was left out before weighs less.
    if let Some(LeftOut { rows, count, operations }) = finding.others.take() {
        left.rows += rows;
        left.count += count;
        operations.into_iter().for_each(|(operation, count)| add(&mut left, operation, count));
    }
    finding.others = Some(left);
}

/// Adds calls of an operation, which is listed if it is among the first.
fn add(left: &mut LeftOut, operation: String, count: u64) {
    if let Some((_, sum)) = left.operations.iter_mut().find(|(listed, _)| *listed == operation) {
        *sum += count;
    } else if left.operations.len() < MAX_OTHER_OPERATIONS {
        left.operations.push((operation, count));
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::LeftOut;
    use crate::report::fixture;

    #[test]
    fn call_records_beyond_the_first_are_summed() {
        let mut finding = fixture::fixture().findings.remove(0);
        let mut calls = finding.calls[0].clone();
        calls.samples.clear();
        let named = |api: &str, count| {
            let mut calls = calls.clone();
            (calls.call.service, calls.call.api) = (Some("s3".into()), Some(api.into()));
            calls.count = count;
            calls
        };
        let apis = [("A", 9), ("B", 8), ("C", 7), ("D", 6), ("E", 5), ("D", 4)];
        finding.calls = apis.map(|(api, count)| named(api, count)).to_vec();
        finding.others =
            Some(LeftOut { rows: 10, count: 30, operations: vec![("s3.E".into(), 20)] });
        super::shorten(&mut finding);
        assert_eq!(finding.calls.len(), super::BRIEF_CALLS);
        let operations = vec![("s3.D".to_owned(), 10), ("s3.E".to_owned(), 25)];
        assert_eq!(finding.others, Some(LeftOut { rows: 13, count: 45, operations }));
        let before = finding.clone();
        super::shorten(&mut finding);
        assert_eq!(finding, before);
    }
}
