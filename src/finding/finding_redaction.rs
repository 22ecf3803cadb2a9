//! Redaction of a whole finding, before any other code receives it.

use std::borrow::Cow;

use super::enrichment::{EnrichedAccount, Identity};
use super::finding::{Calls, Finding, Sample};
use super::redact::Redactor;

/// Redacts secrets but leaves access keys unmasked, for fields that outputs mask.
const WHOLE_KEYS: Redactor = Redactor { show_keys: true };

impl Redactor {
    /// Redacts every text of a finding that comes from an event or a table.
    ///
    /// Fields that contain an access key stay unmasked, because reports join them before masking
    /// them.
    pub fn finding(&self, finding: &mut Finding) {
        self.replace(&mut finding.message);
        let subject = finding.subject.iter_mut().filter_map(|(_, value)| value.as_mut());
        subject.for_each(|value| self.replace(value));
        for occurrence in &mut finding.occurrences {
            let values = occurrence.measures.iter_mut().filter_map(|(_, value)| value.as_mut());
            values.for_each(|value| self.replace(value));
        }
        self.sample(&mut finding.sample);
        finding.calls.iter_mut().for_each(|calls| self.calls(calls));
        for Identity { user_type, user, account } in &mut finding.identities {
            [user_type, user, account].into_iter().flatten().for_each(|text| self.replace(text));
        }
        for EnrichedAccount { account, name, env, owner } in &mut finding.accounts {
            self.replace(account);
            [name, env, owner].into_iter().flatten().for_each(|text| self.replace(text));
        }
        for source in &mut finding.sources {
            source.locations.iter_mut().for_each(|location| self.replace(location));
            self.replace(&mut source.source);
            source.remark.iter_mut().for_each(|remark| self.replace(remark));
            if let Some(asset) = &mut source.asset {
                asset.id.iter_mut().chain(&mut asset.name).for_each(|text| self.replace(text));
            }
        }
        for key in &mut finding.keys {
            WHOLE_KEYS.replace(&mut key.ak);
            key.remark.iter_mut().for_each(|remark| self.replace(remark));
            key.policies.iter_mut().for_each(|policy| self.replace(policy));
            key.document.iter_mut().for_each(|document| self.replace(document));
        }
    }

    /// Redacts a text in place.
    pub fn replace(&self, text: &mut String) {
        if let Cow::Owned(shown) = self.text(text) {
            *text = shown;
        }
    }

    fn calls(&self, calls: &mut Calls) {
        let call = &mut calls.call;
        call.ak.iter_mut().for_each(|ak| WHOLE_KEYS.replace(ak));
        let parts = [
            &mut call.source,
            &mut call.method,
            &mut call.service,
            &mut call.api,
            &mut call.user,
            &mut call.user_type,
            &mut call.account,
            &mut call.caller_account,
            &mut call.location,
        ];
        parts.into_iter().flatten().for_each(|part| self.replace(part));
        calls.samples.iter_mut().for_each(|sample| self.sample(sample));
    }

    /// The record and its request are redacted when they are read.
    fn sample(&self, sample: &mut Sample) {
        let ids = [&mut sample.id, &mut sample.request_id];
        ids.into_iter().flatten().for_each(|id| self.replace(id));
        self.replace(&mut sample.name);
    }
}
