//! The audit of an allowlist.

use std::io;

use super::coverage::EntryCoverage;
use super::decided::{Decided, Decider};
use super::options::AuditOptions;
use super::problem::{Problem, ProblemKind};
use super::tighten::{Tightened, tighten};
use super::visitor::{AuditVisitor, State};
use crate::allow::{AllowlistEntry, EntryState};
use crate::config::Policy;
use crate::diag::did_you_mean;
use crate::engine::{Credentials, StoredReports};
use crate::inspect::{Clock, WithStoredReports, walk};
use crate::plan::Plan;
use crate::record::Inputs;
use crate::review::patch::unified;
use crate::review::rule_rows::RuleRows;
use crate::review::written_entry::{WrittenEntry, written};
use crate::rule::Severity;
use crate::source::Sources;
use crate::value::RecordKind;

/// The audit of an allowlist. `output::audit` writes it.
#[derive(Debug)]
pub struct Audit {
    /// The entries, sorted by id.
    pub entries: Vec<AuditedEntry>,
    /// What was read; `None` without a corpus.
    pub corpus: Option<Corpus>,
}

/// What was read of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corpus {
    /// The records on which rules were evaluated.
    pub evaluated: u64,
    /// The matches of rules that entries name.
    pub matches: u64,
    /// The records that could not be read.
    pub skipped: u64,
    /// The evaluations that failed.
    pub failed: u64,
    /// Whether everything could be read and evaluated, and there was a record.
    pub complete: bool,
}

/// An entry with its problems and what it covers.
#[derive(Debug)]
pub struct AuditedEntry {
    /// Its id.
    pub id: String,
    /// Its file.
    pub file: String,
    /// The line of its id.
    pub line: usize,
    /// Who is responsible for it.
    pub owner: String,
    /// The last valid day, or `never`.
    pub expires: String,
    /// What is wrong with it, by kind.
    pub problems: Vec<Problem>,
    /// What it covers in the corpus; `None` without one.
    pub coverage: Option<EntryCoverage>,
    /// The matches by the id of their rule.
    pub rules: Vec<(String, u64)>,
    /// The matches by severity, the highest first.
    pub severities: Vec<(Severity, u64)>,
    /// The tightest entry that covers the same; `None` if there is none that is tighter.
    pub tightened: Option<Tightened>,
}

impl Audit {
    /// The number of problems.
    pub fn problems(&self) -> usize {
        self.entries.iter().map(|entry| entry.problems.len()).sum()
    }

    /// The tightened entries as a unified diff over their files.
    pub fn patch(&self, sources: &Sources) -> String {
        let mut text = String::new();
        for (_, file) in sources.iter() {
            let of_file = self.entries.iter().filter(|entry| entry.file == file.name);
            let edits: Vec<_> = of_file
                .filter_map(|entry| entry.tightened.as_ref())
                .flat_map(|tightened| tightened.edits.clone())
                .collect();
            text.push_str(&unified(&file.name, &file.text, &edits));
        }
        text
    }
}

/// Audits the allowlist of a policy, with a corpus if there is one: its inputs and their roots.
///
/// # Errors
///
/// If the inputs cannot be walked.
pub fn audit(
    policy: &Policy,
    corpus: Option<(&dyn Inputs, &[String])>,
    options: &AuditOptions,
) -> io::Result<Audit> {
    let entries = &policy.allowlist.entries;
    let written = written(policy);
    let decider = Decider::new(policy);
    let covered =
        corpus.map(|(inputs, roots)| cover(policy, inputs, roots, options)).transpose()?;
    let (mut coverage, corpus) = match covered {
        Some((coverage, corpus)) => (Some(coverage.into_iter()), Some(corpus)),
        None => (None, None),
    };
    let audited = |(index, entry): (usize, &AllowlistEntry)| {
        let of = coverage.as_mut().map(|coverage| coverage.next().unwrap_or_default());
        let own = written.get(entry.id.as_str());
        let judged = Judged { entry, own, decided: decider.decide(index), policy, options };
        let rule_id = |(rule, count): (&usize, &u64)| {
            policy.rules.get(*rule).map(|rule| (rule.id.clone(), *count))
        };
        let file = policy.sources.file(entry.span.file);
        AuditedEntry {
            id: entry.id.clone(),
            file: file.name.clone(),
            line: file.line_col(entry.span.start).0,
            owner: entry.owner.clone(),
            expires: entry.expires.clone(),
            problems: judged.problems(of.as_ref()),
            rules: of.iter().flat_map(|of| of.rules.iter().filter_map(rule_id)).collect(),
            severities: of
                .iter()
                .flat_map(|of| of.severities.iter().rev().map(|(severity, n)| (*severity, *n)))
                .collect(),
            tightened: own
                .zip(of.as_ref())
                .and_then(|(own, of)| tighten(own, of, policy, options.redactor.show_keys)),
            coverage: of,
        }
    };
    Ok(Audit { entries: entries.iter().enumerate().map(audited).collect(), corpus })
}

