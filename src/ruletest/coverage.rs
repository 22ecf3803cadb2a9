//! Which parts of rules their tests exercise.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::explain::Explanation;
use super::observer::RecordObserver;
use super::run::{RuleTests, Runner, as_written, clock};
use super::text::one_line;
use crate::allow::{Allowlist, EntryState};
use crate::expr::ir::{Ir, NodeId, Op};
use crate::expr::{Bindings, EvalError, Expr, Trace};
use crate::rule::{Construct, Judged, Rule};
use crate::source::{Sources, Span};
use crate::value::{Time, Type, Value};
use crate::yaml::Node;

/// The kind of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartKind {
    /// A condition that is not made of others by `&&`, `||` or `!`.
    Condition,
    /// An item of a list that a condition searches.
    Item,
    /// An arm of `raise`.
    Raise,
    /// A parameter.
    Parameter,
    /// A selector of an allowlist entry.
    Selector,
}

impl PartKind {
    /// Every kind, in the order of reports.
    pub const ALL: [PartKind; 5] = [
        PartKind::Condition,
        PartKind::Item,
        PartKind::Raise,
        PartKind::Parameter,
        PartKind::Selector,
    ];

    /// Its name in the plural.
    pub fn plural(self) -> &'static str {
        match self {
            PartKind::Condition => "conditions",
            PartKind::Item => "list items",
            PartKind::Raise => "raise arms",
            PartKind::Parameter => "parameters",
            PartKind::Selector => "allowlist selectors",
        }
    }
}

/// What no test does with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The condition is false in every test.
    NeverTrue,
    /// The condition is true in every test.
    NeverFalse,
    /// No test evaluates the condition.
    NeverEvaluated,
    /// No record has the item.
    NeverFound,
    /// No test reaches the severity of the arm.
    NeverRaised,
    /// No test sets the parameter.
    NeverSet,
    /// No match of a test that expects something of the allowlist meets the selector.
    NeverMet,
}

impl Gap {
    /// As words.
    pub fn words(self) -> &'static str {
        match self {
            Gap::NeverTrue => "never true",
            Gap::NeverFalse => "never false",
            Gap::NeverEvaluated => "never evaluated",
            Gap::NeverFound => "never found",
            Gap::NeverRaised => "never raised",
            Gap::NeverSet => "never set",
            Gap::NeverMet => "never met",
        }
    }
}

/// A part that no test exercises completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// Its kind.
    pub kind: PartKind,
    /// Where it is written.
    pub span: Span,
    /// Its text on one line.
    pub text: String,
    /// What no test does.
    pub gap: Gap,
}

/// The parts of rules, and which of them tests exercise.
#[derive(Debug, Default)]
pub struct Coverage {
    parts: BTreeMap<(PartKind, Span, String), Exercised>,
}

/// What tests do with a part. A part that is no condition is only ever true: found, raised or set.
#[derive(Debug, Default, Clone, Copy)]
struct Exercised {
    is_true: bool,
    is_false: bool,
}

impl Coverage {
    /// Adds the parts of a rule, and runs its tests. A part that several rules share, such as a
    /// definition, is exercised if the tests of one of them exercise it.
    pub fn add(&mut self, tests: RuleTests<'_>) {
        let RuleTests { rule, sources, entries, .. } = tests;
        let runner = Runner::new(tests);
        // A rule that does not load was reported when the policy was loaded.
        let Ok((plain, env)) = runner.plain() else { return };
        self.declare(&plain, sources);
        let set: BTreeSet<&str> = rule
            .tests
            .iter()
            .filter_map(|test| test.node.get("params"))
            .flat_map(Node::entries)
            .map(|entry| entry.key.text())
            .collect();
        for parameter in &plain.parameters {
            let exercised = self
                .parts
                .entry((PartKind::Parameter, parameter.span, parameter.name.clone()))
                .or_default();
            exercised.is_true |= set.contains(parameter.name.as_str());
        }
        for test in &rule.tests {
            let variant = runner.variant(test).ok().flatten();
            let (rule, env) = variant.as_ref().map_or((&plain, &env), |(rule, env)| (rule, env));
            self.declare(rule, sources);
            let now = clock(test);
            let entries = test.expect.reads_entries().then_some(entries);
            let explanation = Explanation::new(rule, now);
            let mut probe = Probe { coverage: self, rule, entries, now, explanation };
            // A test that cannot be run is reported as a failed test.
            let _ = runner.evaluate(test, rule, env, now, as_written, Some(&mut probe));
            let windows = probe.explanation.windows();
            for measures in &windows {
                self.measured(rule, measures, now, sources);
            }
        }
    }

