//! How urgent it is to narrow or remove a credential.

use super::comparison::Comparison;

/// What to do with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advice {
    /// Delete the key of the root user.
    Delete,
    /// Disable it: it did nothing.
    Disable,
    /// Take away what it did not use.
    Narrow,
    /// Nothing can be taken away.
    Keep,
}

impl Advice {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Advice::Delete => "delete",
            Advice::Disable => "disable",
            Advice::Narrow => "narrow",
            Advice::Keep => "keep",
        }
    }
}

/// Why a credential is urgent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriorityReason {
    /// A key of the root user.
    RootKey,
    /// It is an administrator and never changed who may do what.
    IdleAdministrator,
    /// It is an administrator.
    Administrator,
    /// It called nothing in the period.
    Idle,
    /// It may change who may do what, and did not; the number of such actions.
    UnusedPermissionActions(usize),
    /// Wildcards that could go.
    Wildcards(usize),
    /// Services of which it used nothing.
    UnusedServices(usize),
    /// Actions that are granted by name and were never used.
    UnusedActions(usize),
    /// Its key is old; its age in days.
    OldKey(i64),
    /// Its user can sign in to the console without a second factor.
    NoMfa,
    /// Findings about it: the number of high or critical ones, and of all.
    Findings(usize, usize),
}

/// The age of an old key in days, as in `posture`.
const OLD: i64 = 90;

/// The age of a very old key in days.
const VERY_OLD: i64 = 365;

impl PriorityReason {
    /// The points that it adds. A reason that allows an intruder everything counts more than all
    /// that only help.
    pub fn points(&self) -> u32 {
        match self {
            PriorityReason::RootKey => 120,
            PriorityReason::IdleAdministrator => 100,
            PriorityReason::Idle => 80,
            PriorityReason::Administrator | PriorityReason::UnusedPermissionActions(_) => 50,
            PriorityReason::Findings(1.., _) => 40,
            PriorityReason::Wildcards(_) | PriorityReason::NoMfa => 20,
            PriorityReason::OldKey(age) if *age > VERY_OLD => 20,
            PriorityReason::OldKey(_)
            | PriorityReason::UnusedServices(_)
            | PriorityReason::Findings(..) => 10,
            PriorityReason::UnusedActions(_) => 5,
        }
    }
}

/// The urgency of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priority {
    /// The sum of the points of its reasons.
    pub score: u32,
    /// What to do; `None` if its policies are not known.
    pub advice: Option<Advice>,
    /// The reasons, the one with the most points first.
    pub reasons: Vec<PriorityReason>,
}

/// What is known of a credential apart from its policies.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Circumstances {
    pub(super) root_key: bool,
    pub(super) idle: bool,
    pub(super) key_age_days: Option<i64>,
    /// Whether the user can sign in to the console without a second factor.
    pub(super) no_mfa: bool,
    /// Findings: high and critical ones, and all.
    pub(super) findings: (usize, usize),
}

pub(super) fn priority(of: &Circumstances, attached: Option<&Comparison>) -> Priority {
    let mut reasons = Vec::new();
    if of.root_key {
        reasons.push(PriorityReason::RootKey);
    }
    if of.idle {
        reasons.push(PriorityReason::Idle);
    }
    if let Some(age) = of.key_age_days.filter(|age| *age > OLD) {
        reasons.push(PriorityReason::OldKey(age));
    }
    if of.no_mfa {
        reasons.push(PriorityReason::NoMfa);
    }
    if of.findings.1 > 0 {
        reasons.push(PriorityReason::Findings(of.findings.0, of.findings.1));
    }
    let mut removable = false;
    if let Some(attached) = attached {
        let mut add = |count: usize, reason: fn(usize) -> PriorityReason| {
            if count > 0 {
                reasons.push(reason(count));
            }
        };
        let wildcards = attached.wildcards.iter().filter(|one| one.actions != Some(one.used.len()));
        add(wildcards.count(), PriorityReason::Wildcards);
        add(attached.unused_services.len(), PriorityReason::UnusedServices);
        add(attached.unused_actions.len(), PriorityReason::UnusedActions);
        match (attached.administrator, attached.administrated) {
            (true, false) => reasons.push(PriorityReason::IdleAdministrator),
            (true, true) => reasons.push(PriorityReason::Administrator),
            (false, _) => {
                let unused = attached.unused_permission_actions;
                if unused > 0 {
                    reasons.push(PriorityReason::UnusedPermissionActions(unused));
                }
            }
        }
        removable = !attached.patches.is_empty();
    }
    let advice = match attached {
        _ if of.root_key => Some(Advice::Delete),
        _ if of.idle => Some(Advice::Disable),
        Some(_) if removable => Some(Advice::Narrow),
        Some(_) => Some(Advice::Keep),
        None => None,
    };
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points()));
    Priority { score: reasons.iter().map(PriorityReason::points).sum(), advice, reasons }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recommend::comparison::{PolicyPatch, WildcardGrant};

    #[test]
    fn what_gives_an_intruder_everything_comes_first() {
        let quiet = Circumstances::default();
        let key = |age| Circumstances { key_age_days: Some(age), ..quiet };
        let patches = vec![PolicyPatch {
            policy: "p".into(),
            group: None,
            holders: 1,
            operations: Vec::new(),
        }];
        let administrator = |administrated| Comparison {
            administrator: true,
            administrated,
            patches: patches.clone(),
            ..Comparison::default()
        };
        let wildcard = WildcardGrant { pattern: "s3:*".into(), actions: Some(100), used: vec![] };
        let narrow = Comparison {
            wildcards: vec![wildcard],
            unused_services: vec!["s3".into()],
            patches: patches.clone(),
            ..Comparison::default()
        };
        let none = Comparison::default();
        for (of, attached, score, advice) in [
            (quiet, None, 0, None),
            (quiet, Some(&none), 0, Some(Advice::Keep)),
            (quiet, Some(&narrow), 30, Some(Advice::Narrow)),
            (quiet, Some(&administrator(false)), 100, Some(Advice::Narrow)),
            (quiet, Some(&administrator(true)), 50, Some(Advice::Narrow)),
            (key(90), None, 0, None),
            (key(91), None, 10, None),
            (key(366), None, 20, None),
            (Circumstances { idle: true, ..quiet }, None, 80, Some(Advice::Disable)),
            (
                Circumstances { root_key: true, idle: true, ..quiet },
                None,
                200,
                Some(Advice::Delete),
            ),
            (Circumstances { no_mfa: true, ..quiet }, None, 20, None),
            (Circumstances { findings: (0, 3), ..quiet }, None, 10, None),
            (Circumstances { findings: (1, 3), ..quiet }, None, 40, None),
        ] {
            let found = priority(&of, attached);
            assert_eq!((found.score, found.advice), (score, advice), "{of:?} {attached:?}");
        }
    }
}
