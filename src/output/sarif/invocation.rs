//! How the run went: skipped records, why it is incomplete, and allowlist entries that need
//! attention.

use std::collections::{BTreeMap, BTreeSet};

use super::locations::Locations;
use super::log::{Configuration, Descriptor, DescriptorRef, Invocation, Location, Message};
use super::log::{MultiformatMessage, Notification};
use super::rules;
use super::text::{self, LIMIT};
use crate::output::Style;
use crate::record::FileStatus;
use crate::report::{LedgerEntry, LedgerState, Report, Verdict};

/// The limit of notifications of either sort. The last one counts those that are left out.
const MOST: usize = 1_000;

/// The notes that mean that something was not found or not decided as somebody may expect.
const WARNINGS: [&str; 4] =
    ["blind-rule", "partly-blind-rule", "triage-expired", "triage-reopened"];

/// The description of each kind of notification.
const KINDS: &[(&str, &str)] = &[
    ("artifacts-left-out", "More files were read than are listed."),
    ("blind-rule", "A rule cannot match in a format, because the format lacks a field."),
    ("blind-rules", "Rules are blind, and --strict is given."),
    ("changed-input", "A followed file changed where it was already read."),
    ("declined-input", "A format recognises this file, but it contains no records."),
    ("dropped-rows", "Rows that a watch still needs exceed its memory."),
    ("expected-input", "The project expects a kind of input that was not read."),
    ("expired-allowlist-entry", "An allowlist entry has ended and covers nothing."),
    ("expiring-allowlist-entry", "An allowlist entry is about to end."),
    ("field-gaps", "Records lack fields that their format promises."),
    ("input-note", "A note on an input file; no record was skipped because of it."),
    ("internal-error", "An evaluation failed inside Keytrail."),
    ("lines-are-numbers", "The lines of records that share one are their numbers in the file."),
    ("lost-matches", "Matches in a temporary file could not be read back."),
    ("memory-exceeded", "Matches beyond --memory stayed in memory."),
    ("more-notifications", "There are more notifications than are listed."),
    ("no-records", "No record was found in any input."),
    ("no-rules", "No rule is in force."),
    ("not-an-input", "A file in an input folder is not an audit log."),
    ("not-configured-rule", "A rule cannot match in this configuration."),
    (
        "partly-blind-rule",
        "A part of a rule cannot match in a format, because the format lacks a field.",
    ),
    ("period", "Only matches of a period are reported."),
    ("policy-change", "The policy of the run differs from the built-in one."),
    ("records-changed", "A file changed before the records of findings could be shown."),
    (
        "records-not-shown",
        "Standard input can be read only once, so the records of some findings are not shown.",
    ),
    ("repeated-input", "An input is named more than once; it is read once."),
    ("replaced-input", "A followed file was replaced by another."),
    ("results-left-out", "There are more findings than a service accepts."),
    ("rule-error", "A rule failed on a record."),
    ("rules-left-out", "There are more rules than a service accepts."),
    (
        "rules-not-applicable",
        "Rules are for another kind of record or another cloud than the input.",
    ),
    ("rules-without-input", "Rules need a kind of input that the run does not have."),
    ("samples-limited", "Findings show fewer records than they have."),
    ("short-log", "The log is too short to show the silence that a rule looks for."),
    ("skipped-record", "A record could not be evaluated."),
    ("skipped-records", "More records were skipped than the run tolerates."),
    ("suppressions-ignored", "The service does not read suppressions."),
    ("triage-expired", "A decision about a finding has expired."),
    ("triage-reopened", "A processed finding has a later match."),
    ("triage-unused", "A decision is about no finding of the run."),
    ("unclaimed-input", "No format reads an input file."),
    ("unplaced-matches", "Matches of a rule over time have no time."),
    ("unread-values", "Values of an input file cannot be read."),
    ("unreadable-input", "An input file cannot be read."),
    ("unused-allowlist-entry", "An allowlist entry covered nothing in this run."),
    ("unused-input-entry", "An entry of `inputs` in the project file names no input of the run."),
];

/// A notification whose kind does not have an index yet.
struct Draft {
    kind: &'static str,
    level: &'static str,
    text: String,
    location: Option<Location>,
}