    /// Adds the selectors of the entries that name one of these rules as not exercised.
    pub fn add_entries(&mut self, allowlist: &Allowlist, rules: &[usize], sources: &Sources) {
        for entry in rules.iter().flat_map(|&rule| allowlist.of_rule(rule)) {
            for &place in entry.selector_places() {
                self.parts.entry(selector(place, sources)).or_default();
            }
        }
    }

    /// Adds the parts of a rule as not exercised.
    fn declare(&mut self, rule: &Rule, sources: &Sources) {
        for expr in conditions(rule) {
            for atom in atoms(expr.ir()) {
                self.parts.entry(condition(atom, sources)).or_default();
            }
            expr.ir().walk(&mut |node| {
                for (item, _) in items(node) {
                    self.parts.entry(item).or_default();
                }
            });
        }
        for raise in rule.raise.iter().filter(|raise| is_evaluated(rule, raise.judged)) {
            self.parts.entry(arm(&raise.when, sources)).or_default();
        }
    }

    /// Evaluates a condition, and notes what it exercises. Returns its result.
    fn observe(&mut self, expr: &Expr, bindings: &Bindings<'_>, sources: &Sources) -> bool {
        let node_values = NodeValues::default();
        let holds = expr.trace(bindings, &node_values).ok().and_then(|value| value.as_bool());
        let values = node_values.values.into_inner();
        for atom in atoms(expr.ir()) {
            let truths = values.iter().filter(|(id, _)| *id == atom.id);
            let exercised = self.parts.entry(condition(atom, sources)).or_default();
            for (_, value) in truths {
                // A missing value is not true.
                let is_true = value.as_bool() == Some(true);
                exercised.is_true |= is_true;
                exercised.is_false |= !is_true;
            }
        }
        expr.ir().walk(&mut |node| {
            let (Op::InSet(operand, _) | Op::InList(operand, _)) = &node.op else { return };
            for (_, value) in values.iter().filter(|(id, _)| *id == operand.id) {
                for (item, written) in items(node) {
                    if written.is(value) {
                        self.parts.entry(item).or_default().is_true = true;
                    }
                }
            }
        });
        holds == Some(true)
    }

