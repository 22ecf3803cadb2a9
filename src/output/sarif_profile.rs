//! What the services that take SARIF read, and what they accept.

use crate::value::words;

/// The most results of a run: GitHub shows this many, and GitLab imports the first of them. Azure
/// states no limit of its own.
const MOST_RESULTS: usize = 5_000;

/// The most rules of a run.
pub(in crate::output) const MOST_RULES: usize = 25_000;

/// The most files that are listed as read. No service reads them, and each makes the log longer.
const MOST_ARTIFACTS: usize = 5_000;

/// The largest log in bytes. GitHub takes 10 MB when it is compressed, and a log becomes a quarter of
/// its size or less.
const LOG_BYTES: usize = 40_000_000;

/// The same for GitLab, which does not compress it.
const GITLAB_LOG_BYTES: usize = 10_000_000;

words! {
    /// The service that a SARIF log is written for.
    SarifProfile {
        /// Any viewer; within the limits of all services.
        Generic = "generic",
        /// GitHub code scanning.
        Github = "github",
        /// GitLab's SARIF report.
        Gitlab = "gitlab",
        /// Azure DevOps with Advanced Security.
        Azure = "azure",
    }
}

impl SarifProfile {
    /// The service in a sentence.
    pub(in crate::output) fn service(self) -> &'static str {
        match self {
            SarifProfile::Generic => "a service",
            SarifProfile::Github => "GitHub",
            SarifProfile::Gitlab => "GitLab",
            SarifProfile::Azure => "Azure DevOps",
        }
    }

    /// The most results of a run.
    pub(in crate::output) fn most_results(self) -> usize {
        MOST_RESULTS
    }

    /// The most files that are listed as read.
    pub(in crate::output) fn most_artifacts(self) -> usize {
        if self == SarifProfile::Generic { usize::MAX } else { MOST_ARTIFACTS }
    }

    /// The largest log in bytes.
    pub(in crate::output) fn most_bytes(self) -> usize {
        if self == SarifProfile::Gitlab { GITLAB_LOG_BYTES } else { LOG_BYTES }
    }

    /// Whether the service reads the severity of a result from its rule (`security-severity`), so that
    /// a result with another severity needs a rule of its own. GitLab reads `rank` of the result, and
    /// viewers read its `level`.
    pub(in crate::output) fn severity_of_rule(self) -> bool {
        matches!(self, SarifProfile::Github | SarifProfile::Azure)
    }

    /// Whether the service identifies a result by rule, file and line, so that records on one line
    /// need lines of their own.
    pub(in crate::output) fn identifies_by_line(self) -> bool {
        self == SarifProfile::Gitlab
    }

    /// Whether a suppression is shown as one. GitHub ignores it, and opens an alert; GitLab drops the
    /// result.
    pub(in crate::output) fn shows_suppressions(self) -> bool {
        matches!(self, SarifProfile::Generic | SarifProfile::Azure)
    }

    /// Whether the service finds a file by its path below the repository.
    pub(in crate::output) fn paths_of_repository(self) -> bool {
        self != SarifProfile::Generic
    }
}
