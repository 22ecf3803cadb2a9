//! Removes secrets from the texts of a report that come from inputs.

use super::{Note, Report};
use crate::finding::{ConfirmedUsers, Redactor};
use crate::record::FileStatus;

impl Report {
    /// Redacts findings and the texts about files and records.
    ///
    /// Texts from the policy are not changed, and neither are paths.
    pub(super) fn redact(&mut self, confirmed_users: &ConfirmedUsers) {
        let redactor = Redactor { show_keys: self.facts.show_keys };
        for finding in &mut self.findings {
            confirmed_users.conceal(finding);
            redactor.finding(finding);
        }
        let notes = self.incomplete.iter_mut().chain(&mut self.notes);
        notes.for_each(|Note { text, .. }| redactor.replace(text));
        for file in &mut self.files {
            match &mut file.account.status {
                FileStatus::Read => {}
                FileStatus::NotAnInput { reason }
                | FileStatus::Declined { reason }
                | FileStatus::Unclaimed { reason }
                | FileStatus::Unreadable { reason } => redactor.replace(reason),
            }
            file.account.notes.iter_mut().for_each(|note| redactor.replace(note));
            file.skips.iter_mut().for_each(|skip| redactor.replace(&mut skip.detail));
        }
    }
}
