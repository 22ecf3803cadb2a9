//! Turns what was collected into recommendations.

use std::collections::{BTreeMap, BTreeSet};

use super::attached::{AttachedPolicies, AttachedPolicy, Holder};
use super::caller::{Credential, CredentialKind};
use super::collect::{Collector, Used};
use super::comparison::{self, Comparison};
use super::model::{
    LogCoverage, Note, OTHER_CREDENTIALS, OperationSummary, Recommendation, Recommendations,
    UnknownOperation, span_days,
};
use super::options::{CredentialFinding, Options};
use super::policy::{Grant, Policy};
use super::policy_file;
use super::priority::{Circumstances, priority};
use super::reported::{ReportedKey, ReportedUser, UserKey};
use super::requirement::Operation;
use super::usage::{CallOutcome, Calls, OperationUse, Usage};
use crate::engine::{FileReport, Folded};
use crate::finding::Redactor;
use crate::record::{FileStatus, Provider};
use crate::value::{Time, mask};

/// The longest managed policy, in characters without whitespace: AWS's quota of customer managed
/// policies; the length of RAM's and CAM's custom policies.
const LIMITS: [(Provider, usize); 3] =
    [(Provider::Aws, 6_144), (Provider::Alibaba, 6_144), (Provider::Tencent, 6_144)];

pub(super) fn recommendations(folded: Folded<Collector>, options: &Options) -> Recommendations {
    let Folded { state, files, accounting, died } = folded;
    let Collector {
        operations, mut credentials, logs, reported, uncredited, outside, untimed, ..
    } = state;
    let logs: Vec<LogCoverage> = logs
        .into_iter()
        .map(|((provider, account), log)| LogCoverage {
            provider,
            account: (!account.is_empty()).then_some(account),
            calls: log.calls,
            span_days: span_days(&log.calls),
            days: log.days.count(),
            data_events: log.data,
            read_events: log.reads,
        })
        .collect();
    let owners = owners(&credentials);
    let owners: BTreeMap<Principal, Vec<Credential>> = owners
        .into_iter()
        .map(|(principal, of)| (principal, of.into_iter().cloned().collect()))
        .collect();
    let used = used_actions(&credentials, &operations);
    let idle = idle(&credentials, &reported, &options.attached, &logs);
    credentials.extend(idle);
    let found = credentials.len();
    let all: Vec<&Credential> = credentials.iter().map(|used| &used.credential).collect();
    let selects = |used: &&Used| options.selection.selects(&used.credential);
    let mut selected: Vec<&Used> = credentials.iter().filter(selects).collect();
    selected.sort_by(|a, b| a.credential.order(&b.credential));
    let builder = Builder {
        options,
        operations: &operations,
        logs: &logs,
        owners: &owners,
        used: &used,
        reported: &reported,
        holders: holders(&options.attached, &used),
    };
    let mut names = BTreeSet::new();
    let credentials: Vec<Recommendation> =
        selected.iter().map(|used| builder.recommendation(used, &mut names)).collect();
    let mut incomplete = Vec::new();
    if accounting.evaluated == 0 {
        incomplete.push("no record was read".to_owned());
    }
    if accounting.skipped > 0 {
        incomplete.push(format!("records that could not be read: {}", accounting.skipped));
    }
    if accounting.gapped > 0 {
        incomplete.push(format!("records that lack a field: {}", accounting.gapped));
    }
    if died > 0 {
        incomplete.push(format!("{died} threads failed inside Keytrail"));
    }
    let unread = files.iter().filter(|file| is_unread(file)).count();
    if unread > 0 {
        incomplete.push(format!("files that could not be read completely: {unread}"));
    }
    Recommendations {
        unknown: unknown(&operations, &credentials),
        operations: operations.len(),
        credentials,
        logs,
        uncredited: uncredited.into_iter().collect(),
        outside,
        untimed,
        found,
        unread_policies: unread_policies(options),
        unmatched: options.selection.unmatched(&all),
        min_days: options.min_days,
        files,
        accounting,
        incomplete,
    }
}

/// Whether a file, or a part of it, could not be read.
fn is_unread(file: &FileReport) -> bool {
    let status = &file.account.status;
    matches!(status, FileStatus::Unclaimed { .. } | FileStatus::Unreadable { .. })
        || !file.account.faults.is_empty()
}

/// The identity that policies are attached to: cloud, account, kind and name.
type Principal = (Provider, String, CredentialKind, String);

fn principal(credential: &Credential) -> Principal {
    let (kind, name) = credential.principal();
    (credential.provider, credential.account.clone(), kind, name.to_owned())
}