    /// Notes which selectors a match meets.
    fn covered(
        &mut self,
        rule: &Rule,
        entries: Option<&Allowlist>,
        (bindings, now): (&Bindings<'_>, Time),
        sources: &Sources,
    ) {
        for entry in entries.map(|entries| entries.of_rule(0)).into_iter().flatten() {
            if entry.state(now) != EntryState::Expired {
                for place in entry.met(rule.on, bindings) {
                    self.parts.entry(selector(place, sources)).or_default().is_true = true;
                }
            }
        }
    }

    /// Evaluates the conditions over measures.
    fn measured(&mut self, rule: &Rule, measures: &[Value<'static>], now: Time, sources: &Sources) {
        let Construct::Correlate(correlate) = &rule.construct else { return };
        let measures: Vec<Value<'_>> = measures.iter().map(Value::borrow).collect();
        let bindings = Bindings { measures: &measures, ..Bindings::none(now) };
        if !self.observe(&correlate.having, &bindings, sources) {
            return;
        }
        for raise in rule.raise.iter().filter(|raise| raise.judged != Judged::Match) {
            let holds = self.observe(&raise.when, &bindings, sources);
            self.parts.entry(arm(&raise.when, sources)).or_default().is_true |= holds;
        }
    }

    /// The number of parts of a kind, and how many of them tests exercise. A condition counts as
    /// two: that it is true, and that it is false.
    pub fn count(&self, kind: PartKind) -> (usize, usize) {
        let of_kind = self.parts.iter().filter(|((of, ..), _)| *of == kind);
        of_kind.fold((0, 0), |(all, exercised), (_, part)| match kind {
            PartKind::Condition => {
                (all + 2, exercised + usize::from(part.is_true) + usize::from(part.is_false))
            }
            _ => (all + 1, exercised + usize::from(part.is_true)),
        })
    }

    /// The parts that tests do not exercise, in the order of kinds, files and places.
    pub fn uncovered(&self) -> Vec<Uncovered> {
        let gap = |kind, exercised: &Exercised| match (kind, exercised.is_true, exercised.is_false)
        {
            (PartKind::Condition, false, false) => Some(Gap::NeverEvaluated),
            (PartKind::Condition, false, true) => Some(Gap::NeverTrue),
            (PartKind::Condition, true, false) => Some(Gap::NeverFalse),
            (PartKind::Item, false, _) => Some(Gap::NeverFound),
            (PartKind::Raise, false, _) => Some(Gap::NeverRaised),
            (PartKind::Parameter, false, _) => Some(Gap::NeverSet),
            (PartKind::Selector, false, _) => Some(Gap::NeverMet),
            _ => None,
        };
        let parts = self.parts.iter();
        parts
            .filter_map(|((kind, span, text), exercised)| {
                let gap = gap(*kind, exercised)?;
                Some(Uncovered { kind: *kind, span: *span, text: text.clone(), gap })
            })
            .collect()
    }
}

/// The conditions of a rule that coverage evaluates. Conditions over the steps of a sequence are
/// left out: the records that decide them are known only to the search for the sequence.
fn conditions(rule: &Rule) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = rule.steps.iter().map(|step| &step.when).collect();
    match &rule.construct {
        Construct::Correlate(correlate) => all.push(&correlate.having),
        Construct::FirstSeen(first_seen) => all.push(&first_seen.among),
        Construct::Plain | Construct::Sequence(_) | Construct::AfterSilence(_) => {}
    }
    let raise = rule.raise.iter().filter(|raise| is_evaluated(rule, raise.judged));
    all.extend(raise.map(|raise| &raise.when));
    all
}

fn is_evaluated(rule: &Rule, judged: Judged) -> bool {
    judged == Judged::Match || matches!(rule.construct, Construct::Correlate(_))
}

/// The conditions that `&&`, `||`, `!` and `if` combine to a condition.
fn atoms(ir: &Ir) -> Vec<&Ir> {
    let mut found = Vec::new();
    collect(ir, &mut found);
    found
}

fn collect<'i>(ir: &'i Ir, out: &mut Vec<&'i Ir>) {
    match &ir.op {
        Op::And(parts) | Op::Or(parts) => parts.iter().for_each(|part| collect(part, out)),
        Op::Not(part) => collect(part, out),
        Op::If(parts) => {
            collect(&parts.0, out);
            collect(&parts.1, out);
            parts.2.iter().for_each(|part| collect(part, out));
        }
        Op::Const(_) => {}
        _ if ir.ty == Type::Bool => {
            out.push(ir);
            ir.children().into_iter().for_each(|part| collect_nested(part, out));
        }
        _ => {}
    }
}

/// The conditions inside of an operand: those of closures and of `if`.
fn collect_nested<'i>(ir: &'i Ir, out: &mut Vec<&'i Ir>) {
    match &ir.op {
        Op::If(_) | Op::And(_) | Op::Or(_) | Op::Not(_) => collect(ir, out),
        Op::Compare(..) | Op::InSet(..) | Op::InList(..) | Op::InRange(..) | Op::In(..) => {
            collect(ir, out);
        }
        _ => ir.children().into_iter().for_each(|part| collect_nested(part, out)),
    }
}

