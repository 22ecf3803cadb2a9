//! Breaks every built-in rule, and compares with the rule as it was.
//!
//! Rules are broken as they are compiled, so that nothing is loaded again. The policies are compared
//! with one broken rule each. The findings of a rule do not depend on other rules, so one pass over
//! the logs evaluates all broken rules at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use keytrail::ScanOptions;
use keytrail::config::{LoadOptions, Policy};
use keytrail::expr::ir::{Ir, Op};
use keytrail::expr::{Declarations, Expected, Expr, compile};
use keytrail::input::InputSet;
use keytrail::report::Report;
use keytrail::review::diff::{
    Aspect, Change, ChangeKind, Effect, FindingChangeKind, changes, diff,
};
use keytrail::rule::{Rule, Severity};
use keytrail::source::Fragment;
use keytrail::value::{RecordKind, Time};
use libtest_mimic::Failed;

/// The logs of attacks.
const LOGS: [&str; 2] = ["stratus", "invictus"];

/// `data` contains the recorded logs of AWS.
pub(crate) fn every_broken_rule_is_named(data: &Path) -> Result<(), Failed> {
    let base = pack()?;
    let mut wrong = Vec::new();
    for broken in [Broken::Deleted, Broken::Lowered, Broken::Narrowed, Broken::WithoutOperand] {
        one_by_one(&base, broken, &mut wrong);
    }
    // Half of the rules at a time, because a run without rules is not complete.
    let without = |half: usize| {
        let mut head = base.clone();
        let mut at = 0;
        head.rules.retain(|_| {
            at += 1;
            at % 2 == half
        });
        head
    };
    let all = |broken: Broken| {
        let mut head = base.clone();
        for rule in &mut head.rules {
            if let Some(changed) = broken.apply(rule, &base) {
                *rule = changed;
            }
        }
        head
    };
    let heads = [
        without(0),
        without(1),
        all(Broken::Lowered),
        all(Broken::Narrowed),
        all(Broken::WithoutOperand),
    ];
    let reports = scan(&base, &heads, data)?;
    lost(&base, &heads[0], [&reports[0], &reports[1]], ChangeKind::RuleDeleted, &mut wrong);
    lost(&base, &heads[1], [&reports[0], &reports[2]], ChangeKind::RuleDeleted, &mut wrong);
    lowered(&base, &heads[2], [&reports[0], &reports[3]], &mut wrong);
    lost(&base, &heads[3], [&reports[0], &reports[4]], ChangeKind::Condition, &mut wrong);
    nothing_is_lost_unnamed(&base, &heads[4], [&reports[0], &reports[5]], &mut wrong);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// The whole pack.
fn pack() -> Result<Policy, Failed> {
    let options = LoadOptions {
        directory: env!("CARGO_MANIFEST_DIR").into(),
        no_config: true,
        extended: true,
        functions: keytrail::stdlib::FUNCTIONS,
        formats: keytrail::input::FORMATS,
        ..LoadOptions::default()
    };
    Policy::load(&options).map_err(|(_, errors)| format!("{errors:#?}").into())
}

/// How a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broken {
    Deleted,
    /// The severity is `info`.
    Lowered,
    /// A further clause that no record of the logs meets.
    Narrowed,
    /// The first operand of the first `&&` or `||` is dropped.
    WithoutOperand,
}

