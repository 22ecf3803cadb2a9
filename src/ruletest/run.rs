//! Runs the tests of a rule.

use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::LazyLock;

use super::environment::TestEnv;
use super::expected::{Observed, differs};
use super::explain::Explanation;
use super::observer::RecordObserver;
use super::records::WrittenRecord;
use super::reports::TestReports;
use super::rows::TestTable;
use super::text::shown_value;
use crate::allow::Allowlist;
use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::engine::{EmitMode, RuleHarness, RunOptions};
use crate::expr::{Bindings, Env, EvalError, Expr};
use crate::finding::{Enricher, Redactor};
use crate::input::opened;
use crate::plan::{Enrichment, Plan};
use crate::record::reference;
use crate::record::{FieldSet, Format, Origin, Outcome as Read, RawRecord, Record, Scratch};
use crate::rule::{self, ConstructKind, Expectation, Overrides, Rule, TestCase};
use crate::source::{Sources, Span, Temporary};
use crate::value::{Period, RecordKind, Time, Value};
use crate::yaml::{self, Node};

/// 2026-01-01T00:00:00Z, the clock of a test that sets none.
const NOW: Time = Time(1_767_225_600_000_000);
/// Fields shown with their values when a test fails.
const SHOWN: usize = 12;

/// The outcome of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The result is as expected.
    Passed,
    /// The result differs, or the test could not be run; with the reasons.
    Failed(Vec<Diagnostic>),
}

/// The result of one test. `keytrail test` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// The rule.
    pub rule: String,
    /// The name of the test.
    pub name: String,
    /// The location of the test.
    pub place: Span,
    /// Its outcome.
    pub outcome: Outcome,
}

impl TestResult {
    /// Whether the test passed.
    pub fn passed(&self) -> bool {
        self.outcome == Outcome::Passed
    }
}

/// The tests of a rule, and what they need.
#[derive(Clone, Copy)]
pub struct RuleTests<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The files of its policy.
    pub sources: &'a Sources,
    /// Its policy.
    pub policy: &'a dyn Env,
    /// The formats that read `raw` records.
    pub formats: &'a [&'static dyn Format],
    /// The allowlist entries for the rule. They apply to tests that expect something of them.
    pub entries: &'a Allowlist,
}

/// Runs every test of a rule, in the order written.
///
/// The rule is loaded from its file without the project's overrides of its parameters. Lists and
/// tables are those of the policy, unless the test defines its own.
pub fn run(tests: RuleTests<'_>) -> Vec<TestResult> {
    let RuleTests { rule, policy, .. } = tests;
    if rule.tests.is_empty() {
        return Vec::new();
    }
    let runner = Runner::new(tests);
    let plain = runner.load(&Overrides::default(), &TestEnv::plain(policy));
    let result = |test: &TestCase| {
        let errors = runner.test(test, &plain).err().unwrap_or_default();
        TestResult {
            rule: rule.id.clone(),
            name: test.name.clone(),
            place: test.node.get("name").map_or(test.node.span, |name| name.span),
            outcome: if errors.is_empty() { Outcome::Passed } else { Outcome::Failed(errors) },
        }
    };
    rule.tests.iter().map(result).collect()
}

/// The clock of a test.
pub(super) fn clock(test: &TestCase) -> Time {
    test.node.get("now").and_then(Node::text).and_then(Time::parse).unwrap_or(NOW)
}

/// The records in the order of the file.
pub(super) fn as_written(records: &[Node]) -> Vec<Node> {
    records.to_vec()
}

/// Runs the tests of one rule file.
#[derive(Clone)]
pub(super) struct Runner<'a> {
    document: Rc<Result<Node, Vec<Diagnostic>>>,
    sources: &'a Sources,
    policy: &'a dyn Env,
    formats: &'a [&'static dyn Format],
    entries: &'a Allowlist,
}

/// The allowlist of a test that expects nothing of entries.
static NO_ENTRIES: LazyLock<Allowlist> = LazyLock::new(Allowlist::default);

