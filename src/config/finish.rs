//! The end of loading: levels of lints, the order of diagnostics, and the hash of the policy.

use sha2::{Digest, Sha256};

use super::policy::Policy;
use super::tables;
use crate::diag::codes::{
    allow as allow_codes, config as codes, policy as policy_codes, rule as rule_codes,
    table as table_codes,
};
use crate::diag::{Code, Diagnostic};
use crate::expr::EXPR_LINTS;
use crate::source::Sources;

/// Codes of errors about something that another file may define.
static UNKNOWN: [&Code; 4] = [
    &codes::UNKNOWN_SETTING,
    &allow_codes::UNKNOWN_RULE,
    &rule_codes::UNKNOWN_LIST,
    &table_codes::UNKNOWN_TABLE,
];

/// Drops errors about names that a missing file may define. It is used if it is unclear which files
/// belong to the policy.
pub(super) fn without_consequences(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.retain(|problem| !UNKNOWN.contains(&problem.code));
}

/// The policy, if it has no errors.
pub(super) fn finish(
    mut policy: Policy,
    digests: &[tables::Digested],
) -> Result<Policy, (Sources, Vec<Diagnostic>)> {
    policy.hash = hash(&policy.sources, digests);
    level(&mut policy);
    sort(&mut policy.diagnostics, &policy.sources);
    // Several rules can report the same mistake, such as a bad range in a list.
    policy.diagnostics.dedup();
    if policy.diagnostics.iter().any(Diagnostic::is_error) {
        return Err((policy.sources, policy.diagnostics));
    }
    Ok(policy)
}

/// Applies the levels that the project sets to lints of expressions. Lints of a whole policy apply
/// theirs when they run.
fn level(policy: &mut Policy) {
    let Policy { diagnostics, lints, .. } = policy;
    for lint in EXPR_LINTS {
        let Some(set) = lints.get(lint.name) else { continue };
        match set.level {
            None => diagnostics.retain(|problem| problem.code != lint.code),
            Some(level) => {
                let of_lint = diagnostics.iter_mut().filter(|problem| problem.code == lint.code);
                of_lint.for_each(|problem| problem.level = level);
            }
        }
    }
}

/// Sorts by file, place and code. What can be the cause of other errors comes first: diagnostics
/// without a place, then files that could not be read or parsed, because names that they define are
/// unknown elsewhere.
fn sort(diagnostics: &mut [Diagnostic], sources: &Sources) {
    diagnostics.sort_by_cached_key(|diagnostic| {
        let label = diagnostic.labels.first();
        let place =
            label.map(|label| (sources.file(label.span.file).name.clone(), label.span.start));
        let consequence = place.is_some() && !UNPARSED.contains(&diagnostic.code);
        (consequence, place, diagnostic.code.id, diagnostic.message.clone())
    });
}

/// Codes of errors for which a whole file is left out.
static UNPARSED: [&Code; 10] = [
    &policy_codes::UNREADABLE,
    &policy_codes::SYNTAX,
    &policy_codes::TAG,
    &policy_codes::ANCHOR,
    &policy_codes::DUPLICATE_KEY,
    &policy_codes::KEY,
    &policy_codes::SEVERAL_DOCUMENTS,
    &policy_codes::TOO_LARGE,
    &policy_codes::CONTROL_CHARACTER,
    &policy_codes::UNKNOWN_DOCUMENT,
];

/// SHA-256 of the name and text of every file, in the order of their names. For data files that are
/// not stored, the digest of the text is hashed instead.
fn hash(sources: &Sources, digests: &[tables::Digested]) -> String {
    let policy_files = sources.iter().map(|(_, file)| (file.name.as_str(), &*file.text));
    let read = digests.iter().map(|(name, digest)| (name.as_str(), digest.as_str()));
    let mut files: Vec<(&str, &str)> = policy_files.chain(read).collect();
    files.sort_unstable();
    let mut hasher = Sha256::new();
    for part in files.into_iter().flat_map(|(name, text)| [name, text]) {
        // The length separates the parts unambiguously.
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
