//! What is known about the evidence of a finding: who called, and what the policy's tables contain
//! about the accounts, addresses and keys.

/// What is known about the evidence of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enrichment {
    /// Who called.
    pub identities: Vec<Identity>,
    /// The accounts that a table describes.
    pub accounts: Vec<EnrichedAccount>,
    /// The sources that a table or the log describes.
    pub sources: Vec<EnrichedSource>,
    /// The keys that a table describes.
    pub keys: Vec<EnrichedKey>,
}

/// A caller: the root user of an account, or a user or role that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// What kind of identity it is: `root`, `user`, `role`, ….
    pub user_type: Option<String>,
    /// Its name.
    pub user: Option<String>,
    /// The account that it belongs to.
    pub account: Option<String>,
}

/// What the table of accounts contains about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrichedAccount {
    /// Its id.
    pub account: String,
    /// Its name.
    pub name: Option<String>,
    /// Its environment.
    pub env: Option<String>,
    /// Who owns it: a team, or the main account.
    pub owner: Option<String>,
}

/// What the log and tables contain about the source of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrichedSource {
    /// The address.
    pub source: String,
    /// Its kind, if there is an asset table: `lan`, `account`, `external`, or one of these with
    /// `_noted`.
    pub ip_type: Option<&'static str>,
    /// The remark on it, at most 20 characters.
    pub remark: Option<String>,
    /// The resource that has this address.
    pub asset: Option<Asset>,
    /// The regions in which the log places it, at most three.
    pub locations: Vec<String>,
}

/// A resource in one of the user's own accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// What tables and other findings contain about an access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrichedKey {
    /// The unmasked key; outputs mask it.
    pub ak: String,
    /// The remark on it, at most 20 characters.
    pub remark: Option<String>,
    /// The first 20 of its policies, sorted by name.
    pub policies: Vec<String>,
    /// How many policies it has; `None` if no table lists it.
    pub policy_count: Option<usize>,
    /// The document of its policies, redacted as records are, at most 4 KiB.
    pub document: Option<String>,
    /// The role whose row describes it, if no row names this temporary key.
    pub role: Option<String>,
    /// Open findings of credential reports about this key.
    pub open: Vec<OpenFinding>,
}

impl EnrichedKey {
    /// A key that is described only by these findings.
    pub fn with_findings(ak: &str, open: Vec<OpenFinding>) -> Self {
        Self {
            ak: ak.to_owned(),
            remark: None,
            policies: Vec::new(),
            policy_count: None,
            document: None,
            role: None,
            open,
        }
    }
}

/// Another finding of the run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenFinding {
    /// The id of its rule.
    pub rule: String,
    /// Its fingerprint.
    pub fingerprint: String,
}