/// The credentials of each identity.
fn owners(credentials: &[Used]) -> BTreeMap<Principal, Vec<&Credential>> {
    let mut owners: BTreeMap<Principal, Vec<&Credential>> = BTreeMap::new();
    for used in credentials {
        owners.entry(principal(&used.credential)).or_default().push(&used.credential);
    }
    owners.retain(|_, of| of.len() > 1);
    owners.values_mut().for_each(|of| of.sort_by(|a, b| a.order(b)));
    owners
}

fn holder((provider, account, kind, name): &Principal) -> Holder {
    Holder::Principal(*provider, account.clone(), *kind, name.clone())
}

/// The actions that each identity used: those of calls that succeeded, and of calls that failed
/// after they were permitted.
fn used_actions(
    credentials: &[Used],
    operations: &[(Provider, Operation)],
) -> BTreeMap<Principal, BTreeSet<String>> {
    let mut used: BTreeMap<Principal, BTreeSet<String>> = BTreeMap::new();
    for Used { credential, usage } in credentials {
        let actions = used.entry(principal(credential)).or_default();
        for (number, of) in &usage.operations {
            let Some((_, operation)) = operations.get(*number as usize) else { continue };
            let permitted = [CallOutcome::Succeeded, CallOutcome::Failed];
            if permitted.iter().all(|outcome| of.calls[*outcome as usize].count == 0) {
                continue;
            }
            for (at, requirement) in operation.requirements.iter().enumerate() {
                if requirement.when.is_none() || matches!(of.resources.get(at), Some(Some(_))) {
                    actions.insert(requirement.action.clone().into());
                }
            }
        }
    }
    used
}

/// How many identities have each document, and what they used together.
fn holders<'a>(
    attached: &'a AttachedPolicies,
    used: &BTreeMap<Principal, BTreeSet<String>>,
) -> BTreeMap<&'a str, (usize, BTreeSet<String>)> {
    let by_holder: BTreeMap<Holder, &BTreeSet<String>> =
        used.iter().map(|(principal, actions)| (holder(principal), actions)).collect();
    let mut holders: BTreeMap<&str, (usize, BTreeSet<String>)> = BTreeMap::new();
    for (of, policies) in &attached.of {
        for policy in policies {
            let (count, actions) = holders.entry(&policy.document.id).or_default();
            *count += 1;
            actions.extend(by_holder.get(of).into_iter().copied().flatten().cloned());
        }
    }
    holders
}

/// Credentials that did nothing: active keys of reports, and roles with policies, in accounts whose
/// log is among the inputs.
fn idle(
    credentials: &[Used],
    reported: &BTreeMap<UserKey, ReportedUser>,
    attached: &AttachedPolicies,
    logs: &[LogCoverage],
) -> Vec<Used> {
    let has_log = |provider: Provider, account: &str| {
        let of = |log: &&LogCoverage| {
            log.provider == provider && log.account.as_deref().unwrap_or_default() == account
        };
        logs.iter().any(|log| of(&log))
    };
    let seen: BTreeSet<&str> = credentials.iter().map(|used| used.credential.id.as_str()).collect();
    let users: BTreeSet<(Provider, &str, &str)> = credentials
        .iter()
        .filter(|used| used.credential.kind == CredentialKind::Key)
        .filter_map(|Used { credential, .. }| {
            let user = if credential.root { "root" } else { credential.user.as_deref()? };
            Some((credential.provider, credential.account.as_str(), user))
        })
        .collect();
    let mut idle = Vec::new();
    let mut add = |provider, account: &str, kind, id: String, user: Option<&str>, root| {
        let credential = Credential {
            provider,
            account: account.to_owned(),
            kind,
            id,
            user: user.map(str::to_owned),
            root,
        };
        idle.push(Used { credential, usage: Usage::default() });
    };
    for ((provider, account, user), of) in reported {
        if !has_log(*provider, account) {
            continue;
        }
        for key in of.keys.iter().filter(|key| key.active) {
            let id = match &key.id {
                Some(id) if seen.contains(id.as_str()) => continue,
                Some(id) => id.clone(),
                // Which of the user's keys signed the calls is not known.
                None if users.contains(&(*provider, account, user)) => continue,
                None => key.slot.clone(),
            };
            add(*provider, account, CredentialKind::Key, id, Some(user), of.root);
        }
    }
    let roles: BTreeSet<(Provider, &str, &str)> = credentials
        .iter()
        .filter(|used| used.credential.kind == CredentialKind::Role)
        .map(|Used { credential, .. }| {
            (credential.provider, credential.account.as_str(), credential.id.as_str())
        })
        .collect();
    for holder in attached.of.keys() {
        let Holder::Principal(provider, account, CredentialKind::Role, name) = holder else {
            continue;
        };
        // Services assume their own roles, and nobody can change these.
        let of_service = name.starts_with("AWSServiceRoleFor");
        if !of_service
            && has_log(*provider, account)
            && !roles.contains(&(*provider, account, name))
        {
            add(*provider, account, CredentialKind::Role, name.clone(), None, false);
        }
    }
    idle
}

