//! Converts recommendations to version 1 of their format.

use super::facts::{RecommendFacts, UNSEEN};
use super::policy::PolicyDocument;
use super::{notes, v1};
use crate::recommend::{self, NoCredential, PatchOperation};

pub(super) fn recommendations<'a>(
    all: &'a recommend::Recommendations,
    facts: &RecommendFacts,
) -> v1::Recommendations<'a> {
    v1::Recommendations {
        schema: v1::SCHEMA,
        version: facts.version,
        show_keys: facts.show_keys,
        complete: all.incomplete.is_empty(),
        incomplete: &all.incomplete,
        min_days: all.min_days,
        logs: all
            .logs
            .iter()
            .map(|log| v1::Log {
                provider: log.provider.name(),
                account: log.account.as_deref(),
                calls: calls(&log.calls),
                span_days: log.span_days,
                days: log.days,
                data_events: log.data_events,
                read_events: log.read_events,
            })
            .collect(),
        credentials: all.credentials.iter().map(credential).collect(),
        unknown_operations: all
            .unknown
            .iter()
            .map(|one| v1::UnknownOperation {
                provider: one.provider.name(),
                name: &one.name,
                calls: one.calls,
            })
            .collect(),
        unread_policies: &all.unread_policies,
        unseen: UNSEEN,
        read: v1::Read {
            files: all.accounting.files_read,
            records: all.accounting.read,
            formats: &all.accounting.formats,
            skipped: &all.accounting.skipped_by_reason,
            operations: all.operations,
            credentials: all.found,
            uncredited: all
                .uncredited
                .iter()
                .map(|(why, count)| (uncredited(*why), *count))
                .collect(),
            outside_period: all.outside,
            without_time: all.untimed,
        },
    }
}

pub(super) fn uncredited(why: NoCredential) -> &'static str {
    match why {
        NoCredential::NotACall => "not-a-call",
        NoCredential::Service => "service",
        NoCredential::Unidentified => "unidentified",
    }
}

fn calls(calls: &recommend::Calls) -> v1::Calls {
    v1::Calls {
        count: calls.count,
        first: calls.first.map(|time| time.to_string()),
        last: calls.last.map(|time| time.to_string()),
    }
}

fn credential(one: &recommend::Recommendation) -> v1::Credential<'_> {
    let [succeeded, refused, failed] = &one.calls;
    v1::Credential {
        provider: one.provider.name(),
        account: one.account.as_deref(),
        kind: one.kind.name(),
        name: &one.name,
        user: one.user.as_deref(),
        too_early: one.is_early(),
        succeeded: calls(succeeded),
        refused: calls(refused),
        failed: calls(failed),
        days: one.days,
        addresses: one.addresses.as_deref(),
        operations: one.operations.iter().map(operation).collect(),
        policy: one.policy.as_ref().map(PolicyDocument::of),
        permission_actions: one.policy.as_ref().and_then(recommend::Policy::permission_actions),
        file: &one.file,
        attached: one.attached.as_ref().map(attached),
        advice: one.priority.advice.map(recommend::Advice::name),
        score: one.priority.score,
        reasons: one
            .priority
            .reasons
            .iter()
            .map(|reason| v1::Reason {
                kind: notes::reason_name(reason),
                points: reason.points(),
                text: notes::reason(reason),
            })
            .collect(),
        key_age_days: one.key_age_days,
        mfa: one.mfa,
        notes: one
            .notes
            .iter()
            .map(|note| v1::Note { kind: notes::name(note), text: notes::text(note) })
            .collect(),
    }
}

fn operation(one: &recommend::OperationSummary) -> v1::Operation<'_> {
    let [succeeded, refused, failed] = &one.calls;
    v1::Operation {
        name: &one.name,
        actions: &one.actions,
        known: one.known,
        succeeded: calls(succeeded),
        refused: calls(refused),
        failed: calls(failed),
        codes: &one.codes,
    }
}

fn attached(of: &recommend::Comparison) -> v1::Attached<'_> {
    v1::Attached {
        policies: &of.policies,
        granted_actions: of.granted,
        used_actions: of.used,
        administrator: of.administrator,
        administrated: of.administrated,
        unused_actions: &of.unused_actions,
        unused_services: &of.unused_services,
        unused_permission_actions: of.unused_permission_actions,
        wildcards: of
            .wildcards
            .iter()
            .map(|one| v1::Wildcard {
                pattern: &one.pattern,
                actions: one.actions,
                used: &one.used,
            })
            .collect(),
        not_granted: &of.not_granted,
        patches: of.patches.iter().map(patch).collect(),
    }
}

pub(super) fn patch(of: &recommend::PolicyPatch) -> v1::Patch<'_> {
    let operations = of.operations.iter().map(|operation| match operation {
        PatchOperation::Replace(path, value) => {
            v1::PatchOperation { op: "replace", path, value: Some(value) }
        }
        PatchOperation::Add(path, value) => {
            v1::PatchOperation { op: "add", path, value: Some(value) }
        }
        PatchOperation::Remove(path) => v1::PatchOperation { op: "remove", path, value: None },
    });
    v1::Patch {
        policy: &of.policy,
        group: of.group.as_deref(),
        holders: of.holders,
        operations: operations.collect(),
    }
}
