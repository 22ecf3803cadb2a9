//! Masks keys so that no two keys of a report look alike.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use crate::finding::{Finding, TargetKind};
use crate::value::{distinct_masks, mask};

impl Report {
    /// Finds the keys that would look alike, and shows more of them wherever the report shows them.
    pub(super) fn tell_keys_apart(&mut self) {
        if self.facts.show_keys {
            return;
        }
        let masks = distinct_masks(self.findings.iter().flat_map(keys));
        if masks.is_empty() {
            return;
        }
        self.findings.iter_mut().for_each(|finding| replace(finding, &masks));
        self.facts.masks = masks;
    }
}

/// The unmasked keys of a finding.
fn keys(finding: &Finding) -> impl Iterator<Item = &str> {
    let of_calls = finding.calls.iter().flat_map(|calls| {
        let targets = calls.targets.iter().filter(|target| target.kind == TargetKind::Key);
        calls.call.ak.as_deref().into_iter().chain(targets.map(|target| target.name.as_str()))
    });
    of_calls.chain(finding.keys.iter().map(|key| key.ak.as_str()))
}

/// Replaces the masked keys in texts, which were masked before all keys were known. If two keys of one
/// finding look alike, its texts do not tell which of them is meant, and stay as they are.
fn replace(finding: &mut Finding, masks: &BTreeMap<String, String>) {
    let mut shown: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for key in keys(finding) {
        if let Some(longer) = masks.get(key) {
            shown.entry(mask(key)).or_default().insert(longer);
        }
    }
    for (short, longer) in shown {
        let mut longer = longer.into_iter();
        let (Some(longer), None) = (longer.next(), longer.next()) else { continue };
        let put = |text: &mut String| {
            if text.contains(&short) {
                *text = text.replace(&short, longer);
            }
        };
        put(&mut finding.message);
        finding.subject.iter_mut().filter_map(|(_, value)| value.as_mut()).for_each(put);
        for occurrence in &mut finding.occurrences {
            occurrence.measures.iter_mut().filter_map(|(_, value)| value.as_mut()).for_each(put);
        }
        for sample in finding.calls.iter_mut().flat_map(|calls| &mut calls.samples) {
            put(&mut sample.text);
        }
        put(&mut finding.sample.text);
    }
}