impl<'a> Runner<'a> {
    pub(super) fn new(tests: RuleTests<'a>) -> Self {
        let RuleTests { rule, sources, policy, formats, entries } = tests;
        Self {
            document: Rc::new(yaml::parse(rule.id_span.file, sources)),
            sources,
            policy,
            formats,
            entries,
        }
    }

    /// The mapping below `rule` of the file.
    pub(super) fn body(&self) -> Option<&Node> {
        self.document.as_ref().as_ref().ok()?.get("rule")
    }

    /// The same with other allowlist entries.
    pub(super) fn with_entries<'b>(&self, entries: &'b Allowlist) -> Runner<'b>
    where
        'a: 'b,
    {
        Runner { document: Rc::clone(&self.document), entries, ..*self }
    }

    /// The rule with its defaults, and the environment of tests that set nothing.
    pub(super) fn plain(&self) -> Result<(Rule, TestEnv<'a>), Vec<Diagnostic>> {
        let env = TestEnv::plain(self.policy);
        Ok((self.load(&Overrides::default(), &env)?, env))
    }

    /// Loads the rule from its file.
    fn load(&self, overrides: &Overrides, env: &dyn Env) -> Result<Rule, Vec<Diagnostic>> {
        let document = self.document.as_ref().as_ref().map_err(Clone::clone)?;
        let (rule, diagnostics) = rule::load(document, self.sources, overrides, env);
        rule.ok_or_else(|| diagnostics.into_iter().filter(Diagnostic::is_error).collect())
    }

    fn test(
        &self,
        test: &TestCase,
        plain: &Result<Rule, Vec<Diagnostic>>,
    ) -> Result<(), Vec<Diagnostic>> {
        match self.variant(test)? {
            None => {
                let rule = plain.as_ref().map_err(Clone::clone)?;
                self.decide(test, rule, &TestEnv::plain(self.policy))
            }
            Some((rule, env)) => self.decide(test, &rule, &env),
        }
    }

    /// The rule as the test's own parameters, lists, tables and zone make it, if it has any.
    pub(super) fn variant(
        &self,
        test: &TestCase,
    ) -> Result<Option<(Rule, TestEnv<'a>)>, Vec<Diagnostic>> {
        let node = &test.node;
        if ["params", "lists", "tables", "zone"].iter().all(|key| node.get(key).is_none()) {
            return Ok(None);
        }
        let mut errors = Vec::new();
        let env = TestEnv::of(node, self.policy, &mut errors);
        let params =
            node.get("params").map(Node::entries).unwrap_or(&[]).iter().map(|entry| {
                (entry.key.text().to_owned(), (entry.key.span(), entry.value.clone()))
            });
        let overrides = Overrides { params: params.collect(), ..Overrides::default() };
        match self.load(&overrides, &env) {
            Ok(rule) if errors.is_empty() => Ok(Some((rule, env))),
            Ok(_) => Err(errors),
            Err(more) => Err([errors, more].concat()),
        }
    }

    /// Evaluates the test's records, in the order written and in others, and compares the results
    /// with the expectation.
    fn decide(&self, test: &TestCase, rule: &Rule, env: &dyn Env) -> Result<(), Vec<Diagnostic>> {
        let now = clock(test);
        let written = self.evaluate(test, rule, env, now, as_written, None)?;
        if let Some(wrong) = differs(&test.expect, &written) {
            let mut explanation = Explanation::new(rule, now);
            self.evaluate(test, rule, env, now, as_written, Some(&mut explanation))?;
            return Err(vec![explanation.add_to(failed(test, rule, &written, &wrong))]);
        }
        let count = test.node.get("records").map_or(1, |records| records.items().len());
        if count > 1 {
            // The findings of a rule must not depend on the order in which logs are delivered.
            let reversed = |records: &[Node]| records.iter().rev().cloned().collect();
            let turned = |records: &[Node]| {
                let middle = records.len() / 2;
                [&records[middle..], &records[..middle]].concat()
            };
            let orders = [&reversed as &dyn Fn(&[Node]) -> Vec<Node>, &turned];
            // For two records, the rotated order is the same as the reversed one.
            for order in orders.into_iter().take(count - 1) {
                let other = self.evaluate(test, rule, env, now, order, None)?;
                if let Some(wrong) = differs(&test.expect, &other) {
                    let wrong =
                        format!("{wrong}, but only if its records are evaluated in another order");
                    return Err(vec![failed(test, rule, &other, &wrong)]);
                }
            }
        }
        Ok(())
    }

    /// Evaluates the test's records in the given order; `observer` receives each of them.
    pub(super) fn evaluate(
        &self,
        test: &TestCase,
        rule: &Rule,
        env: &dyn Env,
        now: Time,
        order: impl Fn(&[Node]) -> Vec<Node>,
        observer: Option<&mut dyn RecordObserver>,
    ) -> Result<Observed, Vec<Diagnostic>> {
        let enrichment = Enrichment::new(env, reference::fields());
        let allowlist = if test.expect.reads_entries() { self.entries } else { &*NO_ENTRIES };
        let plan = Plan::new(std::slice::from_ref(rule), allowlist, env);
        let options = RunOptions {
            clock: now,
            now: Some(now),
            zone: env.zone().clone(),
            jobs: NonZeroUsize::MIN,
            redactor: Redactor { show_keys: true },
            enricher: Enricher::default(),
            memory: usize::MAX,
            create: Temporary::create,
            emit: EmitMode::Findings,
            records: true,
            samples: crate::engine::SAMPLES_PER_CALL,
            period: Period::default(),
            prefilter: None,
            lineage: false,
        };
        let records = test.node.get("records").map(Node::items);
        let records = records.unwrap_or(std::slice::from_ref(&test.node));
        let reports = TestReports::read(records.iter(), now);
        let mut state = TestRecords {
            rule,
            reports: &reports,
            enrichment: &enrichment,
            now,
            harness: RuleHarness::new(&plan, &options),
            records: 0,
            values: Vec::new(),
            observer,
            sources: self.sources,
            errors: Vec::new(),
        };
        match test.node.get("records") {
            Some(records) => {
                let written = ["event", "cred", "key", "raw"]
                    .iter()
                    .find_map(|key| entry_span(&test.node, key));
                if let Some(span) = written {
                    let message = "a test has either one record or `records`";
                    state.errors.push(
                        Diagnostic::error(&codes::TEST, message).at(span, "beside `records`"),
                    );
                }
                for record in &order(records.items()) {
                    self.record(record, &mut state);
                }
            }
            None => self.record(&test.node, &mut state),
        }
        if state.errors.is_empty() && state.records == 0 {
            let kind = rule.on.name();
            let at = test.node.get("name").map_or(test.node.span, |name| name.span);
            state.errors.push(
                Diagnostic::error(&codes::TEST, format!("the test has no {kind}"))
                    .at(at, format!("the rule is `on: {kind}`")),
            );
        }
        let TestRecords { harness, records, values, mut errors, .. } = state;
        let tried = harness.finish();
        errors.extend(tried.errors.iter().map(|error| unresolved(rule, error, "these records")));
        if tried.unplaced > 0 && errors.is_empty() {
            let at = test.node.get("name").map_or(test.node.span, |name| name.span);
            errors.push(
                Diagnostic::error(&codes::TEST, "a record that matches has no time")
                    .at(at, "the rule uses the time of its matches")
                    .help("give each event a `time`, like `2026-01-01T00:00:00Z`"),
            );
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let count = |findings: usize| findings as u64;
        Ok(Observed {
            findings: count(tried.findings.len()),
            subjects: tried.subjects,
            occurrences: count(tried.findings.iter().map(|of| of.occurrences.len()).sum()),
            uncertain: count(tried.findings.iter().filter(|of| of.uncertain).count()),
            severity: tried.findings.iter().map(|of| of.severity).max(),
            suppressed: count(tried.findings.iter().filter(|of| of.suppression.is_some()).count()),
            entries: tried
                .findings
                .iter()
                .flat_map(|of| of.suppression.iter().flat_map(|of| of.entries.iter().cloned()))
                .collect(),
            messages: tried.findings.iter().map(|of| of.message.clone()).collect(),
            subject_values: tried
                .findings
                .iter()
                .map(|of| {
                    let values = of.subject.iter();
                    values
                        .map(|(_, value)| value.clone().unwrap_or_else(|| "-".to_owned()))
                        .collect()
                })
                .collect(),
            single: records == 1 && !rule.correlates(),
            values,
        })
    }

    /// Evaluates one record: fields written by kind, or a provider's record read by its format.
    fn record(&self, node: &Node, state: &mut TestRecords<'_, '_>) {
        if let Some(raw) = node.get("raw") {
            return self.raw(raw, node, state);
        }
        let now = state.now;
        let mut rows = Vec::new();
        for kind in RecordKind::ALL {
            if let Some(fields) = node.get(kind.name()) {
                rows.push(WrittenRecord::read(kind, fields, now, &mut state.errors));
            }
        }
        let records: Vec<Record<'_>> = rows.iter().map(|row| row.record(now)).collect();
        let enrichment = state.enrichment;
        let filled = |record| enrichment.fill(record).unwrap_or_else(|| Record::borrow(record));
        let records: Vec<Record<'_>> = records.iter().map(filled).collect();
        let of = |kind| records.iter().find(|record| record.kind == kind);
        if of(state.rule.on).is_none() {
            return;
        }
        let (event, cred, key) = (of(RecordKind::Event), of(RecordKind::Cred), of(RecordKind::Key));
        state.evaluate(&Bindings { event, cred, key, ..Bindings::none(now) });
    }

    fn raw(&self, raw: &Node, node: &Node, state: &mut TestRecords<'_, '_>) {
        let names = self.formats.iter().map(|format| format.name());
        let Some(name) = node.get("format").and_then(Node::scalar) else {
            let message = "a `raw` record needs its `format`";
            let at = entry_span(node, "raw").unwrap_or(raw.span);
            state.errors.push(
                Diagnostic::error(&codes::TEST, message)
                    .at(at, "this record")
                    .help(format!("the formats are `{}`", names.collect::<Vec<_>>().join("`, `"))),
            );
            return;
        };
        let Some(format) = self.formats.iter().find(|format| format.name() == name.text()) else {
            let message = format!("there is no format `{}`", escaped(name.text(), 60));
            let help = did_you_mean(name.text(), names.clone()).unwrap_or_else(|| {
                format!("the formats are `{}`", names.collect::<Vec<_>>().join("`, `"))
            });
            state.errors.push(
                Diagnostic::error(&codes::TEST, message)
                    .at(name.span(), "unknown format")
                    .help(help),
            );
            return;
        };
        let table = if format.columns().is_empty() {
            let text = raw.text().map_or_else(|| raw.to_json().to_string(), str::to_owned);
            Some(TestTable { text, origin: Origin::default(), rows: 1 })
        } else {
            TestTable::read(raw, *format, &mut state.errors)
        };
        let Some(TestTable { text, origin, rows }) = table else { return };
        // A JSON record may be pasted with its envelope.
        let batch = opened(&text);
        let first = if format.columns().is_empty() { batch.get(0) } else { None };
        let record = match first {
            Some(Ok(record)) => record,
            _ => RawRecord { rows, ..RawRecord::alone(&text) },
        };
        let needed: FieldSet =
            RecordKind::ALL.into_iter().map(FieldSet::all).fold(FieldSet::EMPTY, FieldSet::union);
        let now = state.now;
        let mapper = format.mapper(&needed, &origin, now);
        let read = mapper.map(&record, &mut Scratch::default(), &mut |rows| {
            let filled = state.enrichment.fill(rows.record);
            let of_record = Bindings::of(filled.as_ref().unwrap_or(rows.record), now);
            if rows.record.kind == state.rule.on {
                state.evaluate(&of_record);
            }
            for key in rows.keys.iter().filter(|key| key.kind == state.rule.on) {
                state.evaluate(&Bindings { key: Some(key), ..of_record });
            }
        });
        let problem = match read {
            Read::Read => return,
            Read::Foreign => "does not recognise this record".to_owned(),
            Read::Skipped(reason, detail) => {
                format!("cannot read this record: {reason}, {}", escaped(&detail, 200))
            }
        };
        state.errors.push(
            Diagnostic::error(&codes::TEST, format!("the format `{}` {problem}", format.name()))
                .at(entry_span(node, "raw").unwrap_or(raw.span), "this record"),
        );
    }
}