/// The key with this id, or in this slot if the report has no ids.
fn reported_key<'u>(user: &'u ReportedUser, id: &str) -> Option<&'u ReportedKey> {
    let by_id = user.keys.iter().find(|key| key.id.as_deref() == Some(id));
    by_id.or_else(|| user.keys.iter().find(|key| id == key.slot)).or_else(|| {
        let mut active = user.keys.iter().filter(|key| key.active && key.id.is_none());
        active.next().filter(|_| active.next().is_none())
    })
}

/// Whether an id is the slot of a key whose id is not known.
fn is_slot(id: &str) -> bool {
    !id.is_empty() && id.len() <= 2 && id.bytes().all(|b| b.is_ascii_digit())
}

fn unread_policies(options: &Options) -> Vec<String> {
    let mut names: Vec<String> = options
        .attached
        .unread
        .iter()
        .map(|name| options.redactor.text(name).into_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The operations that the tables do not know, the most called first.
fn unknown(
    operations: &[(Provider, Operation)],
    credentials: &[Recommendation],
) -> Vec<UnknownOperation> {
    let mut calls: BTreeMap<(Provider, &str), u64> = BTreeMap::new();
    for one in credentials {
        for operation in one.operations.iter().filter(|operation| !operation.known) {
            let count: u64 = operation.calls.iter().map(|calls| calls.count).sum();
            *calls.entry((one.provider, &operation.name)).or_default() += count;
        }
    }
    debug_assert!(calls.len() <= operations.len());
    let unknown = calls.into_iter().map(|((provider, name), calls)| UnknownOperation {
        provider,
        name: name.to_owned(),
        calls,
    });
    let mut unknown: Vec<UnknownOperation> = unknown.collect();
    unknown.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.cmp(b)));
    unknown
}

/// What every recommendation of a run is built from.
struct Builder<'b> {
    options: &'b Options,
    operations: &'b [(Provider, Operation)],
    logs: &'b [LogCoverage],
    owners: &'b BTreeMap<Principal, Vec<Credential>>,
    /// The actions that each identity used.
    used: &'b BTreeMap<Principal, BTreeSet<String>>,
    reported: &'b BTreeMap<UserKey, ReportedUser>,
    /// By document: how many identities have it, and what they used.
    holders: BTreeMap<&'b str, (usize, BTreeSet<String>)>,
}