impl Broken {
    /// The broken rule; `None` if it is deleted or cannot be broken in this way.
    fn apply(self, rule: &Rule, policy: &Policy) -> Option<Rule> {
        let mut rule = rule.clone();
        let reported = rule.reported_step();
        match self {
            Broken::Deleted => return None,
            Broken::Lowered if rule.severity == Severity::Info => return None,
            Broken::Lowered => rule.severity = Severity::Info,
            Broken::Narrowed => {
                let clause = match rule.on {
                    RecordKind::Event => "event.region == \"nowhere\"",
                    RecordKind::Cred => "cred.user == \"nobody\"",
                    RecordKind::Key => "key.id == \"none\"",
                };
                let (file, _) = policy.sources.iter().next()?;
                let on = Declarations { on: Some(rule.on), ..Declarations::default() };
                let clause =
                    compile(&Fragment::whole(file, clause), Expected::Condition, &on, policy);
                let (clause, _) = clause.ok()?;
                let step = rule.steps.get_mut(reported)?;
                let parts = vec![step.when.ir().clone(), clause.ir().clone()];
                step.when = Expr::of_part(&Ir { op: Op::And(parts), ..step.when.ir().clone() });
            }
            Broken::WithoutOperand => {
                let step = rule.steps.get_mut(reported)?;
                step.when = without_operand(&step.when)?;
            }
        }
        Some(rule)
    }

    /// The kind of the change that must be named.
    fn kind(self) -> ChangeKind {
        match self {
            Broken::Deleted => ChangeKind::RuleDeleted,
            Broken::Lowered => ChangeKind::Severity,
            Broken::Narrowed | Broken::WithoutOperand => ChangeKind::Condition,
        }
    }
}

/// The condition without the first operand of its first `&&` or `||`.
fn without_operand(when: &Expr) -> Option<Expr> {
    let mut first = None;
    when.ir().walk(&mut |node| {
        if first.is_none() && matches!(node.op, Op::And(_) | Op::Or(_)) {
            first = Some(node.id);
        }
    });
    let drop_first = |node: &Ir| {
        let mut node = node.clone();
        if let Op::And(parts) | Op::Or(parts) = &mut node.op {
            parts.remove(0);
            if let [one] = parts.as_slice() {
                return one.clone();
            }
        }
        node
    };
    Some(when.replaced(first?, &mut |node| drop_first(node)))
}

/// Breaks one rule at a time and compares the policies.
fn one_by_one(base: &Policy, broken: Broken, wrong: &mut Vec<String>) {
    let mut head = base.clone();
    for at in 0..base.rules.len() {
        let rule = &base.rules[at];
        let changed = broken.apply(rule, base);
        match (broken, changed) {
            (Broken::Deleted, _) => drop(head.rules.remove(at)),
            (_, Some(changed)) => head.rules[at] = changed,
            (_, None) => continue,
        }
        let found = changes(base, &head);
        let others: Vec<&Change> = found.iter().filter(|of| of.name != rule.id).collect();
        if !others.is_empty() {
            wrong.push(format!("{broken:?} {}: other changes are named: {others:?}", rule.id));
        }
        let named = found.iter().find(|of| of.name == rule.id && of.kind == broken.kind());
        match named {
            None => wrong.push(format!("{broken:?} {}: not named", rule.id)),
            Some(change) if broken != Broken::WithoutOperand => {
                // Fewer matches of a count that does not only grow may find more or less.
                // A rule that is not configured matches nothing.
                let decided = change.effect == Effect::Weaker
                    || !grows(rule) && change.effect == Effect::Undecided
                    || rule.not_configured.is_some();
                if !decided {
                    wrong.push(format!("{broken:?} {}: {change:?}", rule.id));
                }
            }
            Some(_) => {}
        }
        match broken {
            Broken::Deleted => head.rules.insert(at, rule.clone()),
            _ => head.rules[at] = rule.clone(),
        }
    }
}

/// Whether more matches of a rule cannot lose a finding.
fn grows(rule: &Rule) -> bool {
    match &rule.construct {
        keytrail::rule::Construct::Correlate(correlate) => correlate.grows,
        _ => true,
    }
}