type Key = (PartKind, Span, String);

fn condition(atom: &Ir, sources: &Sources) -> Key {
    (PartKind::Condition, atom.span, written(atom.span, sources))
}

fn arm(when: &Expr, sources: &Sources) -> Key {
    (PartKind::Raise, when.span(), written(when.span(), sources))
}

fn selector(place: Span, sources: &Sources) -> Key {
    (PartKind::Selector, place, written(place, sources))
}

/// The text of a place on one line.
pub(super) fn written(span: Span, sources: &Sources) -> String {
    one_line(sources.text(span), 100)
}

/// An item of a list, as it is compared.
enum Written<'i> {
    Value(&'i Value<'static>),
    Text(&'i str),
}

impl Written<'_> {
    fn is(&self, value: &Value<'_>) -> bool {
        match self {
            Written::Value(item) => *item == value,
            Written::Text(text) => {
                value.as_str().is_some_and(|value| match text.strip_suffix('*') {
                    None => text.eq_ignore_ascii_case(value),
                    Some(prefix) => value
                        .get(..prefix.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
                })
            }
        }
    }
}

/// The items that a membership test searches. Items that the project file or a test adds have no
/// place in a policy file and are left out.
fn items(node: &Ir) -> Vec<(Key, Written<'_>)> {
    match &node.op {
        Op::InSet(_, set) => {
            let item = |value| {
                let text = super::text::shown_value(value);
                ((PartKind::Item, node.span, text), Written::Value(value))
            };
            set.values().iter().map(item).collect()
        }
        Op::InList(_, list) => {
            let item = |value: &'_ crate::table::ListValue| {
                Some((PartKind::Item, value.span?, one_line(&value.text, 60)))
            };
            let values = list.values().iter();
            values.filter_map(|value| Some((item(value)?, Written::Text(&value.text)))).collect()
        }
        _ => Vec::new(),
    }
}

/// Observes the records of a test.
struct Probe<'c, 'r> {
    coverage: &'c mut Coverage,
    rule: &'r Rule,
    /// The entries that apply to the test.
    entries: Option<&'r Allowlist>,
    now: Time,
    explanation: Explanation<'r>,
}

impl RecordObserver for Probe<'_, '_> {
    fn record(&mut self, bindings: &Bindings<'_>, sources: &Sources) {
        self.explanation.record(bindings, sources);
        let (mut matches, mut is_evidence) = (false, false);
        for (number, step) in self.rule.steps.iter().enumerate() {
            let holds = self.coverage.observe(&step.when, bindings, sources);
            matches |= holds && number == self.rule.reported_step();
            is_evidence |= holds && !step.absent;
        }
        if is_evidence {
            self.coverage.covered(self.rule, self.entries, (bindings, self.now), sources);
        }
        if let Construct::FirstSeen(first_seen) = &self.rule.construct {
            self.coverage.observe(&first_seen.among, bindings, sources);
        }
        if !matches {
            return;
        }
        for raise in self.rule.raise.iter().filter(|raise| raise.judged == Judged::Match) {
            let holds = self.coverage.observe(&raise.when, bindings, sources);
            let arm = self.coverage.parts.entry(arm(&raise.when, sources)).or_default();
            arm.is_true |= holds;
        }
    }
}

/// The values of the nodes of one evaluation.
#[derive(Default)]
struct NodeValues {
    values: RefCell<Vec<(NodeId, Value<'static>)>>,
}

impl Trace for NodeValues {
    fn node(&self, id: NodeId, outcome: Result<&Value<'_>, &EvalError>) {
        if let Ok(value @ (Value::Bool(_) | Value::Str(_) | Value::Int(_) | Value::Missing)) =
            outcome
        {
            self.values.borrow_mut().push((id, value.clone().into_owned()));
        }
    }
}
