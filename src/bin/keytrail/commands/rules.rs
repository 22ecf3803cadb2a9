//! `keytrail rules`: the rules in force.

use std::fmt::Write;

use keytrail::config::Policy;
use keytrail::diag::{did_you_mean, escape};
use keytrail::expr::Expr;
use keytrail::plan::Lookup;
use keytrail::rule::{Construct, Rule, Step};
use keytrail::value::Duration;
use serde_json::{Value, json};

use crate::args::Layout;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::policy::PolicyArgs;
use crate::table::Table;

/// List the rules in force, or show one of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Rules {
    /// The id of a rule, to show everything about it.
    id: Option<String>,
    /// Show what each rule is looked up by.
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    policy: PolicyArgs,
    /// For people, or for programs.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Layout,
}

impl Rules {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let policy = self.policy.load(host.clock, host)?;
        let rules = match &self.id {
            None => policy.rules.iter().collect(),
            Some(id) => vec![find(&policy, id)?],
        };
        let text = match self.format {
            Layout::Json => {
                let rules: Vec<Value> = rules.iter().map(|rule| json(rule, &policy)).collect();
                format!("{:#}\n", Value::Array(rules))
            }
            Layout::Human if self.id.is_some() && !self.plan => {
                rules.iter().map(|rule| card(rule, &policy)).collect()
            }
            Layout::Human if self.plan => plan(&rules, &policy),
            Layout::Human => table(&rules, &policy),
        };
        host.term.print(&text)?;
        Ok(Exit::Clean)
    }
}

fn find<'p>(policy: &'p Policy, id: &str) -> Result<&'p Rule, Failure> {
    if let Some(rule) = policy.rules.iter().find(|rule| rule.id == id) {
        return Ok(rule);
    }
    if policy.disabled.iter().any(|disabled| disabled == id) {
        return Err(Failure::because(format!("the project file turns the rule `{id}` off")));
    }
    let failure = Failure::because(format!("there is no rule `{id}`"));
    Err(match did_you_mean(id, policy.rules.iter().map(|rule| rule.id.as_str())) {
        Some(near) => failure.help(near),
        None => failure.help("`keytrail rules` lists every rule"),
    })
}

fn table(rules: &[&Rule], policy: &Policy) -> String {
    let mut table = Table::new(["RULE", "SEVERITY", "STATUS", "ON", "TITLE"]);
    for rule in rules {
        table.row([
            rule.id.clone(),
            rule.severity.name().to_owned(),
            rule.status.name().to_owned(),
            rule.on.name().to_owned(),
            rule.title.clone(),
        ]);
    }
    let mut text = table.to_string();
    if !policy.disabled.is_empty() {
        let _ = writeln!(text, "\nturned off: {}", escape(&policy.disabled.join(", ")));
    }
    text
}

fn plan(rules: &[&Rule], policy: &Policy) -> String {
    let mut table = Table::new(["RULE", "ON", "LOOKED UP BY"]);
    let (mut always, mut conditions) = (0, 0);
    for rule in rules {
        for (name, lookup) in Lookup::of_rule(rule) {
            conditions += 1;
            let shown = match lookup {
                Lookup::Always(part, what) => {
                    always += 1;
                    format!("nothing: `{}` {what}", excerpt(policy.sources.text(part.span)))
                }
                lookup => lookup.to_string(),
            };
            let id = match name {
                "" => rule.id.clone(),
                name => format!("{}: {name}", rule.id),
            };
            table.row([id, rule.on.name().to_owned(), shown]);
        }
    }
    let mut text = table.to_string();
    if always > 0 {
        let are = if always == 1 { "is" } else { "are" };
        let _ = writeln!(text, "\n{always} of {conditions} {are} tried on every record. {SHAPES}");
    }
    text
}

/// What the index can use, for those whose rules it cannot.
const SHAPES: &str = "A rule is looked up by a test of a field
against constants: ==, in, starts_with, ends_with, contains, like, matches with a fixed
text, eq_ignore_case, in_cidr or is_private; by itself, beside others in &&, or in every
operand of ||.";

