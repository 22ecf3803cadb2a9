//! Everything about one rule.

use std::fmt::Write;

use keytrail::config::Policy;
use keytrail::diag::escape;
use keytrail::expr::{Expr, Param};
use keytrail::finding::show;
use keytrail::input::FORMATS;
use keytrail::plan::covered;
use keytrail::record::Provider;
use keytrail::rule::{Construct, Measure, MeasureKind, Parameter, Rule, Step};
use keytrail::value::Duration;

use super::listed::{by, code, of_step, place};
use crate::table::Table;

/// All facts about a rule, in sections.
pub(super) fn card(rule: &Rule, policy: &Policy) -> String {
    let code = |expr: &Expr| code(expr, policy);
    let mut text = format!("{}\n{}\n\n", escape(&rule.id), escape(&rule.title));
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<12} {}", escape(value));
        }
    };
    line("severity", rule.severity.name());
    line("category", rule.category.name());
    line("status", rule.status.name());
    line("pack", rule.pack.name());
    line("confidence", rule.confidence.name());
    line("reads", rule.on.name());
    let providers: Vec<&str> = covered(rule, FORMATS).into_iter().map(Provider::name).collect();
    line("providers", &providers.join(", "));
    line("tags", &rule.tags.join(", "));
    line("controls", &rule.controls.join(", "));
    line("file", &place(rule, policy));
    line("finding per", &by(rule).join(", "));
    line("in order", &order(rule).unwrap_or_default());
    line("inactive", rule.not_configured.as_deref().unwrap_or_default());
    section(&mut text, "Parameters", &parameters(rule, policy));
    conditions(&mut text, rule, &code);
    construct(&mut text, rule, &code);
    section(&mut text, "Message", &code(&rule.message));
    for raise in &rule.raise {
        section(&mut text, &format!("Raised to {} when", raise.to.name()), &code(&raise.when));
    }
    section(&mut text, "Description", &rule.description);
    section(&mut text, "Remediation", &rule.remediation);
    section(&mut text, "False positives", &rule.false_positives.join("\n"));
    section(&mut text, "References", &rule.references.join("\n"));
    text
}

/// The values of the parameters in force, with their descriptions.
fn parameters(rule: &Rule, policy: &Policy) -> String {
    let mut table = Table::new(["", "", ""]);
    for parameter in &rule.parameters {
        let value = rule.params.get(&parameter.name).map(in_force).unwrap_or_default();
        table.row([parameter.name.clone(), value, about(parameter, policy)]);
    }
    table.to_string().lines().skip(1).fold(String::new(), |text, line| text + line + "\n")
}

/// The description of a parameter. If it has none, the description of its list.
pub(super) fn about(parameter: &Parameter, policy: &Policy) -> String {
    let list = || policy.lists.get(parameter.default.strip_prefix("lists.")?);
    match list() {
        Some(list) if parameter.description.is_empty() => {
            let first = list.description.trim().split("\n\n").next().unwrap_or_default();
            first.lines().map(str::trim).collect::<Vec<_>>().join(" ")
        }
        _ => parameter.description.clone(),
    }
}

fn in_force(value: &Param) -> String {
    match value {
        // A list that is given inline in a rule or project file is named after its parameter.
        Param::List(list) if list.id.starts_with("params.") => {
            let values: Vec<&str> = list.values().iter().map(|value| &*value.text).collect();
            format!("[{}]", values.join(", "))
        }
        Param::List(list) => format!("lists.{}", list.id),
        Param::Value(value) => show(value).unwrap_or_default(),
        // A rule with such a parameter does not load.
        Param::Broken => String::new(),
    }
}

/// The names of the steps, and the window of the sequence.
pub(super) fn order(rule: &Rule) -> Option<String> {
    let Construct::Sequence(sequence) = &rule.construct else { return None };
    let name = |step: &Step| match step.count {
        _ if step.absent => format!("no {}", step.id),
        1 => step.id.clone(),
        count => format!("{count} × {}", step.id),
    };
    let steps: Vec<String> = rule.steps.iter().map(name).collect();
    Some(format!("{}; {}", steps.join(", "), within(sequence.within)))
}

/// The length of a window.
pub(super) fn within(within: Option<Duration>) -> String {
    match within {
        Some(length) => format!("within {length}"),
        None => "in the whole input".to_owned(),
    }
}

fn conditions(text: &mut String, rule: &Rule, code: &dyn Fn(&Expr) -> String) {
    let same = rule.steps.iter().all(|step| of_step(step) == by(rule));
    for (number, step) in rule.steps.iter().enumerate() {
        if step.id.is_empty() {
            section(text, "When", &code(&step.when));
            continue;
        }
        let absent = match step.count {
            _ if step.absent => ", absent".to_owned(),
            1 => String::new(),
            count => format!(", {count} times"),
        };
        let of = if same { String::new() } else { format!(", of {}", of_step(step).join(", ")) };
        let heading = format!("Step {}, {}{absent}{of}", number + 1, step.id);
        section(text, &heading, &code(&step.when));
        if let Some(relation) = &step.relation {
            section(text, "And related to earlier steps by", &code(&relation.written));
        }
    }
}

/// The condition that turns several matches into a finding, if one match is not enough.
fn construct(text: &mut String, rule: &Rule, code: &dyn Fn(&Expr) -> String) {
    match &rule.construct {
        Construct::Plain | Construct::Sequence(_) => {}
        Construct::Correlate(correlate) => {
            let mut table = Table::new(["", ""]);
            for measure in &correlate.measures {
                table.row([measure.name.clone(), counted(measure, &code(&measure.operand), &str::to_owned)]);
            }
            let measures = table.to_string();
            let measures = measures.lines().skip(1).collect::<Vec<_>>().join("\n");
            section(text, &format!("Counted {}", within(correlate.within)), &measures);
            section(text, "A finding when", &code(&correlate.having));
        }
        Construct::FirstSeen(of) => {
            let values: Vec<&str> = of.of.iter().map(|(text, _)| text.as_str()).collect();
            section(text, &format!("New for {}", of.history), &values.join(", "));
            section(text, "Compared with earlier records with", &code(&of.among));
        }
        Construct::AfterSilence(of) => {
            section(text, "After a silence of more than", &of.length.to_string());
            if let Some(last_seen) = &of.last_seen {
                section(text, "Last seen outside the log", &code(last_seen));
            }
        }
    }
}

/// Describes a measure in words; `show` formats its operand.
pub(super) fn counted(
    measure: &Measure,
    operand: &str,
    show: &dyn Fn(&str) -> String,
) -> String {
    let shown = match measure.each {
        true => format!("each item of {}", show(operand)),
        false => show(operand),
    };
    match measure.kind {
        MeasureKind::Count if operand == "true" => "matches".to_owned(),
        MeasureKind::Count => format!("matches with {shown}"),
        MeasureKind::Distinct => format!("different values of {shown}"),
        MeasureKind::Sum => format!("the sum of {shown}"),
        MeasureKind::Min => format!("the smallest {shown}"),
        MeasureKind::Max => format!("the largest {shown}"),
        MeasureKind::Step => format!("the {shown} of a step"),
        MeasureKind::Values => format!("the first {} values of {shown}", measure.most),
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

