//! Evaluates a rule on rows, one after another.

use std::collections::{BTreeMap, BTreeSet};

use super::clause::{Clause, Score};
use super::explanation::{
    ExplainedCondition, ExplainedEntry, ExplainedFinding, ExplainedRecord, ExplainedValue,
    UnmetTest,
};
use super::missing::{Origins, field_value};
use super::nearest::Nearest;
use super::node::Describe;
use super::options::ExplainOptions;
use super::subject_matches::{Added, SubjectMatches};
use crate::allow::{Allowlist, Selector, Unmet};
use crate::engine::{HarnessResult, RuleHarness};
use crate::expr::Bindings;
use crate::finding::{ConfirmedUsers, Redactor, TypedName};
use crate::plan::{Candidates, ConditionLookup, Plan, Role};
use crate::record::Record;
use crate::rule::{Construct, Judged, Rule, Severity, Step};
use crate::ruletest::shown_value;
use crate::source::Sources;
use crate::value::{RecordKind, Time, Value};

/// Entries that are shown for a match.
const ENTRIES: usize = 5;

/// What an evaluation reads.
#[derive(Clone, Copy)]
pub(super) struct Of<'p> {
    /// The plan of the rule alone.
    pub(super) plan: &'p Plan<'p>,
    pub(super) rule: &'p Rule,
    /// The index of the rule in its policy.
    pub(super) index: usize,
    /// The entries of the policy.
    pub(super) allowlist: &'p Allowlist,
    pub(super) sources: &'p Sources,
    pub(super) options: &'p ExplainOptions,
}

/// One row, with the file that contains it.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) record: &'a Record<'a>,
    pub(super) time: Option<Time>,
    pub(super) place: &'a dyn Fn() -> String,
    pub(super) origins: Origins<'a>,
}

/// Evaluates a rule on rows, and keeps what is shown.
pub(super) struct Evaluator<'p> {
    of: Of<'p>,
    steps: Vec<OfStep>,
    raises: Vec<(Severity, Clause)>,
    harness: RuleHarness<'p>,
    candidates: Candidates,
    matches: SubjectMatches<'p>,
    pub(super) confirmed_users: ConfirmedUsers,
    pub(super) evaluated: u64,
}

struct OfStep {
    clause: Clause,
    holds: u64,
    matches: Vec<ExplainedRecord>,
    /// The findings whose matches are shown.
    shown: BTreeSet<String>,
    misses: Nearest,
}

/// What is known after all rows.
pub(super) struct Evaluated<'p> {
    pub(super) conditions: Vec<ExplainedCondition>,
    pub(super) findings: Vec<ExplainedFinding>,
    pub(super) matches: SubjectMatches<'p>,
}

impl<'p> Evaluator<'p> {
    pub(super) fn new(of: Of<'p>, harness: RuleHarness<'p>) -> Self {
        let step = |step: &Step| OfStep {
            clause: Clause::of(step.when.ir()),
            holds: 0,
            matches: Vec::new(),
            shown: BTreeSet::new(),
            misses: Nearest::new(of.options.misses),
        };
        let by_match = of.rule.raise.iter().filter(|raise| raise.judged == Judged::Match);
        let raises = by_match.map(|raise| (raise.to, Clause::of(raise.when.ir())));
        Self {
            of,
            steps: of.rule.steps.iter().map(step).collect(),
            raises: raises.collect(),
            harness,
            candidates: Candidates::default(),
            matches: SubjectMatches::new(of.rule, of.options.redactor, of.options.clock),
            confirmed_users: ConfirmedUsers::default(),
            evaluated: 0,
        }
    }

    /// Evaluates the rule on a row.
    pub(super) fn row(&mut self, row: Row<'_>) {
        self.evaluated += 1;
        let bindings = row.origins.bindings;
        // Failed evaluations are shown with the record.
        let _ = self.harness.record(bindings);
        let Self { of, steps, raises, harness, candidates, matches, confirmed_users, .. } = self;
        let Of { plan, rule, sources, options, .. } = *of;
        let typed = confirmed_users.typed(row.record);
        let describe = Describe {
            sources,
            origins: row.origins,
            redactor: options.redactor,
            typed: typed.as_ref(),
        };
        plan.candidates(row.record, candidates);
        let added = Added { bindings, time: row.time, place: row.place, reported: true };
        for (index, (written, step)) in rule.steps.iter().zip(steps).enumerate() {
            let score = step.clause.score(bindings, true);
            let looked_up = proposes(plan, candidates, index);
            let record = |score: Score| ExplainedRecord {
                place: (row.place)(),
                finding: None,
                time: row.time,
                met: score.met,
                unmet: score.unmet,
                looked_up,
                condition: describe.condition(&step.clause),
                raises: Vec::new(),
                entries: Vec::new(),
                entry_count: 0,
            };
            if score.holds != Some(true) {
                step.misses.add(score, looked_up, || record(score));
                continue;
            }
            step.holds += 1;
            // The finding that the match is shown for, if findings are explained.
            let finding = options.findings.as_ref().map(|findings| {
                let mut of = harness.fingerprints(rule, index).into_iter();
                of.find(|of| findings.contains(of))
            });
            let reported = finding.as_ref().is_none_or(Option::is_some);
            matches.add(index, written, Added { reported, ..added });
            let finding = finding.map(|of| of.filter(|of| step.shown.insert(of.clone())));
            if step.matches.len() < options.matches && finding.as_ref() != Some(&None) {
                let raised = raises.iter();
                let raises = raised.map(|(to, clause)| (*to, describe.condition(clause)));
                let (entry_count, entries) = of.entries(bindings, typed.as_ref());
                step.matches.push(ExplainedRecord {
                    finding: finding.flatten(),
                    raises: raises.collect(),
                    entries,
                    entry_count,
                    ..record(score)
                });
            }
        }
        if let (Construct::FirstSeen(first_seen), Some(step)) =
            (&rule.construct, rule.steps.first())
            && first_seen.among.test(bindings) == Ok(true)
        {
            matches.observe(step, added);
        }
    }