/// The state of evaluating a test's records.
struct TestRecords<'r, 'e> {
    rule: &'r Rule,
    reports: &'r TestReports,
    /// Adds what the test's tables contain about a record.
    enrichment: &'r Enrichment,
    now: Time,
    harness: RuleHarness<'r>,
    records: usize,
    /// The fields that the condition read of the last record, with their values.
    values: Vec<String>,
    observer: Option<&'r mut (dyn RecordObserver + 'e)>,
    sources: &'r Sources,
    errors: Vec<Diagnostic>,
}

impl TestRecords<'_, '_> {
    fn evaluate(&mut self, bindings: &Bindings<'_>) {
        self.records += 1;
        self.values = shown(self.rule, bindings);
        let bindings = Bindings { reports: Some(self.reports), ..*bindings };
        if let Some(observer) = &mut self.observer {
            observer.record(&bindings, self.sources);
        }
        let (_, errors) = self.harness.record(&bindings);
        let rule = self.rule;
        self.errors.extend(errors.iter().map(|error| unresolved(rule, error, "this record")));
    }
}

fn unresolved(rule: &Rule, error: &EvalError, of: &str) -> Diagnostic {
    let message = format!(
        "`{}` has no result for {of}: {}",
        part(rule, error.span),
        escaped(&error.message, 200)
    );
    Diagnostic::error(&codes::TEST_FAILED, message).at(error.span, "here")
}

