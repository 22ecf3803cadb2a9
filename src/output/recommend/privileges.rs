//! What users and roles may do and what they did, as the rows of the table `privileges`.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use crate::output::inert::write_pretty;
use crate::recommend::{Comparison, CredentialKind, Recommendation, Recommendations};

/// A row of the table `privileges`.
#[derive(Debug, Serialize)]
struct Row<'a> {
    holder: String,
    policies: &'a [String],
    granted: Option<i64>,
    used: i64,
    administrator: bool,
    administrated: bool,
    permission_actions: i64,
    unused_services: &'a [String],
    days: i64,
    early: bool,
}

/// Whether the attached policies of any user or role are known.
pub fn has_privileges(all: &Recommendations) -> bool {
    !rows(all).is_empty()
}

/// Writes a row for each user and role whose attached policies are known.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_privileges(all: &Recommendations, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&rows(all), out)
}

fn rows(all: &Recommendations) -> Vec<Row<'_>> {
    let mut rows = BTreeMap::new();
    for one in &all.credentials {
        let (Some(holder), Some(attached)) = (holder(one), &one.attached) else { continue };
        // The credentials of a user share its policies, and each has the same comparison.
        rows.entry(holder).or_insert((one, attached));
    }
    rows.into_iter().map(|(holder, (one, attached))| row(all, holder, one, attached)).collect()
}

fn row<'a>(
    all: &Recommendations,
    holder: String,
    one: &Recommendation,
    attached: &'a Comparison,
) -> Row<'a> {
    let log =
        all.logs.iter().find(|log| (log.provider, &log.account) == (one.provider, &one.account));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Row {
        holder,
        policies: &attached.policies,
        granted: attached.granted.map(count),
        used: count(attached.used),
        administrator: attached.administrator,
        administrated: attached.administrated,
        permission_actions: count(attached.unused_permission_actions),
        unused_services: &attached.unused_services,
        days: log.map_or(0, |log| i64::try_from(log.span_days).unwrap_or(i64::MAX)),
        early: one.is_early(),
    }
}

/// The user or role that policies are attached to, as `aws/111122223333/user/alice`; `None` for a
/// key without a user, the root user and federated sessions.
fn holder(one: &Recommendation) -> Option<String> {
    let (kind, name) = match (one.kind, &one.user) {
        (CredentialKind::Key, Some(user)) => ("user", user),
        (CredentialKind::User, _) => ("user", &one.name),
        (CredentialKind::Role, _) => ("role", &one.name),
        _ => return None,
    };
    let account = one.account.as_deref().unwrap_or("-");
    Some(format!("{}/{account}/{kind}/{name}", one.provider.name()))
}
