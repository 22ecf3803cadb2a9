//! Operations that their service does not have.

use std::collections::BTreeSet;

use super::Lint;
use super::conditions::own_conditions;
use super::operation_names::{Known, known, operations};
use crate::config::Policy;
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::ir::{Comparison, Ir, Op};
use crate::record::field::event;
use crate::record::{FieldId, Provider};
use crate::source::Span;
use crate::value::Value;

/// An operation that the known names of its service do not have.
pub(super) static UNKNOWN_OPERATION: Lint = Lint {
    name: "unknown-operation",
    code: &codes::UNKNOWN_OPERATION,
    doc: "An operation that its service is not known to have, in a condition or a list.",
    run: |policy, _| {
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for (when, _) in own_conditions(policy) {
            let mut found = Vec::new();
            when.ir().walk(&mut |node| tests(node, &mut found));
            for (field, service, text, span) in found {
                if !policy.is_builtin(span.file) && seen.insert((span, text.clone())) {
                    problems.extend(problem(field, service.as_deref(), &text, span, true));
                }
            }
        }
        problems.extend(of_lists(policy));
        problems
    },
};

/// A field, the service if another test fixes it, the text that the field is compared with, and the
/// place.
type Test = (FieldId, Option<String>, String, Span);

/// Adds the tests of operations for equality with texts.
fn tests(node: &Ir, out: &mut Vec<Test>) {
    for field in [event::OPERATION, event::NAME] {
        out.extend(equals(node, field).into_iter().map(|(text, span)| (field, None, text, span)));
    }
    // `event.service == "iam" && event.api == "CreateUser"`
    if let Op::And(parts) = &node.op {
        let services: Vec<_> = parts.iter().flat_map(|part| equals(part, event::SERVICE)).collect();
        if let [(service, _)] = &services[..] {
            let apis = parts.iter().flat_map(|part| equals(part, event::API));
            out.extend(apis.map(|(text, span)| (event::API, Some(service.clone()), text, span)));
        }
    }
}

/// The texts that a test compares a field with.
fn equals(node: &Ir, field: FieldId) -> Vec<(String, Span)> {
    let is_field = |ir: &Ir| matches!(ir.op, Op::Field(of) if of == field);
    let text = |value: &Value<'_>| value.as_str().map(str::to_owned);
    match &node.op {
        Op::Compare(Comparison::Eq | Comparison::Ne, a, b) => {
            let other = if is_field(a) { b } else { a };
            let of_field = is_field(a) || is_field(b);
            let constant = other.constant().and_then(text).filter(|_| of_field);
            constant.map(|text| (text, other.span)).into_iter().collect()
        }
        Op::InSet(value, set) if is_field(value) => {
            set.values().iter().filter_map(text).map(|text| (text, node.span)).collect()
        }
        _ => Vec::new(),
    }
}

/// The problems of the project's own lists of operations.
fn of_lists(policy: &Policy) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for list in policy.lists.values() {
        let of = match list.of.as_deref() {
            Some("event.operation") => event::OPERATION,
            Some("event.name") => event::NAME,
            _ => continue,
        };
        for value in list.values() {
            let Some(span) = value.span.filter(|span| !policy.is_builtin(span.file)) else {
                continue;
            };
            if !value.text.contains('*') {
                // Lists ignore case.
                problems.extend(problem(of, None, &value.text, span, false));
            }
        }
    }
    problems
}

/// The problem with an operation, if there is one.
fn problem(
    field: FieldId,
    service: Option<&str>,
    text: &str,
    span: Span,
    case_counts: bool,
) -> Option<Diagnostic> {
    let (providers, service, api): (Vec<Provider>, &str, &str) = match (field, service) {
        (event::OPERATION, _) => {
            let (provider, name) = text.split_once(':')?;
            let (service, api) = name.rsplit_once('.')?;
            let provider = Provider::ALL.into_iter().find(|of| of.name() == provider)?;
            (vec![provider], service, api)
        }
        (event::NAME, _) => {
            let (service, api) = text.rsplit_once('.')?;
            (Provider::ALL.into(), service, api)
        }
        (_, Some(service)) => (Provider::ALL.into(), service, text),
        _ => return None,
    };
    let answers: Vec<(Provider, Known)> =
        providers.into_iter().map(|of| (of, known(of, service, api))).collect();
    let spelling = answers.iter().find_map(|(_, known)| match known {
        Known::Yes(name) => Some(*name),
        _ => None,
    });
    let knows = |(_, known): &&(Provider, Known)| *known != Known::NoService;
    let of_known: Vec<Provider> = answers.iter().filter(knows).map(|(of, _)| *of).collect();
    let shown = escaped(text, 80);
    let (message, help) = match spelling {
        Some(name) if name == api || !case_counts => return None,
        Some(name) => (
            format!("`{shown}` is written `{name}` in logs, and `==` and `in [..]` compare case"),
            Some(format!("write `{name}`")),
        ),
        None => {
            let first = *of_known.first()?;
            let candidates: BTreeSet<&str> =
                of_known.iter().flat_map(|of| operations(*of, service)).collect();
            let of = match of_known.len() {
                1 => format!(" of {}", first.name()),
                _ => String::new(),
            };
            let service = escaped(service, 40);
            let near = did_you_mean(api, candidates);
            (
                format!(
                    "the service `{service}`{of} is not known to have the operation `{}`",
                    escaped(api, 80)
                ),
                near,
            )
        }
    };
    let otherwise =
        "if the operation is new, accept it: `# keytrail: ignore[unknown-operation] reason`";
    Some(
        Diagnostic::warning(&codes::UNKNOWN_OPERATION, message)
            .at(span, "")
            .help(help.unwrap_or_else(|| otherwise.to_owned())),
    )
}
