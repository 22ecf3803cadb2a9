//! Bounds the records that all findings of a run show, so that a report of many findings stays small.
//!
//! Every rule may show the same number of records, unless it has fewer. Of a rule, the first findings
//! show theirs.

use super::sample_request::{SampleRequest, SampleTarget};
use crate::finding::Finding;

/// Findings of a run that show the record that leads them.
pub const LEADS_PER_RUN: usize = 2_000;

/// Samples that all findings of a run show besides.
pub const SAMPLES_PER_RUN: usize = 2_000;

/// Findings that show less because of the bounds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unshown {
    /// Findings that show no record at all.
    pub(super) leads: u64,
    /// Findings that show only the record that leads them.
    pub(super) samples: u64,
}

/// Removes what exceeds the bounds from findings, which are sorted by rule, and from the requests.
pub(super) fn bound(findings: &mut [Finding], wanted: &mut Vec<SampleRequest>) -> Unshown {
    mark_brief(findings);
    let samples = cap(findings, samples_of, SAMPLES_PER_RUN);
    let mut unshown = Unshown::default();
    for of_rule in findings.chunk_by_mut(|a, b| a.rule == b.rule) {
        let mut left = samples;
        for finding in of_rule {
            if finding.brief {
                finding.sample.text.clear();
                finding.sample.request = None;
            }
            let count = samples_of(finding);
            let shown = count.min(left);
            left -= shown;
            if shown < count {
                truncate(finding, shown);
            }
            unshown.leads += u64::from(finding.brief);
            unshown.samples += u64::from(shown == 0 && count > 0 && !finding.brief);
        }
    }
    wanted.retain_mut(|want| match want.slot {
        SampleTarget::Lead => {
            want.message_only = findings.get(want.finding).is_some_and(|of| of.brief);
            true
        }
        SampleTarget::Sample(call, at) => {
            let calls = findings.get(want.finding).and_then(|finding| finding.calls.get(call));
            calls.is_some_and(|calls| at < calls.samples.len())
        }
    });
    unshown
}

fn samples_of(finding: &Finding) -> usize {
    finding.calls.iter().map(|calls| calls.samples.len()).sum()
}

/// Marks the findings beyond those that show the record that leads them.
fn mark_brief(findings: &mut [Finding]) {
    let leads = cap(findings, |_| 1, LEADS_PER_RUN);
    for of_rule in findings.chunk_by_mut(|a, b| a.rule == b.rule) {
        of_rule.iter_mut().skip(leads).for_each(|finding| finding.brief = true);
    }
}

/// Removes every sample from the findings, and the requests for them.
pub(super) fn remove_all(findings: &mut [Finding], wanted: &mut Vec<SampleRequest>) {
    mark_brief(findings);
    findings.iter_mut().flat_map(|of| &mut of.calls).for_each(|calls| calls.samples.clear());
    wanted.retain(|want| want.slot == SampleTarget::Lead);
}

/// How many each rule may show, so that all rules together show at most `most`.
fn cap(findings: &[Finding], count: impl Fn(&Finding) -> usize, most: usize) -> usize {
    let of_rules = findings.chunk_by(|a, b| a.rule == b.rule);
    share(of_rules.map(|of_rule| of_rule.iter().map(&count).sum()).collect(), most)
}

/// The largest share with which all together take at most `most`; no bound if they do anyway.
fn share(mut counts: Vec<usize>, most: usize) -> usize {
    counts.sort_unstable();
    let (mut left, mut takers) = (most, counts.len());
    for count in counts {
        if count > left / takers {
            return left / takers;
        }
        left -= count;
        takers -= 1;
    }
    usize::MAX
}

/// Retains this many samples. The first sample of every row comes before the second of any.
fn truncate(finding: &mut Finding, mut most: usize) {
    let rounds = finding.calls.iter().map(|calls| calls.samples.len()).max().unwrap_or_default();
    let mut retained = vec![0; finding.calls.len()];
    for round in 0..rounds {
        for (retained, calls) in retained.iter_mut().zip(&finding.calls) {
            if round < calls.samples.len() && most > 0 {
                *retained += 1;
                most -= 1;
            }
        }
    }
    for (calls, retained) in finding.calls.iter_mut().zip(retained) {
        calls.samples.truncate(retained);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::match_view::call_record;
    use crate::finding::{Calls, Sample, VerdictRole};
    use crate::rule::Severity;

    fn finding(rule: usize, samples: &[usize]) -> Finding {
        let calls = |samples: &usize| Calls {
            call: call_record(&[]),
            count: 9,
            suppressed: 0,
            day: None,
            days: 1,
            first: None,
            last: None,
            targets: Vec::new(),
            samples: vec![Sample::default(); *samples],
        };
        let sample = Sample { text: "{}".into(), ..Sample::default() };
        let calls = samples.iter().map(calls).collect();
        Finding {
            rule,
            severity: Severity::Low,
            provider: String::new(),
            subject: Vec::new(),
            message: String::new(),
            fingerprint: String::new(),
            count: 9,
            ok: 9,
            failed: 0,
            suppressed: 0,
            first: None,
            last: None,
            occurrences: Vec::new(),
            calls,
            others: None,
            identities: Vec::new(),
            accounts: Vec::new(),
            sources: Vec::new(),
            keys: Vec::new(),
            sample,
            uncertain: false,
            suppression: None,
            role: VerdictRole::Gates,
            incident: String::new(),
            baseline: None,
            brief: false,
        }
    }

    fn shown(findings: &[Finding]) -> (usize, usize) {
        let leads = findings.iter().filter(|finding| !finding.sample.text.is_empty()).count();
        (leads, findings.iter().flat_map(|f| &f.calls).map(|calls| calls.samples.len()).sum())
    }

    #[test]
    fn a_rule_with_few_findings_shows_them_all() {
        let mut findings: Vec<Finding> = Vec::new();
        findings.extend((0..20_000).map(|_| finding(0, &[3, 3])));
        findings.extend((0..502).map(|_| finding(1, &[1])));
        findings.extend((0..10_000).map(|_| finding(2, &[])));
        let unshown = bound(&mut findings, &mut Vec::new());
        assert_eq!(shown(&findings[20_000..20_502]), (502, 502));
        assert_eq!(shown(&findings), (LEADS_PER_RUN, SAMPLES_PER_RUN));
        assert_eq!(unshown.leads, 30_502 - 2_000);
        // Of the 749 findings of the first rule with a record, 250 show samples: 1,498 by six.
        assert_eq!(unshown.samples, 749 - 250);
        let partly: Vec<usize> = findings[249].calls.iter().map(|c| c.samples.len()).collect();
        assert_eq!(partly, [2, 2]);
    }

    #[test]
    fn what_fits_is_not_changed() {
        let mut findings: Vec<Finding> = (0..1_000).map(|at| finding(at / 100, &[1, 1])).collect();
        let before = findings.clone();
        assert_eq!(bound(&mut findings, &mut Vec::new()), Unshown::default());
        assert_eq!(findings, before);
    }

    proptest! {
        #[test]
        fn shares_use_what_there_is(counts in prop::collection::vec(0usize..50, 0..12), most in 0usize..200) {
            let taken = |share: usize| counts.iter().map(|count| share.min(*count)).sum::<usize>();
            let share = share(counts.clone(), most);
            prop_assert!(taken(share) <= most);
            prop_assert!(share == usize::MAX || taken(share + 1) > most);
        }
    }
}