/// The key of the rule under which an expression is written.
fn part(rule: &Rule, at: Span) -> &'static str {
    let within = |expr: &Expr| {
        let span = expr.span();
        span.file == at.file && span.start <= at.start && at.end <= span.end
    };
    if rule.steps.iter().flat_map(|step| &step.by).any(|(_, by)| within(by)) {
        "by"
    } else if rule.raise.iter().any(|raise| within(&raise.when)) {
        "raise"
    } else if within(&rule.message) {
        "message"
    } else if rule.steps.iter().any(|step| within(&step.when)) {
        "when"
    } else if rule.steps.iter().flat_map(|step| &step.relation).any(|of| within(&of.written)) {
        "where"
    } else {
        rule.construct.kind().map_or("", ConstructKind::name)
    }
}

fn failed(test: &TestCase, rule: &Rule, observed: &Observed, wrong: &str) -> Diagnostic {
    let at = test.node.get("expect").map_or(test.node.span, |expect| expect.span);
    let name = escaped(&test.name, 100);
    let label = match test.expect {
        Expectation::Match if observed.single => "expected a match",
        Expectation::None if observed.single => "expected no match",
        Expectation::Match => "expected a finding",
        Expectation::None => "expected no finding",
        Expectation::Counts(_) => "expected these",
    };
    let diagnostic = Diagnostic::error(
        &codes::TEST_FAILED,
        format!("the rule `{}` {wrong} in the test `{name}`", rule.id),
    )
    .at(at, label);
    if observed.values.is_empty() {
        return diagnostic;
    }
    let values = observed.values.join(", ");
    diagnostic.help(match observed.single {
        true => format!("the condition read {values}"),
        false => format!("in the last record it read {values}"),
    })
}

/// The fields that the condition reads, with their values.
fn shown(rule: &Rule, bindings: &Bindings<'_>) -> Vec<String> {
    let of = |kind| match kind {
        RecordKind::Event => bindings.event,
        RecordKind::Cred => bindings.cred,
        RecordKind::Key => bindings.key,
    };
    let fields = rule.condition_fields();
    let values = fields.iter().map(|id| {
        let value = of(id.kind()).map_or(&Value::Missing, |record| record.get(id));
        format!("`{} = {}`", id.field().path(), shown_value(value))
    });
    values.take(SHOWN).collect()
}

fn entry_span(node: &Node, key: &str) -> Option<Span> {
    node.entries().iter().find(|entry| entry.key.text() == key).map(|entry| entry.key.span())
}