/// What each entry covers in a corpus.
fn cover(
    policy: &Policy,
    inputs: &dyn Inputs,
    roots: &[String],
    options: &AuditOptions,
) -> io::Result<(Vec<EntryCoverage>, Corpus)> {
    let entries = &policy.allowlist.entries;
    let plan = Plan::new(&policy.rules, &policy.allowlist, policy);
    let mut named = vec![false; policy.rules.len()];
    for &rule in entries.iter().flat_map(|entry| entry.rules.iter()) {
        if let Some(named) = named.get_mut(rule) {
            *named = true;
        }
    }
    let of_reports = policy.rules.iter().zip(&named);
    let of_reports =
        of_reports.filter(|(_, named)| **named).any(|(rule, _)| rule.on != RecordKind::Event);
    let joined = !plan.joined_fields().is_empty();
    let stored = (of_reports || joined).then(|| StoredReports::read(inputs));
    let credentials = stored.as_ref().map(|stored| Credentials::new(stored, joined));
    let mut visitor = AuditVisitor {
        plan: &plan,
        rows: RuleRows::new(&plan, credentials.as_ref(), (options.now, options.clock)),
        clock: options.clock,
        coverage: entries.iter().map(|_| EntryCoverage::default()).collect(),
        named,
        state: State::default(),
    };
    let inputs = WithStoredReports { inputs, stored: stored.as_ref() };
    let clock = Clock { now: options.now, clock: options.clock };
    let complete = walk(&inputs, roots, clock, &mut visitor)?;
    let AuditVisitor { coverage, state, .. } = visitor;
    let State { evaluated, matches, failed, skipped, .. } = state;
    let complete = complete && failed == 0;
    Ok((coverage, Corpus { evaluated, matches, skipped, failed, complete }))
}

/// An entry, and what is certain about it.
struct Judged<'a> {
    entry: &'a AllowlistEntry,
    own: Option<&'a WrittenEntry>,
    decided: Decided,
    policy: &'a Policy,
    options: &'a AuditOptions,
}