/// The report of the base and of each head. The logs are read once.
fn scan(base: &Policy, heads: &[Policy; 5], data: &Path) -> Result<[Report; 6], Failed> {
    let named: Vec<String> = LOGS.map(|log| data.join(log).display().to_string()).to_vec();
    let inputs = InputSet::new(&named).map_err(|errors| format!("{errors:#?}"))?;
    let options = ScanOptions {
        records: false,
        ..ScanOptions::at(Time::parse("2026-06-01T00:00:00Z").ok_or("no time")?)
    };
    let [one, two, three, four, five] = heads;
    let policies = [base, one, two, three, four, five].map(|policy| (policy, &options));
    let reports = keytrail::scan_each(policies, &inputs, named.clone(), Vec::new());
    match reports.iter().find(|report| !report.incomplete.is_empty()) {
        Some(report) => Err(format!("{:?}", report.incomplete).into()),
        None => Ok(reports),
    }
}

/// The open findings of each rule.
fn open(report: &Report) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in report.findings.iter().filter(|of| of.suppression.is_none()) {
        *counts.entry(report.rules[finding.rule].id.clone()).or_default() += 1;
    }
    counts
}

/// Every finding of a rule that is broken is lost, because of its change.
fn lost(
    base: &Policy,
    head: &Policy,
    [before, after]: [&Report; 2],
    kind: ChangeKind,
    wrong: &mut Vec<String>,
) {
    let reports = [before.clone(), after.clone()];
    let compared = diff(("base", None, base), ("head", None, head), Some(&reports));
    let broken: BTreeSet<&str> = compared
        .changes
        .iter()
        .filter(|change| change.kind == kind)
        .map(|change| change.name.as_str())
        .collect();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &compared.findings {
        let because = finding.blame.iter().all(|at| {
            let change = &compared.changes[*at];
            change.kind == kind && change.name == finding.rule
        });
        if finding.kind != FindingChangeKind::Lost || finding.blame.is_empty() || !because {
            wrong.push(format!("{kind:?} {}: {finding:?}", finding.rule));
        }
        *found.entry(finding.rule.clone()).or_default() += 1;
    }
    let mut expected = open(before);
    if expected.is_empty() {
        wrong.push("no rule has a finding".to_owned());
    }
    expected.retain(|rule, _| broken.contains(rule.as_str()));
    if found != expected {
        wrong.push(format!("{kind:?}: lost {found:?}, but there were {expected:?}"));
    }
}

/// Every finding whose severity is lower is named, because of the severity of its rule.
fn lowered(base: &Policy, head: &Policy, [before, after]: [&Report; 2], wrong: &mut Vec<String>) {
    let reports = [before.clone(), after.clone()];
    let compared = diff(("base", None, base), ("head", None, head), Some(&reports));
    if compared.findings.is_empty() {
        wrong.push("no severity of a finding is lower".to_owned());
    }
    for finding in &compared.findings {
        let because = finding.blame.iter().all(|at| {
            let change = &compared.changes[*at];
            change.kind == ChangeKind::Severity && change.name == finding.rule
        });
        let severity = finding.aspects.contains(&Aspect::Severity);
        if !severity || !finding.is_weaker() || finding.blame.is_empty() || !because {
            wrong.push(format!("lowered {}: {finding:?}", finding.rule));
        }
    }
}

/// If a rule without an operand loses a finding or a match, its change is not said to be harmless.
fn nothing_is_lost_unnamed(
    base: &Policy,
    head: &Policy,
    [before, after]: [&Report; 2],
    wrong: &mut Vec<String>,
) {
    let reports = [before.clone(), after.clone()];
    let compared = diff(("base", None, base), ("head", None, head), Some(&reports));
    for finding in &compared.findings {
        let fewer = match (&finding.base, &finding.head) {
            (Some(before), Some(after)) => after.count < before.count,
            (Some(_), None) => true,
            _ => false,
        };
        let named = compared
            .changes
            .iter()
            .any(|change| change.name == finding.rule && change.effect >= Effect::Undecided);
        if fewer && !named {
            wrong.push(format!("harmless, but {finding:?}"));
        }
    }
}
