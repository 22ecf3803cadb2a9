//! Turns what was collected into recommendations.

use std::collections::{BTreeMap, BTreeSet};

use super::caller::{Credential, CredentialKind};
use super::collect::{Collector, Used};
use super::model::{
    LogCoverage, Note, OperationSummary, Recommendation, Recommendations, UnknownOperation,
    span_days,
};
use super::options::Options;
use super::policy::{Grant, Policy};
use super::policy_file;
use super::requirement::Operation;
use super::usage::{CallOutcome, Calls, OperationUse};
use crate::engine::{FileReport, Folded};
use crate::finding::Redactor;
use crate::record::{FileStatus, Provider};

/// The longest managed policy, in characters without whitespace: AWS's quota of customer managed
/// policies; the length of RAM's and CAM's custom policies.
const LIMITS: [(Provider, usize); 3] =
    [(Provider::Aws, 6_144), (Provider::Alibaba, 6_144), (Provider::Tencent, 6_144)];

pub(super) fn recommendations(folded: Folded<Collector>, options: &Options) -> Recommendations {
    let Folded { state, files, accounting, died } = folded;
    let Collector { operations, credentials, logs, uncredited, outside, untimed, .. } = state;
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
    let found = credentials.len();
    let owners = owners(&credentials);
    let all: Vec<&Credential> = credentials.iter().map(|used| &used.credential).collect();
    let selects = |used: &&Used| options.selection.selects(&used.credential);
    let mut selected: Vec<&Used> = credentials.iter().filter(selects).collect();
    selected.sort_by(|a, b| a.credential.order(&b.credential));
    let builder = Builder { options, operations: &operations, logs: &logs, owners: &owners };
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
    owners: &'b BTreeMap<Principal, Vec<&'b Credential>>,
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
        let name = match credential.kind {
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
            notes,
        }
    }

    /// The notes that do not depend on the policy.
    fn notes(&self, credential: &Credential, operations: &[OperationSummary]) -> Vec<Note> {
        let mut notes = Vec::new();
        let log = self.logs.iter().find(|log| {
            log.provider == credential.provider
                && log.account.as_deref().unwrap_or_default() == credential.account
        });
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
            let shown = |of: &&&Credential| match of.kind {
                CredentialKind::Key => redactor.key_id(&of.id).into_owned(),
                _ => format!("{} {}", of.kind.name(), redactor.text(&of.id)),
            };
            notes.push(Note::SharedUser(
                others.iter().filter(|of| **of != credential).map(|of| shown(&of)).collect(),
            ));
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
