//! The notes of a recommendation as sentences.

use crate::output::human::text::counted;
use crate::recommend::{Note, PriorityReason, Widened};

/// The name of a note in JSON.
pub(super) fn name(note: &Note) -> &'static str {
    match note {
        Note::TooEarly { .. } => "too-early",
        Note::Root => "root",
        Note::Federated => "federated",
        Note::SharedUser { .. } => "shared-user",
        Note::NoDataEvents => "no-data-events",
        Note::NoReads => "no-reads",
        Note::Refused { .. } => "refused",
        Note::Failed { .. } => "failed",
        Note::Unknown(_) => "unknown-operations",
        Note::Widened(Widened::Unnamed, _) => "resources-unnamed",
        Note::Widened(Widened::Prefix, _) => "resources-prefix",
        Note::Widened(Widened::Everything, _) => "resources-everything",
        Note::Rare(_) => "rare-operations",
        Note::TooLong { .. } => "too-long",
        Note::NoAddresses(_) => "no-addresses",
        Note::Idle => "idle",
        Note::UsedElsewhere(_) => "used-elsewhere",
        Note::DenyIgnored => "deny-ignored",
        Note::Boundary(_) => "permission-boundary",
    }
}

/// The note as a sentence; it is not escaped.
pub(super) fn text(note: &Note) -> String {
    match note {
        Note::TooEarly { days, required } => format!(
            "too early: the log covers {}, and {} are required; jobs that run less often may be \
             missing",
            counted(*days, "day"),
            required
        ),
        Note::Root => {
            "no policy limits the root user: delete its keys, and use a role instead".to_owned()
        }
        Note::Federated => "its permissions are those of the identity that created the session, \
                            and no policy is attached to it"
            .to_owned(),
        Note::SharedUser { first, more } => {
            let rest = match more {
                0 => String::new(),
                more => format!(" and {}", counted(*more as u64, "more credential")),
            };
            format!(
                "policies are attached to the user, who has other credentials in the log: {}{rest}",
                first.join(", ")
            )
        }
        Note::NoDataEvents => "the log has no data events, so reads and writes of objects, items \
                               and messages are not in the policy"
            .to_owned(),
        Note::NoReads => {
            "the log has no calls that read, so the policy allows none of them".to_owned()
        }
        Note::Refused { operations, granted } => {
            let what = counted(*operations as u64, "operation");
            match granted {
                true => format!("never succeeded, but allowed as requested: {what} refused"),
                false => format!("refused, and therefore not allowed: {what}"),
            }
        }
        Note::Failed { operations, granted } => {
            let what = counted(*operations as u64, "operation");
            match granted {
                true => format!("never succeeded, but allowed as requested: {what} failed"),
                false => format!(
                    "never succeeded, but failed for another reason than missing permission, and \
                     therefore not allowed unless `--grant failed` is given: {what}"
                ),
            }
        }
        Note::Unknown(names) => format!(
            "no table knows these operations, and their actions are guessed from their names: {}",
            names.join(", ")
        ),
        Note::Widened(Widened::Unnamed, actions) => {
            format!("on all resources, because the log does not name them: {}", actions.join(", "))
        }
        Note::Widened(Widened::Prefix, actions) => {
            format!("on resources with a common beginning: {}", actions.join(", "))
        }
        Note::Widened(Widened::Everything, actions) => format!(
            "on all resources, because there are too many or a name looks like a secret: {}",
            actions.join(", ")
        ),
        Note::Rare(count) => format!(
            "called on one day only, as a monthly job would: {}",
            counted(*count as u64, "operation")
        ),
        Note::TooLong { size, limit } => {
            format!("the policy has {size} characters, and the provider accepts {limit}: divide it")
        }
        Note::NoAddresses(why) => format!("not bound to addresses: {why}"),
        Note::Idle => "no call in the period: disable it".to_owned(),
        Note::UsedElsewhere(time) => format!(
            "no call in the log, but a report states that it was used at {time}: the log may lack \
             data events or a region"
        ),
        Note::DenyIgnored => {
            "the attached policies also deny; what they deny was not taken off what \
                              they allow"
                .to_owned()
        }
        Note::Boundary(name) => format!(
            "the permission boundary {name} limits what the attached policies allow; what it \
             refuses was not taken off"
        ),
    }
}

/// The name of a reason in JSON.
pub(super) fn reason_name(reason: &PriorityReason) -> &'static str {
    match reason {
        PriorityReason::RootKey => "root-key",
        PriorityReason::IdleAdministrator => "idle-administrator",
        PriorityReason::Administrator => "administrator",
        PriorityReason::Idle => "idle",
        PriorityReason::UnusedPermissionActions(_) => "unused-permission-actions",
        PriorityReason::Wildcards(_) => "wildcards",
        PriorityReason::UnusedServices(_) => "unused-services",
        PriorityReason::UnusedActions(_) => "unused-actions",
        PriorityReason::OldKey(_) => "old-key",
        PriorityReason::NoMfa => "no-mfa",
        PriorityReason::Findings(..) => "findings",
    }
}

/// The reason in a few words.
pub(super) fn reason(reason: &PriorityReason) -> String {
    let counted = |count: &usize, noun: &str| counted(*count as u64, noun);
    match reason {
        PriorityReason::RootKey => "key of the root user".to_owned(),
        PriorityReason::IdleAdministrator => {
            "administrator who changed no user and no permission".to_owned()
        }
        PriorityReason::Administrator => "administrator".to_owned(),
        PriorityReason::Idle => "no call in the period".to_owned(),
        PriorityReason::UnusedPermissionActions(count) => {
            format!("unused: {} to change permissions", counted(count, "action"))
        }
        PriorityReason::Wildcards(count) => format!("not needed: {}", counted(count, "wildcard")),
        PriorityReason::UnusedServices(count) => format!("unused: {}", counted(count, "service")),
        PriorityReason::UnusedActions(count) => format!("unused: {}", counted(count, "action")),
        PriorityReason::OldKey(days) => format!("key of {days} days"),
        PriorityReason::NoMfa => "console without a second factor".to_owned(),
        PriorityReason::Findings(0, all) => counted(all, "finding"),
        PriorityReason::Findings(severe, all) => {
            format!("{}, {severe} high or critical", counted(all, "finding"))
        }
    }
}