impl Builder<'_> {
    fn recommendation(&self, used: &Used, names: &mut BTreeSet<String>) -> Recommendation {
        let Used { credential, usage } = used;
        let redactor = self.options.redactor;
        let mut calls = [Calls::default(); 3];
        let mut operations = Vec::new();
        let mut grants: BTreeMap<String, Grant> = BTreeMap::new();
        let mut rare = 0;
        for (number, of) in &usage.operations {
            let Some((_, operation)) = self.operations.get(*number as usize) else { continue };
            calls.iter_mut().zip(&of.calls).for_each(|(all, calls)| all.merge(calls));
            for (requirement, set) in operation.requirements.iter().zip(&of.resources) {
                let Some(set) = set else { continue };
                let grant =
                    grants.entry(redactor.text(&requirement.action).into_owned()).or_default();
                grant.resources.merge((**set).clone());
                // A service uses the caller's permission for another service from no address.
                let service = operation.name.split('.').next().unwrap_or_default();
                let by_service = requirement.action.starts_with("kms:") && service != "kms";
                grant.indirect |= of.indirect || by_service;
            }
            let of_day = &of.calls[CallOutcome::Succeeded as usize];
            rare += usize::from(of_day.count > 0 && span_days(of_day) == 1);
            operations.push(summary(operation, of, redactor));
        }
        operations.sort_by(|a: &OperationSummary, b| a.name.cmp(&b.name));
        let mut notes = self.notes(credential, &operations);
        let (addresses, why_not) = self.addresses(used);
        let binds = self.options.by_address && why_not.is_none();
        let bound = addresses.as_deref().filter(|_| binds).unwrap_or_default();
        let hidden = |name: &str| redactor.text(name) != name;
        let (policy, widened) = Policy::of(credential.provider, &grants, bound, &hidden);
        if self.options.by_address
            && let Some(why) = why_not
            && !policy.is_empty()
        {
            notes.push(Note::NoAddresses(why));
        }
        let limitable = !credential.root && credential.kind != CredentialKind::Federated;
        let widened = if limitable { widened } else { BTreeMap::new() };
        notes.extend(widened.into_iter().map(|(why, actions)| Note::Widened(why, actions)));
        let days = usage.days.count();
        if rare > 0 && days > 1 {
            notes.push(Note::Rare(rare));
        }
        let limit = LIMITS.iter().find(|(of, _)| *of == credential.provider);
        let size = policy_file::size(&policy);
        if let Some(&(_, limit)) = limit.filter(|(_, limit)| size > *limit) {
            notes.push(Note::TooLong { size, limit });
        }
        let attached = self.attached(credential);
        let user_key = (
            credential.provider,
            credential.account.clone(),
            match credential.kind {
                CredentialKind::Root => "root".to_owned(),
                _ if credential.root => "root".to_owned(),
                _ => credential.principal().1.to_owned(),
            },
        );
        let reported = match credential.kind {
            CredentialKind::Role | CredentialKind::Federated => None,
            _ => self.reported.get(&user_key),
        };
        let key = reported.and_then(|user| reported_key(user, &credential.id));
        let is_idle = calls.iter().all(|calls| calls.count == 0);
        if is_idle {
            match key.and_then(|key| key.last_used).filter(|time| self.covers(credential, *time)) {
                Some(time) => notes.push(Note::UsedElsewhere(time)),
                None => notes.push(Note::Idle),
            }
        }
        if attached.as_ref().is_some_and(|attached| attached.denies) {
            notes.push(Note::DenyIgnored);
        }
        let principal = principal(credential);
        if let Some(name) = self.options.attached.boundaries.get(&holder(&principal)) {
            notes.push(Note::Boundary(redactor.text(name).into_owned()));
        }
        let mfa = reported.and_then(|user| user.mfa);
        let circumstances = Circumstances {
            root_key: credential.root && credential.kind == CredentialKind::Key,
            idle: notes.contains(&Note::Idle),
            key_age_days: key.and_then(|key| key.age_days),
            no_mfa: mfa == Some(false)
                && reported.is_some_and(|user| user.root || user.console == Some(true)),
            findings: self.findings(credential),
        };
        let priority = priority(&circumstances, attached.as_ref());
        let limitable = limitable && !policy.is_empty();
        let name = match credential.kind {
            CredentialKind::Key if is_slot(&credential.id) => credential.id.clone(),
            CredentialKind::Key => redactor.key_id(&credential.id).into_owned(),
            _ => redactor.text(&credential.id).into_owned(),
        };
        let user = credential.user.as_deref().map(|user| redactor.text(user).into_owned());
        let account = &credential.account;
        let account = (!account.is_empty()).then(|| redactor.text(account).into_owned());
        Recommendation {
            provider: credential.provider,
            file: policy_file::name(credential, account.as_deref(), user.as_deref(), &name, names),
            account,
            kind: credential.kind,
            name,
            user,
            calls,
            days,
            operations,
            policy: limitable.then_some(policy),
            addresses,
            attached,
            priority,
            key_age_days: circumstances.key_age_days,
            mfa,
            notes,
        }
    }

    /// The attached policies of a credential, compared with what its identity did: policies are
    /// shared by all of its credentials.
    fn attached(&self, credential: &Credential) -> Option<Comparison> {
        let of = &self.options.attached.of;
        let principal = principal(credential);
        let policies =
            of.get(&holder(&principal)).or_else(|| of.get(&Holder::Key(credential.id.clone())))?;
        let nothing = BTreeSet::new();
        let used = self.used.get(&principal).unwrap_or(&nothing);
        let mut comparison = comparison::compare(credential.provider, policies, used);
        let patch = |policy: &AttachedPolicy| {
            let (holders, used) = self.holders.get(policy.document.id.as_str())?;
            comparison::patch(policy, *holders, used)
        };
        comparison.patches = policies.iter().filter_map(patch).collect();
        comparison.redact(self.options.redactor);
        Some(comparison)
    }

    /// Whether the log of a credential's account covers a time.
    fn covers(&self, credential: &Credential, time: Time) -> bool {
        self.log(credential).is_some_and(|log| {
            log.calls.first.is_some_and(|first| first <= time)
                && log.calls.last.is_some_and(|last| time <= last)
        })
    }

    fn log(&self, credential: &Credential) -> Option<&LogCoverage> {
        self.logs.iter().find(|log| {
            log.provider == credential.provider
                && log.account.as_deref().unwrap_or_default() == credential.account
        })
    }

    /// Findings about a credential: those of high or critical severity, and all.
    fn findings(&self, credential: &Credential) -> (usize, usize) {
        let (kind, name) = credential.principal();
        let about = |finding: &&CredentialFinding| match credential.kind {
            CredentialKind::Key => finding
                .key
                .as_deref()
                .is_some_and(|key| key == credential.id || key == mask(&credential.id)),
            _ if kind == CredentialKind::Role => finding.role.as_deref() == Some(name),
            _ => finding.key.is_none() && finding.user.as_deref() == Some(name),
        };
        let all: Vec<&CredentialFinding> = self.options.findings.iter().filter(about).collect();
        (all.iter().filter(|finding| finding.severe).count(), all.len())
    }

    /// The notes that do not depend on the policy.
    fn notes(&self, credential: &Credential, operations: &[OperationSummary]) -> Vec<Note> {
        let mut notes = Vec::new();
        let log = self.log(credential);
        if credential.root {
            notes.push(Note::Root);
        } else if credential.kind == CredentialKind::Federated {
            notes.push(Note::Federated);
        }
        if let Some(log) = log {
            if log.span_days < self.options.min_days {
                notes.push(Note::TooEarly { days: log.span_days, required: self.options.min_days });
            }
            if log.data_events == 0 {
                notes.push(Note::NoDataEvents);
            }
            if log.read_events == 0 {
                notes.push(Note::NoReads);
            }
        }
        if let Some(others) = self.owners.get(&principal(credential)) {
            let redactor = self.options.redactor;
            let shown = |of: &&Credential| match of.kind {
                CredentialKind::Key => redactor.key_id(&of.id).into_owned(),
                _ => format!("{} {}", of.kind.name(), redactor.text(&of.id)),
            };
            let first = others.iter().filter(|of| *of != credential).take(OTHER_CREDENTIALS);
            let first: Vec<String> = first.map(|of| shown(&of)).collect();
            let more = (others.len() - 1).saturating_sub(first.len());
            notes.push(Note::SharedUser { first, more });
        }
        let only = |outcome: CallOutcome| {
            let of = |one: &&OperationSummary| {
                one.calls[outcome as usize].count > 0
                    && one.calls[CallOutcome::Succeeded as usize].count == 0
            };
            operations.iter().filter(of).count()
        };
        let granted = |outcome| self.options.granted.contains(&outcome);
        let refused = only(CallOutcome::Refused);
        if refused > 0 {
            let granted = granted(CallOutcome::Refused);
            notes.push(Note::Refused { operations: refused, granted });
        }
        let failed = only(CallOutcome::Failed);
        if failed > 0 {
            let granted = granted(CallOutcome::Failed);
            notes.push(Note::Failed { operations: failed, granted });
        }
        let unknown: Vec<String> =
            operations.iter().filter(|one| !one.known).map(|one| one.name.clone()).collect();
        if !unknown.is_empty() {
            notes.push(Note::Unknown(unknown));
        }
        notes
    }

    /// The addresses of a credential, and why its policy cannot be bound to them.
    fn addresses(&self, used: &Used) -> (Option<Vec<String>>, Option<&'static str>) {
        let set = &used.usage.addresses;
        let addresses: Vec<String> = set.addresses.iter().map(|ip| (**ip).to_owned()).collect();
        if set.many || addresses.len() > self.options.max_addresses {
            return ((!set.many).then_some(addresses), Some("the calls came from many addresses"));
        }
        let why = match (set.private, addresses.is_empty()) {
            (true, _) => Some("a private address reaches the service only through an endpoint"),
            (_, true) => Some("no call came from an address"),
            _ => None,
        };
        (Some(addresses), why)
    }
}

fn summary(operation: &Operation, of: &OperationUse, redactor: Redactor) -> OperationSummary {
    let mut actions: Vec<String> = Vec::new();
    for (at, requirement) in operation.requirements.iter().enumerate() {
        // A condition is tested only for calls that the policy allows.
        let applied = matches!(of.resources.get(at), Some(Some(_)));
        let action = redactor.text(&requirement.action).into_owned();
        if (applied || requirement.when.is_none()) && !actions.contains(&action) {
            actions.push(action);
        }
    }
    let same_name = match actions.as_slice() {
        [action] => action.replacen(':', ".", 1).eq_ignore_ascii_case(&operation.name),
        _ => false,
    };
    OperationSummary {
        name: redactor.text(&operation.name).into_owned(),
        actions,
        same_name,
        known: operation.known,
        calls: of.calls,
        codes: of.codes.iter().map(|code| redactor.text(code).into_owned()).collect(),
    }
}