/// The invocation, and the kinds of notification that it uses, sorted by id.
pub(super) fn of(
    report: &Report,
    style: &Style,
    places: &Locations<'_>,
    cuts: &[(&'static str, String)],
) -> (Invocation, Vec<Descriptor>) {
    let execution = capped(execution(report, places, cuts));
    let configuration = capped(configuration(report, places));
    let kinds: BTreeSet<&str> =
        execution.iter().chain(&configuration).map(|draft| draft.kind).collect();
    let indices: BTreeMap<&str, usize> = kinds.iter().copied().zip(0..).collect();
    let listed =
        |drafts: Vec<Draft>| drafts.into_iter().map(|s| notification(s, &indices)).collect();
    let code = if style.exit_zero && report.exit_code() == 1 { 0 } else { report.exit_code() };
    let invocation = Invocation {
        execution_successful: report.verdict != Verdict::Incomplete,
        exit_code: code.into(),
        exit_code_description: match report.verdict {
            Verdict::Clean => "There are no findings.",
            Verdict::Passed => "No finding fails the run.",
            Verdict::Findings => "At least one finding fails the run.",
            Verdict::Incomplete => "Not everything was read and evaluated.",
        },
        tool_execution_notifications: listed(execution),
        tool_configuration_notifications: listed(configuration),
    };
    (invocation, kinds.into_iter().map(descriptor).collect())
}

fn descriptor(kind: &str) -> Descriptor {
    let described = KINDS.iter().find(|(id, _)| *id == kind);
    let words = || format!("{}.", kind.replace('-', " "));
    let about = described.map_or_else(words, |(_, about)| (*about).to_owned());
    Descriptor {
        id: kind.to_owned(),
        name: rules::name(kind),
        short_description: Message::new(about.clone()),
        // GitHub requires both for rules, and its validator requires them for kinds of notification
        // too.
        full_description: Some(Message::new(about.clone())),
        help: Some(MultiformatMessage { text: about.clone(), markdown: about }),
        default_configuration: Configuration { level: "note" },
        ..Descriptor::default()
    }
}

fn notification(draft: Draft, indices: &BTreeMap<&str, usize>) -> Notification {
    Notification {
        descriptor: DescriptorRef {
            id: draft.kind.to_owned(),
            index: indices.get(draft.kind).copied().unwrap_or_default(),
        },
        level: draft.level,
        message: Message::new(draft.text),
        locations: draft.location.map(|location| vec![location]),
    }
}

/// Problems come before mere notes, so that a limit cuts off the notes.
fn execution(
    report: &Report,
    places: &Locations<'_>,
    cuts: &[(&'static str, String)],
) -> Vec<Draft> {
    let facts = &report.facts;
    let mut drafts = Vec::new();
    let mut add = |kind, level, text: &str, location| {
        drafts.push(Draft { kind, level, text: text::sentence(facts, text, LIMIT), location });
    };
    for reason in &report.incomplete {
        add(reason.id, "error", &reason.text, None);
    }
    for (kind, text) in cuts {
        add(kind, "warning", text, None);
    }
    for file in &report.files {
        let account = &file.account;
        for skip in &file.skips {
            let text = format!(
                "The record at line {}, byte {} was skipped ({}): {}",
                skip.line, skip.offset, skip.reason, skip.detail
            );
            let place = places.input_line(account.root, &account.path, skip.line);
            add("skipped-record", "warning", &text, Some(place));
        }
    }
    for note in &report.notes {
        let level = if WARNINGS.contains(&note.id) { "warning" } else { "note" };
        add(note.id, level, &note.text, None);
    }
    for file in &report.files {
        let account = &file.account;
        let place = || Some(places.input_line(account.root, &account.path, 1));
        match &account.status {
            FileStatus::NotAnInput { reason } => add("not-an-input", "note", reason, place()),
            FileStatus::Declined { reason } => add("declined-input", "note", reason, place()),
            // These are reported as reasons for an incomplete run.
            FileStatus::Read | FileStatus::Unclaimed { .. } | FileStatus::Unreadable { .. } => {}
        }
        for note in &account.notes {
            add("input-note", "note", note, place());
        }
    }
    drafts
}

fn configuration(report: &Report, places: &Locations<'_>) -> Vec<Draft> {
    let facts = &report.facts;
    let entry = |kind, level, entry: &LedgerEntry, what: &str| Draft {
        kind,
        level,
        text: text::sentence(
            facts,
            &format!("The allowlist entry {} of {} {what}", entry.id, entry.owner),
            LIMIT,
        ),
        location: places.policy_line(&entry.file, entry.line, false),
    };
    let mut drafts = Vec::new();
    for of in report.ledger.iter().filter(|of| of.state == LedgerState::Expired) {
        let what = format!("ended with {} and covers nothing", of.expires);
        drafts.push(entry("expired-allowlist-entry", "warning", of, &what));
    }
    for of in report.ledger.iter().filter(|of| of.state == LedgerState::Expiring) {
        drafts.push(entry(
            "expiring-allowlist-entry",
            "note",
            of,
            &format!("ends with {}", of.expires),
        ));
    }
    for of in report.ledger.iter().filter(|of| of.is_unused()) {
        drafts.push(entry("unused-allowlist-entry", "note", of, "covered nothing in this run"));
    }
    let changes = &facts.policy_changes;
    for sentence in changes.sentences() {
        let text = match changes.project_files.first() {
            Some(file) => format!("The policy of {file} differs from the built-in one: {sentence}"),
            None => format!("The policy differs from the built-in one: {sentence}"),
        };
        drafts.push(Draft {
            kind: "policy-change",
            level: "note",
            text: text::sentence(facts, &text, LIMIT),
            location: changes
                .project_files
                .first()
                .and_then(|file| places.policy_line(file, 1, false)),
        });
    }
    for rule in &report.rules {
        let Some(reason) = &rule.not_configured else { continue };
        let text = format!("The rule {} is not configured: {reason}", rule.id);
        drafts.push(Draft {
            kind: "not-configured-rule",
            level: "note",
            text: text::sentence(facts, &text, LIMIT),
            location: places.policy_line(&rule.file, rule.line, rule.builtin),
        });
    }
    drafts
}

fn capped(mut drafts: Vec<Draft>) -> Vec<Draft> {
    if drafts.len() > MOST {
        let more = drafts.len() - MOST;
        drafts.truncate(MOST);
        drafts.push(Draft {
            kind: "more-notifications",
            level: "note",
            text: format!("{more} more; the JSON report has all."),
            location: None,
        });
    }
    drafts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_unique() {
        assert!(KINDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