impl Judged<'_> {
    fn problems(&self, coverage: Option<&EntryCoverage>) -> Vec<Problem> {
        let state = self.entry.state(self.options.clock);
        let mut found: Vec<Problem> =
            self.entry.unknown_rules.iter().map(|(name, _)| self.unknown(name)).collect();
        found.extend(self.expiry(state));
        if state != EntryState::Expired {
            found.extend(self.useless());
        }
        let broad = self.broad();
        // Whoever meets the rule meets a broad entry.
        if broad.is_none() && self.entry.trusts_the_caller() && self.reads_events() {
            found.push(problem(
                ProblemKind::CallerChosen,
                "the caller chooses everything that the entry tests",
                "add `ip`, `ak`, `user` or `account`, so that the entry identifies the caller",
            ));
        }
        found.extend(broad);
        found.sort_by_key(|problem| problem.kind);
        let useless = [ProblemKind::UnknownRule, ProblemKind::Expired, ProblemKind::NeverMatches];
        let explained = found.iter().any(|problem| useless.contains(&problem.kind));
        if coverage.is_some_and(|of| of.matches == 0) && !explained {
            found.push(problem(
                ProblemKind::Unused,
                "the entry covered nothing in the corpus",
                "delete it, unless the corpus is too short to contain what it is for",
            ));
        }
        found
    }

    fn unknown(&self, name: &str) -> Problem {
        let candidates = self.policy.rules.iter().map(|rule| rule.id.as_str());
        let help =
            did_you_mean(name, candidates.chain(self.policy.disabled.iter().map(String::as_str)));
        Problem {
            kind: ProblemKind::UnknownRule,
            text: format!("no rule has the id `{name}`"),
            help: help.unwrap_or_else(|| "`keytrail rules` lists every rule".to_owned()),
        }
    }

    fn expiry(&self, state: EntryState) -> Option<Problem> {
        let AllowlistEntry { expires, owner, .. } = self.entry;
        let ask = format!("ask {owner} whether it is still approved");
        match state {
            EntryState::Expired => Some(problem(
                ProblemKind::Expired,
                format!("the entry expired after {expires} and covers nothing"),
                format!("delete it, or {ask}"),
            )),
            EntryState::Expiring => {
                Some(problem(ProblemKind::Expiring, format!("the entry ends after {expires}"), ask))
            }
            EntryState::InForce => None,
        }
    }

    /// Why the entry has no effect of its own, if that is certain.
    fn useless(&self) -> Option<Problem> {
        let rules_off = self.entry.rules.is_empty() && self.entry.unknown_rules.is_empty();
        let Decided { never, guarded, shadowed_by, .. } = &self.decided;
        if self.entry.inapplicable {
            return Some(problem(
                ProblemKind::NeverMatches,
                "the records of its rules do not have the fields that the entry selects by",
                "select by other fields, or name other rules",
            ));
        }
        if rules_off {
            return Some(problem(
                ProblemKind::NeverMatches,
                "every rule that the entry names is turned off",
                "delete the entry, or turn a rule on",
            ));
        }
        if *never && !self.entry.rules.is_empty() {
            return Some(problem(
                ProblemKind::NeverMatches,
                "no match of its rules can meet the entry",
                "compare `match` and `when` with the conditions of the rules, which exclude each other",
            ));
        }
        if *guarded {
            return Some(problem(
                ProblemKind::NeverMatches,
                "guards of the project file forbid to cover every match of its rules",
                "delete the entry, or let it name other rules",
            ));
        }
        shadowed_by.as_ref().map(|other| {
            problem(
                ProblemKind::Shadowed,
                format!("the entry `{other}` covers everything that this entry covers"),
                format!("delete this entry, or tighten `{other}`"),
            )
        })
    }

    fn broad(&self) -> Option<Problem> {
        let confirmed = self.own.is_some_and(|own| own.broad);
        if self.entry.covers_everything {
            let said = if confirmed { ", and says so with `broad: true`" } else { "" };
            return Some(problem(
                ProblemKind::Broad,
                format!("the entry names every rule or selects every call{said}"),
                "name the rules and select the calls that are meant",
            ));
        }
        let whole = &self.decided.whole_rules;
        let [first, rest @ ..] = &whole[..] else { return None };
        let more = match rest.len() {
            0 => String::new(),
            1 => " and 1 more rule".to_owned(),
            more => format!(" and {more} more rules"),
        };
        Some(problem(
            ProblemKind::Broad,
            format!("the entry covers every match of `{first}`{more}"),
            "add selectors, or turn the rule off in the project file, where reports state it",
        ))
    }

    fn reads_events(&self) -> bool {
        let mut rules = self.entry.rules.iter().filter_map(|&rule| self.policy.rules.get(rule));
        rules.any(|rule| rule.on == RecordKind::Event)
    }
}

fn problem(kind: ProblemKind, text: impl Into<String>, help: impl Into<String>) -> Problem {
    Problem { kind, text: text.into(), help: help.into() }
}
