//! Expectations of tests that follow what the rule does.

use super::environment::TestEnv;
use super::expected::{Observed, differs};
use super::run::{RuleTests, Runner, as_written, clock};
use crate::rule::{Expectation, ExpectedCounts};
use crate::source::{Edit, Span};
use crate::yaml::{MappingEntry, Node, ScalarStyle, written_scalar};

/// The changes of the rule's file after which the expectations of its tests are what the rule gives now.
/// A test that cannot be run, or that gives more than one result, has none.
pub fn updates(tests: RuleTests<'_>) -> Vec<Edit> {
    let RuleTests { rule, sources, policy, .. } = tests;
    let runner = Runner::new(tests);
    let Ok((plain, _)) = runner.plain() else { return Vec::new() };
    let text = &sources.file(rule.id_span.file).text;
    let mut found = Vec::new();
    for test in &rule.tests {
        let Ok(variant) = runner.variant(test) else { continue };
        let (rule, env) = variant.unwrap_or_else(|| (plain.clone(), TestEnv::plain(policy)));
        let observed = runner.evaluate(test, &rule, &env, clock(test), as_written, None);
        if let (Ok(observed), Some(expect)) = (observed, test.node.get("expect"))
            && differs(&test.expect, &observed).is_some()
        {
            found.extend(edits(expect, &test.expect, &observed, text));
        }
    }
    found
}

/// The changes of one expectation: only of the values that differ, if its keys can remain.
fn edits(node: &Node, expect: &Expectation, observed: &Observed, text: &str) -> Vec<Edit> {
    let whole = |new: String| vec![Edit::of_value(node.span, text, new)];
    let Expectation::Counts(counts) = expect else {
        return whole(if observed.findings > 0 { "match" } else { "none" }.to_owned());
    };
    let of_finding = counts.severity.is_some()
        || counts.message.is_some()
        || counts.subject.is_some()
        || counts.entry.is_some();
    if observed.findings == 0 && of_finding {
        return whole("none".to_owned());
    }
    let values = values(counts, observed);
    if counts.entry.is_some() && observed.entries.is_empty() {
        // The key that says which entry covers the finding cannot remain.
        let mut kept: Vec<String> = node
            .entries()
            .iter()
            .filter(|entry| !["entry", "suppressed"].contains(&entry.key.text()))
            .filter_map(|entry| {
                let key = entry.key.text();
                let value = values.iter().find(|(of, ..)| *of == key)?;
                Some(format!("{key}: {}", value.1))
            })
            .collect();
        kept.push("suppressed: 0".to_owned());
        return whole(format!("{{ {} }}", kept.join(", ")));
    }
    let differing = values.into_iter().filter(|(.., same)| !same);
    differing
        .filter_map(|(key, value, _)| {
            let entry = node.entries().iter().find(|entry| entry.key.text() == key)?;
            Some(replaced(entry, value, text))
        })
        .collect()
}

/// The change of one value.
fn replaced(entry: &MappingEntry, value: String, text: &str) -> Edit {
    let scalar = entry.value.scalar();
    if scalar
        .is_some_and(|scalar| matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded))
    {
        // The `|` of a block is no part of its span.
        let key = entry.key.span();
        let whole = Span { start: key.end, ..entry.value.span };
        return Edit::of_value(whole, text, format!(": {value}"));
    }
    Edit::of_value(entry.value.span, text, value)
}

/// The keys of an expectation, each with the value that the rule gives and whether that is expected.
fn values(counts: &ExpectedCounts, observed: &Observed) -> Vec<(&'static str, String, bool)> {
    let numbers = [
        ("findings", counts.findings, observed.findings),
        ("subjects", counts.subjects, observed.subjects),
        ("occurrences", counts.occurrences, observed.occurrences),
        ("uncertain", counts.uncertain, observed.uncertain),
        ("suppressed", counts.suppressed, observed.suppressed),
    ];
    let numbers = numbers.into_iter().filter_map(|(key, wanted, seen)| {
        wanted.map(|wanted| (key, seen.to_string(), wanted == seen))
    });
    let mut found: Vec<_> = numbers.collect();
    if let (Some(wanted), Some(seen)) = (counts.severity, observed.severity) {
        found.push(("severity", seen.name().to_owned(), wanted == seen));
    }
    if let (Some(wanted), Some(first)) = (&counts.message, observed.messages.first()) {
        found.push(("message", written_scalar(first), observed.messages.contains(wanted)));
    }
    if let (Some(wanted), Some(first)) = (&counts.subject, observed.subject_values.first()) {
        let values: Vec<String> = first.iter().map(|value| written_scalar(value)).collect();
        let same = observed.subject_values.contains(wanted);
        found.push(("subject", format!("[{}]", values.join(", ")), same));
    }
    if let (Some(wanted), Some(first)) = (&counts.entry, observed.entries.first()) {
        found.push(("entry", written_scalar(first), observed.entries.contains(wanted)));
    }
    found
}