    pub(super) fn finish(self) -> Evaluated<'p> {
        let Self { of, steps, harness, matches, confirmed_users, .. } = self;
        let HarnessResult { findings, .. } = harness.finish();
        let lookups = ConditionLookup::of_rule(of.rule);
        let conditions = of.rule.steps.iter().zip(steps).enumerate();
        let conditions = conditions.map(|(index, (step, seen))| ExplainedCondition {
            name: step.id.clone(),
            lookup: lookups.get(index).map_or(String::new(), |(_, lookup)| lookup.to_string()),
            holds: seen.holds,
            matches: seen.matches,
            misses: seen.misses.into_records(),
        });
        // The harness reports each occurrence on its own, with the message of its record.
        let mut merged: BTreeMap<String, ExplainedFinding> = BTreeMap::new();
        for mut occurrence in findings {
            confirmed_users.conceal(&mut occurrence);
            let message = || of.options.redactor.message(&occurrence.message);
            let suppressed_by = occurrence.suppression.map(|by| by.entries).unwrap_or_default();
            let finding =
                merged.entry(occurrence.fingerprint).or_insert_with(|| ExplainedFinding {
                    severity: occurrence.severity,
                    message: message(),
                    occurrences: 0,
                    uncertain: true,
                    suppressed_by: suppressed_by.clone(),
                });
            finding.occurrences += 1;
            finding.severity = finding.severity.max(occurrence.severity);
            finding.uncertain &= occurrence.uncertain;
            // A finding counts if one of its occurrences does.
            if suppressed_by.is_empty() {
                finding.suppressed_by.clear();
            } else if !finding.suppressed_by.is_empty() {
                finding.suppressed_by.extend(suppressed_by);
                finding.suppressed_by.sort();
                finding.suppressed_by.dedup();
            }
        }
        Evaluated {
            conditions: conditions.collect(),
            findings: merged.into_values().collect(),
            matches,
        }
    }
}

impl Of<'_> {
    /// The number of entries that name the rule, and those that cover a match or fail at one test.
    fn entries(
        &self,
        bindings: &Bindings<'_>,
        typed: Option<&TypedName>,
    ) -> (usize, Vec<ExplainedEntry>) {
        let (kind, options) = (self.rule.on, self.options);
        let named = |entry: &&crate::allow::AllowlistEntry| entry.rules.contains(&self.index);
        let named = self.allowlist.entries.iter().filter(named);
        let guarded = self.allowlist.guarding(self.index, kind, bindings).is_some();
        let tested = named.clone().map(|entry| {
            let unmet = entry.unmet(kind, bindings, options.clock);
            let guard = guarded.then_some(UnmetTest { name: "guards", values: Vec::new() });
            let unmet = unmet.into_iter().map(|unmet| UnmetTest {
                name: match unmet {
                    Unmet::Expired => "expires",
                    Unmet::Selector(selector) => selector.name(),
                    Unmet::When => "when",
                },
                values: match unmet {
                    Unmet::Selector(selector) => {
                        selected(selector, kind, bindings, options.redactor, typed)
                    }
                    Unmet::Expired | Unmet::When => Vec::new(),
                },
            });
            ExplainedEntry { id: entry.id.clone(), unmet: guard.into_iter().chain(unmet).collect() }
        });
        let mut near: Vec<ExplainedEntry> = tested.filter(|of| of.unmet.len() < 2).collect();
        near.sort_by_key(|of| of.unmet.len());
        near.truncate(ENTRIES);
        (named.count(), near)
    }
}

/// The values of a record that a selector reads.
fn selected(
    selector: Selector,
    kind: RecordKind,
    bindings: &Bindings<'_>,
    redactor: Redactor,
    typed: Option<&TypedName>,
) -> Vec<ExplainedValue> {
    let fields = selector.fields(kind).iter();
    let value = fields.map(|field| {
        let value = redactor.field(*field, field_value(bindings, *field));
        let value = match typed {
            Some(name) => name.conceal(value),
            None => value,
        };
        let text = match value {
            Value::List(items) => format!("{} items", items.len()),
            value => shown_value(&value),
        };
        ExplainedValue { text: field.field().path(), value: text, missing: None }
    });
    value.collect()
}

/// Whether the index proposes a step of the rule for the record.
fn proposes(plan: &Plan<'_>, candidates: &Candidates, step: usize) -> bool {
    candidates.conditions().any(|number| {
        let condition = plan.conditions.get(number as usize);
        condition.is_some_and(|of| usize::from(of.step) == step && of.role != Role::Among)
    })
}