/// A part of a condition on one line.
fn excerpt(text: &str) -> String {
    const WIDTH: usize = 48;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn card(rule: &Rule, policy: &Policy) -> String {
    let mut text = format!("{}\n{}\n\n", escape(&rule.id), escape(&rule.title));
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<12} {}", escape(value));
        }
    };
    line("severity", rule.severity.name());
    line("category", rule.category.name());
    line("status", rule.status.name());
    line("reads", rule.on.name());
    line("tags", &rule.tags.join(", "));
    line("controls", &rule.controls.join(", "));
    line("file", &place(rule, policy));
    line("finding per", &by(rule).join(", "));
    line("parameters", &rule.params.keys().cloned().collect::<Vec<_>>().join(", "));
    line("inactive", rule.not_configured.as_deref().unwrap_or_default());
    let code = |expr: &Expr| dedent(policy.sources.text(expr.span()));
    for step in &rule.steps {
        let absent = if step.absent { ", absent" } else { "" };
        match step.id.as_str() {
            "" => section(&mut text, "When", &code(&step.when)),
            id => section(&mut text, &format!("Step {id}{absent}"), &code(&step.when)),
        }
    }
    construct(&mut text, rule, &code);
    section(&mut text, "Message", &code(&rule.message));
    for raise in &rule.raise {
        section(&mut text, &format!("Raised to {} when", raise.to.name()), &code(&raise.when));
    }
    section(&mut text, "Description", &rule.description);
    section(&mut text, "Remediation", &rule.remediation);
    section(&mut text, "Fires on something harmless when", &rule.false_positives.join("\n"));
    section(&mut text, "References", &rule.references.join("\n"));
    text
}

/// What makes a finding of matches, where one alone is none.
fn construct(text: &mut String, rule: &Rule, code: &dyn Fn(&Expr) -> String) {
    let within = |within: Option<Duration>| match within {
        Some(length) => format!("within {length}"),
        None => "in the whole input".to_owned(),
    };
    match &rule.construct {
        Construct::Plain => {}
        Construct::Correlate(correlate) => {
            let measures = correlate.measures.iter().map(|of| {
                format!("{}: {} of {}", of.name, of.kind.name(), code(&of.operand))
            });
            let body = measures.chain([format!("having {}", code(&correlate.having))]);
            let body = body.collect::<Vec<_>>().join("\n");
            section(text, &format!("Counts {}", within(correlate.within)), &body);
        }
        Construct::Sequence(sequence) => {
            section(text, "In this order", &within(sequence.within));
        }
        Construct::FirstSeen(of) => {
            let values: Vec<&str> = of.of.iter().map(|(text, _)| text.as_str()).collect();
            let body = format!("{}\namong {}", values.join(", "), code(&of.among));
            section(text, &format!("New for {}", of.history), &body);
        }
    }
}

fn section(text: &mut String, heading: &str, body: &str) {
    if body.trim().is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{heading}:");
    for line in body.trim_end().lines() {
        let _ = writeln!(text, "{}", format!("    {}", escape(line)).trim_end());
    }
}

/// An expression as it stands in a block scalar, without the indentation of the file.
fn dedent(text: &str) -> String {
    let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let below = || text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let first = text.lines().next().map_or(0, |line| indent(&line));
    let common = below().map(|line| indent(&line)).min().unwrap_or(0);
    let cut = |line: &str, n: usize| line.get(n.min(indent(&line))..).unwrap_or(line).to_owned();
    let mut lines: Vec<String> = text.lines().take(1).map(|line| cut(line, first)).collect();
    lines.extend(text.lines().skip(1).map(|line| cut(line, common)));
    lines.join("\n")
}

fn by(rule: &Rule) -> Vec<String> {
    let first = rule.steps.iter().find(|step| !step.absent);
    first.into_iter().flat_map(|step| &step.by).map(|(text, _)| text.clone()).collect()
}

fn place(rule: &Rule, policy: &Policy) -> String {
    let file = policy.sources.file(rule.id_span.file);
    let (line, _) = file.line_col(rule.id_span.start);
    format!("{}:{line}", file.name)
}

fn json(rule: &Rule, policy: &Policy) -> Value {
    json!({
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.name(),
        "category": rule.category.name(),
        "status": rule.status.name(),
        "on": rule.on.name(),
        "tags": rule.tags,
        "controls": rule.controls,
        "references": rule.references,
        "description": rule.description,
        "remediation": rule.remediation,
        "false_positives": rule.false_positives,
        "by": by(rule),
        "params": rule.params.keys().collect::<Vec<_>>(),
        "when": conditions(rule, policy),
        "construct": rule.construct.name(),
        "file": policy.sources.file(rule.id_span.file).name,
        "builtin": rule.builtin,
        "not_configured": rule.not_configured,
        "looked_up_by": looked_up_by(rule),
    })
}

/// The condition; of a rule with steps each by its name.
fn conditions(rule: &Rule, policy: &Policy) -> Value {
    let text = |step: &Step| policy.sources.text(step.when.span());
    match rule.steps.as_slice() {
        [only] => text(only).into(),
        steps => steps
            .iter()
            .map(|step| (step.id.clone(), text(step).into()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// What the condition is looked up by; of several each by its name.
fn looked_up_by(rule: &Rule) -> Value {
    match Lookup::of_rule(rule).as_slice() {
        [(_, only)] => only.to_string().into(),
        all => all
            .iter()
            .map(|(name, lookup)| {
                let name = if name.is_empty() { "when" } else { name };
                (name.to_owned(), lookup.to_string().into())
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
