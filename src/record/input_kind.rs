//! The kinds of inputs.

use std::collections::BTreeSet;

use crate::value::{RecordKind, words};

words! {
    /// A kind of input: what a project may expect a run to read.
    InputKind {
        /// Audit logs, whose records are events.
        AuditLog = "audit-log",
        /// Credential reports, whose rows are creds with their keys.
        CredentialReport = "credential-report",
    }
}

impl InputKind {
    /// The kind of input that has records of this kind.
    pub fn of(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Event => InputKind::AuditLog,
            RecordKind::Cred | RecordKind::Key => InputKind::CredentialReport,
        }
    }

    /// The noun in messages, with its article.
    pub fn noun(self) -> &'static str {
        match self {
            InputKind::AuditLog => "an audit log",
            InputKind::CredentialReport => "a credential report",
        }
    }
}

/// Several kinds of inputs.
pub type InputKinds = BTreeSet<InputKind>;

#[cfg(test)]
mod tests {
    use super::InputKind;
    use crate::value::RecordKind;

    #[test]
    fn every_kind_of_record_comes_from_a_kind_of_input() {
        let kinds = RecordKind::ALL.map(|kind| InputKind::of(kind).name());
        assert_eq!(kinds, ["audit-log", "credential-report", "credential-report"]);
    }
}
