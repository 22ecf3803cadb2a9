//! The rules to write, and the parts of a rule that more than one format shows.

use keytrail::config::Policy;
use keytrail::expr::Expr;
use keytrail::rule::{Category, Rule, Step};

/// The rules that are to be written.
pub(super) struct Listed<'p> {
    pub(super) rules: Vec<&'p Rule>,
    pub(super) policy: &'p Policy,
    /// Whether a single rule was requested by its id.
    pub(super) one: bool,
}

impl<'p> Listed<'p> {
    /// The rules of a category, by id.
    pub(super) fn of(&self, category: Category) -> impl Iterator<Item = &'p Rule> {
        self.rules.iter().copied().filter(move |rule| rule.category == category)
    }

    /// The rules of a category, most severe first.
    pub(super) fn worst_first(&self, category: Category) -> Vec<&'p Rule> {
        let mut rules: Vec<&Rule> = self.of(category).collect();
        rules.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
        rules
    }
}

/// The text of an expression.
pub(super) fn code(expr: &Expr, policy: &Policy) -> String {
    dedent(policy.sources.text(expr.span()))
}

/// An expression as written in a block scalar, without the indentation of the file.
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

/// The expressions of `by`.
pub(super) fn by(rule: &Rule) -> Vec<String> {
    let first = rule.steps.iter().find(|step| !step.absent);
    first.map(of_step).unwrap_or_default()
}

/// The expressions of the subject of a step.
pub(super) fn of_step(step: &Step) -> Vec<String> {
    let text = |(index, (text, _)): (usize, &(String, Expr))| match step.each == Some(index) {
        true => format!("each item of {text}"),
        false => text.clone(),
    };
    step.by.iter().enumerate().map(text).collect()
}

/// The file and line of a rule.
pub(super) fn place(rule: &Rule, policy: &Policy) -> String {
    let file = policy.sources.file(rule.id_span.file);
    let (line, _) = file.line_col(rule.id_span.start);
    format!("{}:{line}", file.name)
}
